import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregateByName } from '../../../domain/catalog.ts';
import { liveRosterOf, records } from '../../../domain/projections/records.ts';
import { fold, periodsOf } from '../../../domain/record/record.ts';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

const PAGE_BYTES = 2_000_000;
const ROW_BYTES = 65_536;
const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
const named = (value: string) => [{ value, lang: 'en' }];

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

interface Command {
  readonly command: string;
  readonly as?: string;
  readonly target?: string;
  readonly data: object;
}
const company = (as: string): Command => ({
  command: 'register-organization',
  as,
  data: { kind: 'company', names: named(as) },
});

/** Submits commands, and seals them; answers the ids by name. */
async function land(registry: TestRegistry, commands: readonly Command[]): Promise<Record<string, string>> {
  const all = commands.map((one) => ({ ...one, data: { ...one.data, evidence } }));
  const answer = await registry.post('/v1/submissions', { commands: all });
  expect(answer.status, answer.text).toBe(201);
  await registry.seal();
  return answer.body.ids;
}
async function project(registry: TestRegistry): Promise<void> {
  expect(await registry.projector().deliver()).toEqual([]);
}

/** All items of a list, page by page, and how many each page had. */
async function readAll(registry: TestRegistry, path: string) {
  // biome-ignore lint/suspicious/noExplicitAny: the test asserts what it is
  const items: any[] = [];
  const pages: number[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const cursor: string = next === '' ? '' : `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(next)}`;
    const page = await bodyOf(registry.get(`${path}${cursor}`));
    items.push(...page.items);
    pages.push(page.items.length);
    next = page.next;
  }
  return { items, pages };
}

describe('the timeline', () => {
  it('answers with 22 moments of an organization that has 20 names with long notes', async () => {
    const registry = await testRegistry(engine);
    const notes = [4000, 4000, 2000].map((length) => ({ text: 'n'.repeat(length), lang: 'en' }));
    const name = (index: number) => ({ value: `Name ${index}`, lang: 'en', notes });
    const { noted = '' } = await land(registry, [
      { command: 'register-organization', as: 'noted', data: { kind: 'company', names: [name(0)] } },
      ...Array.from({ length: 19 }, (_, index) => ({
        command: 'add-name',
        target: '#noted',
        data: { name: name(index + 1) },
      })),
    ]);
    for (let moment = 1; moment < 22; moment += 1) {
      await land(registry, [{ command: 'add-evidence-to-organization', target: noted, data: {} }]);
    }
    await project(registry);
    const response = await registry.get('/v1/timeline?limit=100');
    const text = await response.text();
    expect(Buffer.byteLength(text)).toBeLessThan(PAGE_BYTES);
    const { items } = JSON.parse(text);
    expect(items).toHaveLength(22);
    for (const { names } of items) expect(names).toHaveLength(20);
    expect(items[0].names[0]).toEqual({ value: 'Name 0', lang: 'en' });
  });
});

describe('the roster of a body', () => {
  /** Suspensions and reinstatements that make, with the admission, 60 facts; some months are all that is known. */
  const facts: [act: string, on: string][] = [
    ...Array.from({ length: 29 }, (_, index): [string, string][] => {
      const [year, month] = [2010 + Math.floor(index / 6), 1 + (index % 6) * 2];
      const monthOf = (number: number) => `${year}-${String(number).padStart(2, '0')}`;
      return [
        ['suspend', index % 5 === 0 ? monthOf(month) : `${monthOf(month)}-10`],
        ['reinstate', `${monthOf(month + 1)}-05`],
      ];
    }).flat(),
    ['suspend', '2019-01-01'],
  ];
  const members = ['a', 'b', 'c', 'd', 'e', 'f'];
  let registry: TestRegistry;
  let ids: Record<string, string>;

  beforeAll(async () => {
    registry = await testRegistry(engine);
    ids = await land(registry, [
      company('body'),
      ...members.map(company),
      ...members.map((name) => ({
        command: 'admit',
        as: `${name}M`,
        data: { body: '#body', organization: `#${name}`, on: '2009-06', class: 'full' },
      })),
    ]);
    for (const name of members) {
      const target = ids[`${name}M`] as string;
      await land(
        registry,
        facts.map(([command, on]) => ({ command, target, data: { on } })),
      );
    }
    await project(registry);
  });

  it('has no fact in the row of a stay with 60 of them, and says how many there are', async () => {
    const { rows } = await registry.views.newest<object>(records, liveRosterOf(String(ids.body)), undefined, 100);
    expect(rows).toHaveLength(members.length);
    for (const { value } of rows) {
      expect(value).toMatchObject({ factCount: 60 });
      expect(value).not.toHaveProperty('facts');
      expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThan(ROW_BYTES);
    }
  });

  it('answers every day as all facts of such a stay do', async () => {
    const id = String(ids.aM);
    const commits = await Array.fromAsync(registry.commits.readForwards(id, 0, 60));
    const record = fold(aggregateByName('membership'), commits.flatMap(eventsOf));
    const [period] = record ? periodsOf(record) : [];
    expect(period?.facts).toHaveLength(60);
    const { periods } = aggregateByName('membership');
    const days = fc.date({ min: new Date('2009-01-01'), max: new Date('2020-12-31'), noInvalidDate: true });
    const states = new Set<string | undefined>();
    for (const date of fc.sample(days, { seed: 11, numRuns: 40 })) {
      const day = date.toISOString().slice(0, 10);
      const seat = periods?.seatOn(period?.facts ?? [], day);
      const { items } = await readAll(registry, `/v1/organizations/${ids.body}/members?on=${day}`);
      const own = items.filter(({ membership }) => membership === id);
      states.add(seat?.state);
      if (seat === undefined) expect(own).toEqual([]);
      else expect(own).toMatchObject([{ organization: ids.a, ...seat }]);
    }
    expect(states.size).toBeGreaterThan(2);
  });

  it('folds at most four such stays for a page, and leaves the others to the next', async () => {
    const { items, pages } = await readAll(registry, `/v1/organizations/${ids.body}/members?on=2010-01-05&limit=100`);
    expect(items.map(({ organization }) => organization).sort()).toEqual(members.map((name) => ids[name]).sort());
    expect(pages).toEqual([4, 2]);
  });
});

describe('an agreement of 22 parties', () => {
  it('is found by the 21st of them, with a ceremony and a state, and names 20', async () => {
    const registry = await testRegistry(engine);
    const names = Array.from({ length: 22 }, (_, index) => `party-${index}`);
    const parties = names.map((name) => ({ organization: `#${name}` }));
    const ids = await land(registry, [
      ...names.map(company),
      { command: 'record-ceremony', as: 'ceremony', data: { kind: 'signing', on: '2023-02-23' } },
      { command: 'record-ceremony', as: 'other', data: { kind: 'signing', on: '2023-02-24' } },
      {
        command: 'register-agreement',
        as: 'agreement',
        data: {
          kind: 'supply',
          ceremony: '#ceremony',
          parties,
          signatures: [{ party: '#party-0', mode: 'definitive', on: '2023-02-23' }],
        },
      },
    ]);
    await project(registry);
    const listed = async (query: string) => (await readAll(registry, `/v1/agreements?${query}`)).items;
    const party = `organization=${ids['party-20']}`;
    const [found, ...more] = await listed(`${party}&ceremony=${ids.ceremony}&state=partly-signed`);
    expect(found).toMatchObject({ id: ids.agreement, participantCount: 22 });
    expect(found.participants).toEqual(names.slice(0, 20).map((name) => ids[name]));
    expect(more).toEqual([]);
    expect(await listed(`${party}&ceremony=${ids.other}`)).toEqual([]);
    expect(await listed(`${party}&state=signed`)).toEqual([]);
    expect(await bodyOf(registry.get(`/v1/organizations/${ids['party-20']}/activity`))).toMatchObject({
      items: [{ id: ids.agreement }],
    });
  });
});

describe('a list', () => {
  const kinds = ['supply', 'cooperation'];
  const days = ['2021', '2022-05', '2022-05-17', '2023-02-23'];

  it('shows with any filters what they leave of all of it, whatever the size of its pages', async () => {
    const registry = await testRegistry(engine);
    const names = ['a', 'b', 'c', 'd'];
    const pick = <Value>(from: readonly Value[], by: number) => from[by % from.length] as Value;
    const ids = await land(registry, [
      ...names.map(company),
      { command: 'record-ceremony', as: 'first', data: { kind: 'signing', on: '2023-02-23' } },
      { command: 'record-ceremony', as: 'second', data: { kind: 'signing', on: '2022' } },
    ]);
    const agreements = fc.sample(fc.array(fc.nat(99), { minLength: 6, maxLength: 6 }), { seed: 7, numRuns: 90 });
    await land(
      registry,
      agreements.map(([kind = 0, one = 0, other = 0, ceremony = 0, day = 0, signatures = 0]) => {
        const second = 1 + (other % 3);
        const parties = [pick(names, one), pick(names, one + second)].map((name) => String(ids[name]));
        const signed = parties.slice(0, signatures % 3);
        return {
          command: 'register-agreement',
          data: {
            kind: pick(kinds, kind),
            ...(ceremony % 3 > 0 && { ceremony: ceremony % 3 === 1 ? ids.first : ids.second }),
            parties: parties.map((organization) => ({ organization })),
            ...(signed.length > 0 && {
              signatures: signed.map((party) => ({ party, mode: 'definitive', on: pick(days, day) })),
            }),
          },
        };
      }),
    );
    await project(registry);
    const { items: all } = await readAll(registry, '/v1/agreements?limit=100');
    expect(all).toHaveLength(agreements.length);
    const organizations = names.map((name) => String(ids[name]));
    const filters = fc.record(
      {
        organization: fc.constantFrom(...organizations),
        ceremony: fc.constantFrom(String(ids.first), String(ids.second)),
        kind: fc.constantFrom(...kinds),
        state: fc.constantFrom('announced', 'partly-signed', 'signed'),
        from: fc.constantFrom('2021-06-01', '2022-05-18'),
        to: fc.constantFrom('2022-12-31', '2023-06-01'),
        limit: fc.integer({ min: 1, max: 40 }).map(String),
      },
      { requiredKeys: ['limit'] },
    );
    let most = 0;
    for (const asked of fc.sample(filters, { seed: 5, numRuns: 100 })) {
      const { organization, limit, from = '0000', to = '9999', ...equal } = asked;
      const isBetween = (on: string | undefined) =>
        on === undefined ? asked.from === undefined && asked.to === undefined : `${on}~` >= from && on <= to;
      const expected = all.filter(
        (item) =>
          (organization === undefined || item.participants.includes(organization)) &&
          Object.entries(equal).every(([key, value]) => item[key] === value) &&
          isBetween(item.on),
      );
      const { items, pages } = await readAll(registry, `/v1/agreements?${new URLSearchParams({ ...asked })}`);
      expect(items, JSON.stringify(asked)).toEqual(expected);
      expect(Math.max(...pages)).toBeLessThanOrEqual(Number(limit));
      most = Math.max(most, pages.length);
    }
    expect(most).toBeGreaterThan(5);
  });
});
