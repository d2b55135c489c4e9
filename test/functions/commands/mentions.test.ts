import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { upcast } from '../../../domain/catalog.ts';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import { allRows, applyCommits, type SealedRecord } from '../../../domain/projections/projection.ts';
import { records } from '../../../domain/projections/records.ts';
import { commandIdOf, mentionIdOf } from '../../../functions/runtime/ids.ts';
import { isErased } from '../../../functions/stores/vault.ts';
import { evidence, organization, REGISTRAR, testApi, tokenFor } from '../../support/api.ts';
import { linesOf, scanAll } from '../../support/check-log.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import type { Tap } from '../../support/faults.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

const CHEN = 'Chen Example-Person';
const HEADLINE = `“${CHEN}” wins; CHEN  EXAMPLE-PERSON’s lamp is shown`;
const titled = (title: string) => [{ source: { title }, basis: 'stated' }];
const erasing = { legalBasis: 'Article 17(1)(c)', evidence };

let engine: TestEngine;
let registry: TestRegistry;
let body: string;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  registry = await testRegistry(engine);
  body = (await registry.post('/v1/organizations', organization('Any'))).body.id;
});

/** A programme with an award to a person. */
const conferring = (award: object = {}, name = CHEN) => [
  {
    command: 'open-programme',
    as: 'programme',
    data: { names: [{ value: 'Prize', lang: 'en' }], conferredBy: [body], evidence },
  },
  {
    command: 'confer-award',
    as: 'award',
    data: { programme: '#programme', recipient: { person: { name } }, evidence, ...award },
  },
];
const submit = (commands: object[], how: object = {}) => registry.post('/v1/submissions', { commands }, how);

async function conferred(award: object = {}): Promise<string> {
  const { status, body: answer } = await submit(conferring(award));
  expect(status).toBe(201);
  return answer.ids.award;
}

async function visible() {
  await registry.seal();
  await registry.projector().deliver();
}
const page = async (path: string) => {
  await visible();
  return registry.get(path);
};
const eventsOf = async (stream: string) =>
  (await registry.store.load(stream)).commits.flatMap(({ events }) => events).map((event) => JSON.parse(event));
const erase = (person: string, how: object = {}) =>
  registry.post(`/v1/people/${person}/erase`, erasing, { client: REGISTRAR, ...how });
const recipientOf = async (award: string): Promise<string> => (await eventsOf(award))[0].data.recipient.person;

/** What the registry has written outside of the vault, and told anybody, as text. */
async function everythingElse(): Promise<string> {
  const { people: _, ...tables } = registry.tables;
  const items = await Promise.all(Object.values(tables).map((table) => scanAll(engine.documents, table)));
  const objects = [...registry.bucket.objects.values()].map(({ bytes }) => Buffer.from(bytes).toString());
  return inspect([items, objects, registry.announced, registry.errors()], {
    depth: null,
    maxArrayLength: null,
    maxStringLength: null,
  });
}

describe('a text that names the person whom the request names', () => {
  it('is recorded with ids in the place of the words, which the vault keeps as they stood', async () => {
    const key = 'headline';
    const commands = conferring({ evidence: titled(HEADLINE), citation: [{ text: `To ${CHEN}`, lang: 'en' }] });
    const { status, body: answer } = await submit(commands, { key });
    expect(status).toBe(201);
    const [{ data }] = await eventsOf(answer.ids.award);
    const id = (pointer: string, number: number) =>
      mentionIdOf(commandIdOf('gzde', key), '/v1/submissions', pointer, number);
    const [first, second] = [0, 1].map((number) => id('/commands/1/data/evidence/0/source/title', number));
    const third = id('/commands/1/data/citation/0/text', 0);
    expect(data.evidence[0].source.title).toBe(`“${first}” wins; ${second}’s lamp is shown`);
    expect(data.citation).toEqual([{ text: `To ${third}`, lang: 'en' }]);
    const mention = (person: unknown, at: string) => ({
      person,
      of: data.recipient.person,
      commitment: expect.stringMatching(/^[0-9a-f]{64}$/),
      at,
    });
    expect(data.mentions).toEqual([
      mention(third, '/citation/0/text'),
      mention(first, '/evidence/0/source/title'),
      mention(second, '/evidence/0/source/title'),
    ]);
    const authorization = `Bearer ${await tokenFor(REGISTRAR)}`;
    for (const [at, words] of [CHEN, CHEN, 'CHEN  EXAMPLE-PERSON'].entries()) {
      const { person, of, commitment } = data.mentions[at];
      const kept = await bodyOf(registry.get(`/v1/people/${person}`, { authorization }));
      expect(kept).toMatchObject({ id: person, of, record: answer.ids.award, name: words });
      const opened = createHmac('sha256', Buffer.from(kept.salt, 'base64')).update(words).digest('hex');
      expect(opened).toBe(commitment);
    }
  });

  it('is found in every command of the request, whatever it is about', async () => {
    const founded = organization('Third', { notes: [{ text: `Founded by ${CHEN}`, lang: 'en' }] });
    const commands = [{ command: 'register-organization', as: 'third', data: founded }, ...conferring()];
    const { body: answer } = await submit(commands);
    const third = await bodyOf(page(`/v1/organizations/${answer.ids.third}`));
    expect(third.notes).toEqual([{ text: `Founded by ${CHEN}`, lang: 'en' }]);
    expect(await everythingElse()).not.toContain(CHEN);
  });

  it('leaves what something is called, addresses and places as they are', async () => {
    const url = 'https://example.org/Chen';
    const named = organization('Chen Foundation', { evidence: [{ source: { url }, basis: 'stated' }] });
    const commands = [{ command: 'register-organization', as: 'third', data: named }, ...conferring({}, 'Chen')];
    const { status, body: answer } = await submit(commands);
    expect(status).toBe(201);
    const [{ data }] = await eventsOf(answer.ids.third);
    expect(data).toMatchObject({ names: [{ value: 'Chen Foundation' }], evidence: [{ source: { url } }] });
    expect(data).not.toHaveProperty('mentions');
  });

  it('is bounded as it was submitted: its ids may be longer', async () => {
    const text = 'Li. '.repeat(1_000);
    const commands = conferring({ citation: [{ text, lang: 'en' }] }, 'Li');
    const short = text.slice(0, 80);
    const fits = conferring({ citation: [{ text: short + 'x'.repeat(4_000 - short.length), lang: 'en' }] }, 'Li');
    expect((await submit(fits)).status).toBe(201);
    const long = conferring({ citation: [{ text: `${'x'.repeat(3_999)} Li`, lang: 'en' }] }, 'Li');
    expect((await submit(long)).body.errors).toMatchObject([{ rule: 'cap-text-bytes' }]);
    expect((await submit(commands)).body.type).toBe('/problems/cap-actions');
    const notes = ['Li', ...Array.from({ length: 3 }, () => 'x'.repeat(4_000)), 'x'.repeat(2_350)];
    const nearly = await submit(conferring({ notes: notes.map((one) => ({ text: one, lang: 'en' })) }, 'Li'));
    expect(nearly.status).toBe(201);
    const [event] = await eventsOf(nearly.body.ids.award);
    expect(JSON.stringify(event).length).toBeGreaterThan(15 * 1024);
  });
});

describe('a text that names a person of the record which it is about', () => {
  let award: string;
  beforeEach(async () => {
    award = await conferred();
  });
  const add = (title: string, how: object = {}) =>
    registry.post(`/v1/awards/${award}/add-evidence`, { evidence: titled(title) }, how);

  it('is recorded without the words, whoever sends it, and shown with them on the pages of the record', async () => {
    expect((await add(HEADLINE, { client: 'stranger' })).status).toBe(200);
    const [, { data }] = await eventsOf(award);
    expect(data.mentions).toMatchObject([{ of: await recipientOf(award) }, { of: await recipientOf(award) }]);
    for (const path of ['', '/evidence', '/facts', '/history']) {
      const response = await page(`/v1/awards/${award}${path}`);
      expect(response.headers.get('cache-control'), path).toBe('no-store');
      if (path !== '/facts') expect(await response.text(), path).toContain(JSON.stringify(HEADLINE).slice(1, -1));
    }
    await registry.publish();
    const text = await everythingElse();
    expect(text).toContain(data.mentions[0].person);
    expect(text).not.toMatch(/chen\s+example/i);
    const shared = ['/v1/awards', '/v1/timeline', '/v1/events', '/v1/projections/records/rows'];
    for (const path of shared) expect(await (await registry.get(path)).text(), path).not.toMatch(/chen\s+example/i);
  });

  it('leaves the rows that anybody makes of the published events', async () => {
    expect((await add(HEADLINE)).status).toBe(200);
    await visible();
    const feed = (await bodyOf(registry.get('/v1/events'))) as (RegistryEvent & { position: number })[];
    const own = feed.filter(({ subject }) => subject === award);
    expect(own.map(({ data }) => Object.hasOwn(data as object, 'mentions'))).toEqual([false, true]);
    const commits = own.map(({ position, ...event }) => ({ position, events: [upcast(event)] }));
    const rows = allRows(records, applyCommits(undefined, commits) as SealedRecord);
    const { items } = await bodyOf(registry.get('/v1/projections/records/rows?limit=1000'));
    const served = items.filter(([, sort]: string[]) => sort?.endsWith(award));
    expect(linesOf(served)).toEqual(linesOf(rows.map(({ partition, sort, value }) => [partition, sort, value])));
    expect(linesOf(served).join()).not.toContain('mentions');
  });

  it('is given by another command of the same request', async () => {
    const founded = organization('Third', { notes: [{ text: `Founded by ${CHEN}`, lang: 'en' }] });
    const commands = [
      { command: 'register-organization', as: 'third', data: founded },
      { command: 'add-evidence', target: award, data: { evidence } },
    ];
    const { body: answer } = await submit(commands);
    expect((await eventsOf(answer.ids.third))[0].data.mentions).toMatchObject([{ of: await recipientOf(award) }]);
  });

  it('is sought where only a text of the record mentions it, so that a correction may send that back', async () => {
    const agreed = { kind: 'other', subject: [{ text: `Honours ${CHEN}`, lang: 'en' }] };
    const other = (await registry.post('/v1/organizations', organization('Other'))).body.id;
    const parties = [{ organization: body }, { organization: other }];
    const { body: answer } = await submit([
      { command: 'register-agreement', as: 'agreement', data: { ...agreed, parties, evidence } },
      { command: 'add-evidence', target: award, data: { evidence } },
    ]);
    const { agreement } = answer.ids;
    const { subject } = await bodyOf(page(`/v1/agreements/${agreement}`));
    const set = { subject: [{ ...subject[0], text: `${subject[0].text} once more` }] };
    const correction = { corrects: 1, set, reason: 'clerical', evidence };
    expect((await registry.post(`/v1/agreements/${agreement}/correct`, correction)).status).toBe(200);
    expect((await eventsOf(agreement))[1].data.mentions).toMatchObject([{ of: await recipientOf(award) }]);
    expect(await everythingElse()).not.toContain(CHEN);
  });

  it('is not sought in requests about other records', async () => {
    const other = organization('Third', { notes: [{ text: CHEN, lang: 'en' }] });
    const { body: answer } = await registry.post('/v1/organizations', other);
    expect((await eventsOf(answer.id))[0].data.notes[0].text).toBe(CHEN);
  });

  it('is sent back by a correction as it was read', async () => {
    const set = { citation: [{ text: `To ${CHEN}, for a lamp`, lang: 'en' }] };
    const correct = (how: object) =>
      registry.post(`/v1/awards/${award}/correct`, { corrects: 1, reason: 'clerical', evidence, ...how });
    expect((await correct({ set })).status).toBe(200);
    const { citation } = await bodyOf(page(`/v1/awards/${award}`));
    expect(citation).toEqual(set.citation);
    expect((await correct({ set })).body.errors).toMatchObject([{ rule: 'no-change', pointer: '/set' }]);
    const longer = [...citation, { text: '致此灯', lang: 'zh' }];
    expect((await correct({ set: { citation: longer } })).status).toBe(200);
    expect(await bodyOf(page(`/v1/awards/${award}`))).toMatchObject({ citation: longer });
    const [, , { data }] = await eventsOf(award);
    expect(data.set.citation[0].text).toBe(`To ${data.mentions[0].person}, for a lamp`);
    expect(data.mentions).toMatchObject([{ at: '/set/citation/0/text' }]);
    const { items } = await bodyOf(registry.get(`/v1/awards/${award}/history`));
    expect(items.at(-1).changes.map(({ pointer }: { pointer: string }) => pointer)).not.toContain('/citation/0/text');
    expect(items.at(-1).changes).toContainEqual({ pointer: '/citation/1', is: longer[1] });
    const forged = await correct({ set: { mentions: data.mentions } });
    expect(forged.body.errors).toMatchObject([{ rule: 'not-correctable', pointer: '/set/mentions' }]);
  });
});

it('is sought too where the record is identified in a cohort: the evidence stands in both', async () => {
  const other = (await registry.post('/v1/organizations', organization('Other'))).body.id;
  const parties = [{ organization: body }, { organization: other }];
  const signatures = [{ party: 1, signatory: { name: CHEN } }];
  const { body: answer } = await submit([
    { command: 'record-ceremony', as: 'ceremony', data: { kind: 'signing', evidence } },
    {
      command: 'register-agreement',
      as: 'agreement',
      data: { kind: 'other', ceremony: '#ceremony', parties, signatures, evidence },
    },
    {
      command: 'record-cohort',
      as: 'cohort',
      data: { subject: 'agreements', ceremony: '#ceremony', count: { min: 2 }, evidence },
    },
  ]);
  const { cohort, agreement } = answer.ids;
  const identify = { record: agreement, evidence: titled(HEADLINE) };
  expect((await registry.post(`/v1/cohorts/${cohort}/identify`, identify)).status).toBe(200);
  for (const stream of [cohort, agreement]) {
    expect((await eventsOf(stream)).at(-1).data.mentions).toHaveLength(2);
    expect(await (await page(`/v1/agreements/${agreement}/history`)).text()).toContain('lamp is shown');
  }
  expect(await everythingElse()).not.toMatch(/chen\s+example/i);
});

it('a list that shows a text says that something is left out', async () => {
  const notes = [{ text: `Seated beside ${CHEN}`, lang: 'en' }];
  const ceremony = { kind: 'award', roles: [{ organization: body, role: 'guest', notes }], evidence };
  const { body: answer } = await submit([
    { command: 'record-ceremony', as: 'ceremony', data: ceremony },
    ...conferring({ ceremony: '#ceremony' }),
  ]);
  const programme = await page(`/v1/ceremonies/${answer.ids.ceremony}/programme`);
  expect(programme.headers.get('cache-control')).not.toBe('no-store');
  expect((await bodyOf(programme)).roles).toMatchObject([{ notes: [{ text: 'Seated beside …' }] }]);
  expect((await bodyOf(page(`/v1/ceremonies/${answer.ids.ceremony}`))).roles).toMatchObject([{ notes }]);
});

describe('what is refused', () => {
  it('is a text that holds the id of a person', async () => {
    const id = `person-${'a'.repeat(26)}`;
    const titles: [string, string][] = [
      [`Said by ${id}`, 'Chen'],
      [`person-${'a'.repeat(20)}陈`, '陈'],
    ];
    for (const [title, name] of titles) {
      const { status, body: problem } = await submit(conferring({ evidence: titled(title) }, name));
      expect([status, problem.errors]).toMatchObject([
        422,
        [{ rule: 'person-id-in-text', pointer: '/commands/1/data/evidence/0/source/title' }],
      ]);
    }
    const called = organization(id);
    expect((await registry.post('/v1/organizations', called)).body.type).toBe('/problems/person-id-in-text');
  });

  it('is an id of evidence that names a person: parts of the payload point to it', async () => {
    const labelled = [{ id: CHEN, source: { title: 'Any' }, basis: 'stated' }];
    const { body: problem, text } = await submit(conferring({ evidence: labelled }));
    expect(problem.errors).toMatchObject([{ rule: 'name-in-free-text', pointer: '/commands/1/data/evidence/0/id' }]);
    expect(text).not.toContain(CHEN);
    expect(await everythingElse()).not.toContain(CHEN);
  });
});

describe('a retry', () => {
  const key = { key: 'again' };
  const replayed = (answer: Awaited<ReturnType<typeof submit>>) => answer.headers.get('idempotency-replayed');

  it.each(['a submission', 'an act'])('of %s finds its answer, and another text another', async (kind) => {
    const award = kind === 'an act' ? await conferred() : '';
    const send = (title: string) =>
      award === ''
        ? submit(conferring({ evidence: titled(title) }), key)
        : registry.post(`/v1/awards/${award}/add-evidence`, { evidence: titled(title) }, key);
    const first = await send(HEADLINE);
    const again = await send(HEADLINE);
    expect([replayed(again), again.body]).toEqual(['true', first.body]);
    const others = [HEADLINE.replace('lamp', 'bulb'), HEADLINE.replace(CHEN, 'CHEN EXAMPLE-PERSON'), 'Any'];
    for (const other of others) expect((await send(other)).body.type).toBe('/problems/key-reused');
    const stream = award || first.body.ids.award;
    const commits = (await registry.store.load(stream)).commits;
    expect((await erase(await recipientOf(stream))).status).toBe(200);
    const after = await send(HEADLINE);
    expect([replayed(after), after.body]).toEqual(['true', first.body]);
    expect(replayed(await send(HEADLINE.replace(CHEN, 'Ana')))).toBe('true');
    expect((await send(HEADLINE.replace('lamp', 'bulb'))).body.type).toBe('/problems/key-reused');
    expect((await registry.store.load(stream)).commits).toEqual(commits);
    expect(await everythingElse()).not.toMatch(/chen\s+example/i);
  });

  it('finds what was recorded before the record named the person: as text', async () => {
    const parties = await Promise.all(
      ['One', 'Other'].map(async (name) => (await registry.post('/v1/organizations', organization(name))).body.id),
    );
    const agreement = { kind: 'other', parties: parties.map((id) => ({ organization: id })), evidence };
    const { id } = (await registry.post('/v1/agreements', agreement)).body;
    const add = () => registry.post(`/v1/agreements/${id}/add-evidence`, { evidence: titled(HEADLINE) }, key);
    const first = await add();
    const sign = { party: parties[0], signatory: { name: CHEN }, evidence };
    expect((await registry.post(`/v1/agreements/${id}/sign`, sign)).status).toBe(200);
    const again = await add();
    expect([replayed(again), again.body]).toEqual(['true', first.body]);
  });
});

describe('an erasure', () => {
  const add = (award: string, title: string, how: object = {}) =>
    registry.post(`/v1/awards/${award}/add-evidence`, { evidence: titled(title) }, how);

  it('takes the words that mention the person, in whatever record they stand, and no byte of the history', async () => {
    const founded = organization('Third', { notes: [{ text: `Founded by ${CHEN}`, lang: 'en' }] });
    const { body: answer } = await submit([
      { command: 'register-organization', as: 'third', data: founded },
      ...conferring({ evidence: titled(HEADLINE) }),
    ]);
    const { award, third } = answer.ids;
    await add(award, `About ${CHEN}`);
    const before = await Promise.all([award, third].map((id) => registry.store.load(id)));
    const dry = await erase(await recipientOf(award), { headers: { Prefer: 'dry-run' } });
    expect(dry.status).toBe(200);
    expect(await (await page(`/v1/awards/${award}`)).text()).toContain(CHEN);
    expect((await erase(await recipientOf(award))).status).toBe(200);
    expect(await Promise.all([award, third].map((id) => registry.store.load(id)))).toEqual(before);
    for (const query of ['', '?knownAt=3', '?validOn=2023-01-01']) {
      const shown = await (await page(`/v1/awards/${award}${query}`)).text();
      expect(shown, query).toContain('“…” wins; …’s lamp is shown');
    }
    const { notes } = await bodyOf(page(`/v1/organizations/${third}`));
    expect(notes[0].text).toBe('Founded by …');
    const people = await scanAll(engine.documents, registry.tables.people);
    expect(people).toHaveLength(5);
    expect(inspect(people)).not.toMatch(/chen/i);
    expect((await add(award, `Again ${CHEN}`)).status).toBe(200);
  });

  it('of some words alone leaves the others', async () => {
    const award = await conferred({ evidence: titled(HEADLINE) });
    const [{ data }] = await eventsOf(award);
    expect((await erase(data.mentions[0].person)).status).toBe(200);
    expect(await (await page(`/v1/awards/${award}`)).text()).toContain('“…” wins; CHEN  EXAMPLE-PERSON’s lamp');
    expect((await erase(data.recipient.person)).status).toBe(200);
    expect(inspect(await scanAll(engine.documents, registry.tables.people))).not.toMatch(/chen/i);
  });

  it('finds all words, however many there are', async () => {
    const award = await conferred();
    const title = Array.from({ length: 20 }, () => CHEN).join(' and ');
    for (let count = 0; count < 12; count += 1) expect((await add(award, title)).status).toBe(200);
    const kept = await scanAll(engine.documents, registry.tables.people);
    expect(kept.length).toBeGreaterThan(200);
    const person = await recipientOf(award);
    const entry = (await registry.vault.read([person])).get(person);
    expect(entry && 'earlier' in entry).toBe(true);
    expect(Number(entry?.mentions?.length)).toBeLessThan(kept.length - 100);
    expect((await erase(person)).status).toBe(200);
    const left = await registry.vault.read(kept.map(({ pk }) => String(pk)));
    expect([...left.values()].filter((one) => !isErased(one))).toEqual([]);
  });

  it('misses no words that come at the same moment, and lets none come after it', async () => {
    const award = await conferred();
    const person = await recipientOf(award);
    let isFirst = true;
    const between: Tap = async ({ name }, next) => {
      if (name === 'TransactWriteCommand' && isFirst) {
        isFirst = false;
        expect((await erase(person)).status).toBe(200);
      }
      return next();
    };
    const slow = testApi(engine, { tables: registry.tables, taps: [between] });
    const late = await slow.post(`/v1/awards/${award}/add-evidence`, { evidence: titled(`Late ${CHEN}`) });
    expect(late.status).toBe(200);
    expect(inspect(await scanAll(engine.documents, registry.tables.people))).not.toMatch(/chen/i);

    const other = await conferred();
    isFirst = true;
    const meanwhile: Tap = async ({ name }, next) => {
      if (name === 'TransactWriteCommand' && isFirst) {
        isFirst = false;
        expect((await add(other, HEADLINE)).status).toBe(200);
      }
      return next();
    };
    const erasing2 = testApi(engine, { tables: registry.tables, taps: [meanwhile] });
    const erased = await erasing2.post(`/v1/people/${await recipientOf(other)}/erase`, erasing, { client: REGISTRAR });
    expect(erased.status).toBe(200);
    expect(inspect(await scanAll(engine.documents, registry.tables.people))).not.toMatch(/chen/i);
  });

  it('does not write the id of a person into its own texts', async () => {
    const award = await conferred();
    const person = await recipientOf(award);
    const asked = { ...erasing, legalBasis: `Asked for by ${person}` };
    const refused = await registry.post(`/v1/people/${person}/erase`, asked, { client: REGISTRAR });
    expect(refused.body.errors).toMatchObject([{ rule: 'person-id-in-text', pointer: '/legalBasis' }]);
  });
});
