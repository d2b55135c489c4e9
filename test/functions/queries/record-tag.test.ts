import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presentRecord, SHOWN_REVISION } from '../../../domain/presentation.ts';
import { applyCommit, isRecordStream, type SealedRecord } from '../../../domain/projections/projection.ts';
import { shown } from '../../../domain/record/shown.ts';
import { sha256 } from '../../../functions/runtime/sha256.ts';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { acceptedCommits } from '../../support/accepted-history.ts';
import { evidence } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { listening, tapped } from '../../support/faults.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { seeded } from '../../support/scheduler.ts';
import { registrar, wordsOf } from '../merges/merged-registry.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

const etagOf = (response: Response): string => response.headers.get('ETag') ?? '';
const collections = { agreement: 'agreements', organization: 'organizations' } as const;
const pathOf = (id: string) => `/v1/${collections[id.split('-')[0] as keyof typeof collections]}/${id}`;

/** An agreement of two, and what else its page depends on. */
async function described(registry = testRegistry(engine)) {
  const own = await registry;
  const words = wordsOf(own);
  const [one, other] = [await words.company('One'), await words.company('Other')];
  const agreement = await words.agreement(one, other);
  await words.show();
  const get = (headers?: Record<string, string>, query = '') => own.get(`${pathOf(agreement)}${query}`, headers);
  return { own, words, one, other, agreement, get };
}

describe('the ETag of a record', () => {
  it('is its version and a hash, which stays whatever strangers do: 304 after 1,000 commits', async () => {
    const { own, words, get } = await described();
    const etag = etagOf(await get());
    expect(etag).toMatch(/^"1-[0-9a-f]{40}"$/);
    const commands = Array.from({ length: 99 }, (_, index) => ({
      command: 'register-organization',
      data: { kind: 'bank', names: [{ value: `Stranger ${index}`, lang: 'en' }], evidence },
    }));
    const before = Number((await get()).headers.get('Registry-Position'));
    for (let round = 0; round < 11; round += 1) {
      const { status, text } = await own.post('/v1/submissions', { commands });
      expect(status, text).toBe(201);
    }
    await own.seal();
    while (((await own.log.readHead())?.size ?? 0) <= before + 1000) await own.seal();
    await words.show();
    const again = await get({ 'If-None-Match': etag });
    expect(again.status).toBe(304);
    expect(Number(again.headers.get('Registry-Position'))).toBeGreaterThan(before + 1000);
  });

  it('is told by two reads of rows, and by no event', async () => {
    const ear = listening();
    const counted = { ...engine, documents: tapped(engine.documents, ear) };
    const { get } = await described(testRegistry(counted));
    const etag = etagOf(await get());
    ear.sent.length = 0;
    expect((await get({ 'If-None-Match': etag })).status).toBe(304);
    // What is served, with its checkpoint; the record's own rows; those of the records that it names.
    expect(ear.sent.map(({ name }) => name)).toEqual([
      'GetCommand',
      'GetCommand',
      'BatchGetCommand',
      'BatchGetCommand',
    ]);
    ear.sent.length = 0;
    expect((await get()).status).toBe(200);
    expect(ear.sent.map(({ name }) => name)).toContain('QueryCommand');
  });

  it('changes with what is shown of others, and with nothing else of them', async () => {
    const { words, get, one, other, agreement } = await described();
    const third = await words.company('Third');
    const seen = new Set<string>();
    const changes = async (act: () => Promise<unknown>, does: boolean) => {
      const before = await get();
      await act();
      await words.show();
      const after = await get();
      const isOther = etagOf(before) !== etagOf(after);
      expect([isOther, (await before.text()) !== (await after.text())]).toEqual([does, does]);
      expect((await get({ 'If-None-Match': etagOf(before) })).status).toBe(does ? 200 : 304);
      expect(seen).not.toContain(does ? etagOf(after) : '');
      seen.add(etagOf(after));
    };
    const name = { value: 'A New Name', lang: 'en' };
    await changes(() => words.landed(`${pathOf(one)}/add-name`, { name }), true);
    await changes(() => words.landed(`${pathOf(one)}/add-evidence`, {}), false);
    await changes(() => words.landed(`${pathOf(third)}/add-name`, { name }), false);
    await changes(() => words.merge(one, third), true);
    await changes(() => words.landed(`${pathOf(third)}/add-name`, { name: { value: 'X', lang: 'en' } }), true);
    await changes(() => words.landed(`${pathOf(other)}/retract`, { reason: 'In error' }, registrar), true);
    await changes(() => words.landed(`${pathOf(agreement)}/retract`, { reason: 'In error' }), true);
  });

  it('tells an act on the version before the dash, in whatever coding', async () => {
    const { words, get, agreement, one } = await described();
    const sign = (tag: string, party: string) =>
      words.post(
        `${pathOf(agreement)}/sign`,
        { party, mode: 'definitive', on: '2024-01-01' },
        { headers: { 'If-Match': tag } },
      );
    const coded = etagOf(await get({ 'Accept-Encoding': 'gzip' }));
    expect(coded).toMatch(/^"1-/);
    expect((await sign(`W/${coded}`, one)).status).toBe(412);
    expect((await sign(coded, one)).status).toBe(200);
    expect((await sign(coded, one)).body.type).toBe('/problems/stale');
  });

  it('never stands for a page that shows a name from the vault', async () => {
    const { words, get, agreement, one, own } = await described();
    const signature = { party: one, mode: 'definitive', on: '2024-01-01', signatory: { name: 'A Person' } };
    await words.landed(`${pathOf(agreement)}/sign`, signature);
    await words.show();
    const before = await get();
    const [{ signatory }] = (await bodyOf(before.clone())).signatures;
    expect([before.headers.get('Cache-Control'), signatory.name]).toEqual(['no-store', 'A Person']);
    expect((await get({ 'If-None-Match': etagOf(before) })).status).toBe(200);
    const erasing = { legalBasis: 'a request', evidence };
    expect((await own.post(`/v1/people/${signatory.person}/erase`, erasing, registrar)).status).toBe(200);
    const after = await get({ 'If-None-Match': etagOf(before) });
    expect([after.status, (await bodyOf(after.clone())).signatures[0].signatory.erased]).toEqual([200, true]);
    // The tag tells nothing of the name: whoever guesses it must not find the guess confirmed.
    expect(etagOf(after)).toBe(etagOf(before));
  });
});

const STEPS = 20;

/** What is on each page, by its tag: two pages of one address never have the same tag. */
async function wander(registry: TestRegistry, seed: number) {
  const words = wordsOf(registry);
  const random = seeded(seed);
  const among = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const organizations: string[] = [];
  for (let n = 0; n < 5; n += 1) organizations.push(await words.company(`Company ${n}`));
  const agreements: string[] = [];
  const name = () => ({ value: `Name ${Math.floor(random() * 9)}`, lang: 'en' });
  const steps: (() => Promise<unknown>)[] = [
    async () =>
      agreements.push(
        await words.agreement(among(organizations), among(organizations)).catch(() => among(organizations)),
      ),
    () =>
      words.post(`${pathOf(among(organizations))}/add-name`, {
        name: name(),
        ...(random() < 0.5 && { on: '2024-03-01' }),
      }),
    () =>
      words.post(`${pathOf(among(organizations))}/relate`, { relation: 'part-of', organization: among(organizations) }),
    () => words.merge(among(organizations), among(organizations)),
    () => words.post(`${pathOf(among([...agreements, ...organizations]))}/retract`, { reason: 'In error' }, registrar),
    () =>
      words.post(
        `${pathOf(among([...agreements, ...organizations]))}/withdraw-retraction`,
        { reason: 'It was right' },
        registrar,
      ),
    () => words.post(`${pathOf(among([...agreements, ...organizations]))}/add-evidence`, {}),
    () => {
      const signatory = random() < 0.3 && { signatory: { name: `Person ${Math.floor(random() * 3)}` } };
      const signature = { party: among(organizations), mode: 'definitive', on: '2024-01-10', ...signatory };
      return words.post(`${pathOf(among([...agreements, ...organizations]))}/sign`, signature);
    },
  ];
  const pages = new Map<string, { etag: string; text: string }[]>();
  let kept = 0;
  for (let step = 0; step < STEPS; step += 1) {
    await among(steps)();
    await words.show();
    for (const id of [...organizations, ...agreements]) {
      for (const query of ['', '?validOn=2024-03-01']) {
        const address = `${pathOf(id)}${query}`;
        const before = pages.get(address) ?? [];
        const condition = before.at(-1)?.etag;
        const response = await registry.get(address, condition === undefined ? {} : { 'If-None-Match': condition });
        const page = response.status === 304 ? await registry.get(address) : response;
        if (page.status !== 200) continue;
        const text = await page.text();
        if (response.status === 304) {
          expect(text, address).toBe(before.at(-1)?.text);
          kept += 1;
        }
        const etag = etagOf(page);
        for (const earlier of before) if (earlier.text !== text) expect(earlier.etag, address).not.toBe(etag);
        pages.set(address, [...before, { etag, text }]);
      }
    }
  }
  return { pages, kept };
}

describe('any history', () => {
  it.each([1])('has another ETag wherever a page is another one (seed %i)', async (seed) => {
    const { pages, kept } = await wander(await testRegistry(engine), seed);
    const changed = [...pages.values()].filter((all) => new Set(all.map(({ text }) => text)).size > 1);
    expect(changed.length).toBeGreaterThan(3);
    expect(kept).toBeGreaterThan(25);
  });
});

/** What the pages of the accepted history show, but for the names of others. */
const pinned = { revision: 1, digest: '96aa192b4752e6caef12b0a28781c18faa97cb54418b30dc3c184efb2135048a' };

describe('what pages show', () => {
  it('is what the revision has always shown', () => {
    const records = new Map<string, SealedRecord>();
    const pages = acceptedCommits()
      .filter(({ stream }) => isRecordStream(stream))
      .map((commit) => {
        const sealed = applyCommit(records.get(commit.stream), eventsOf(commit), commit.position);
        records.set(commit.stream, sealed);
        return JSON.stringify(shown(presentRecord(sealed), (list, after) => `${list} ${after}`));
      });
    const digest = Buffer.from(sha256(Buffer.from(pages.join('\n')))).toString('hex');
    expect(
      { revision: SHOWN_REVISION, digest },
      'records are shown otherwise: raise SHOWN_REVISION, so that nobody is told to have this page already, and pin the new digest',
    ).toEqual(pinned);
  });
});
