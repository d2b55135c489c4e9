import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonical } from '../../../functions/runtime/canonical.ts';
import { evidence, organization, type TestApi, testApi } from '../../support/api.ts';
import { putCommits } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { fillRecord } from '../../support/fill.ts';
import { testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
let api: TestApi;
beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
});
afterAll(() => engine?.stop());

type Answer = Awaited<ReturnType<TestApi['post']>>;

const registered = async (name: string, more?: object): Promise<string> =>
  (await api.post('/v1/organizations', organization(name, more))).body.id;
const appoint = (id: string, client: string) =>
  api.post(`/v1/organizations/${id}/appoint-client`, { client, evidence }, { client: 'registrar' });
const fill = (id: string, to: { events: number } | { bytes: number }) =>
  fillRecord(engine, engine.tables.events, id, to);
const bytesOf = (events: readonly string[]) => events.reduce((sum, event) => sum + Buffer.byteLength(event), 0);
const eventsIn = async (id: string) => (await api.store.load(id)).commits.flatMap(({ events }) => events);

const addEvidence = (id: string, client: string) =>
  api.post(`/v1/${id.split('-')[0]}s/${id}/add-evidence`, { evidence }, { client });

let corrections = 0;
const correct = (id: string, client: string) => {
  corrections += 1;
  const set = { notes: [{ text: `Correction ${corrections}`, lang: 'en' }] };
  return api.post(`/v1/agreements/${id}/correct`, { corrects: 1, set, reason: 'clerical', evidence }, { client });
};

/** An agreement that `gzde` has submitted, with evidence of a stranger. */
async function agreement() {
  const parties = [await registered('One'), await registered('Two')];
  const body = { kind: 'cooperation', parties: parties.map((id) => ({ organization: id })), evidence };
  const { id } = (await api.post('/v1/agreements', body)).body;
  expect((await addEvidence(id, 'stranger')).status).toBe(200);
  return { id, parties };
}

const refusal = ({ status, body }: Answer) => [status, body.type, body.errors?.[0]?.detail];
const full = (unit: 'events' | 'bytes', detail: string) => [422, `/problems/cap-record-${unit}`, detail];

const OTHERS = 'who is neither its owner nor a host of it or a party to it fills';

describe('the events of a record', () => {
  it('are a quarter those of others, nine tenths those of parties, and all those of its submitter and a registrar', async () => {
    const { id, parties } = await agreement();
    await appoint(parties[0] as string, 'client-of-one');
    await fill(id, { events: 1249 });
    expect((await addEvidence(id, 'stranger')).body.version).toBe(1250);
    const others = `${id} would have 1251 events; ${OTHERS} at most 1250 of the 5000 that a record takes`;
    expect(refusal(await addEvidence(id, 'stranger'))).toEqual(full('events', others));
    expect((await addEvidence(id, 'client-of-one')).body.version).toBe(1251);

    await fill(id, { events: 4499 });
    expect((await addEvidence(id, 'client-of-one')).body.version).toBe(4500);
    const party = `${id} would have 4501 events; its hosts and its parties fill at most 4500 of the 5000 that a record takes`;
    expect(refusal(await addEvidence(id, 'client-of-one'))).toEqual(full('events', party));
    expect((await addEvidence(id, 'gzde')).body.version).toBe(4501);

    await fill(id, { events: 4998 });
    expect((await correct(id, 'registrar')).body.version).toBe(4999);
    expect((await addEvidence(id, 'gzde')).body.version).toBe(5000);
    const owner = full('events', `${id} would have 5001 events; it takes at most 5000`);
    expect(refusal(await addEvidence(id, 'gzde'))).toEqual(owner);
    expect(refusal(await correct(id, 'registrar'))).toEqual(owner);
  });

  it('are of an organization with clients theirs, and no longer those of its first submitter', async () => {
    const id = await registered('In Its Own Hands');
    await addEvidence(id, 'gzde');
    await fill(id, { events: 1250 });
    expect((await addEvidence(id, 'stranger')).body.type).toBe('/problems/cap-record-events');
    expect((await addEvidence(id, 'gzde')).status).toBe(200);
    expect((await appoint(id, 'client-of-itself')).status).toBe(200);
    expect((await addEvidence(id, 'gzde')).body.type).toBe('/problems/cap-record-events');
    await fill(id, { events: 4500 });
    expect((await addEvidence(id, 'client-of-itself')).body.version).toBe(4501);
  });

  it('are counted command by command in a submission: the one that crosses is named, and nothing lands', async () => {
    const { id } = await agreement();
    await fill(id, { events: 1211 });
    const command = { command: 'add-evidence', target: id, data: { evidence } };
    const submit = (count: number) =>
      api.post('/v1/submissions', { commands: Array(count).fill(command) }, { client: 'stranger' });
    const { status, body } = await submit(40);
    expect([status, body.type]).toEqual([422, '/problems/cap-record-events']);
    expect(body.errors).toEqual([
      { rule: 'cap-record-events', pointer: '/commands/39/data', detail: expect.stringContaining('1251 events') },
    ]);
    expect(await eventsIn(id)).toHaveLength(1211);
    expect((await submit(39)).status).toBe(201);
  });

  it('are counted of records too that a command writes to besides its own', async () => {
    const [into, merged] = [await registered('Full'), await registered('Merged')];
    await addEvidence(into, 'gzde');
    await fill(into, { events: 5000 });
    const answer = await api.post(`/v1/organizations/${merged}/merge`, { into, evidence }, { client: 'registrar' });
    expect(refusal(answer)).toEqual(full('events', `${into} would have 5001 events; it takes at most 5000`));
    expect(await eventsIn(merged)).toHaveLength(1);
  });
});

describe('the bytes that a request reads', () => {
  it('are those of eight full records: more is refused, and what had landed is answered again', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 9; index += 1) ids.push(await registered(`Full ${index}`));
    const about = (some: readonly string[], key: string) => {
      const commands = some.map((target) => ({ command: 'add-evidence', target, data: { evidence } }));
      return api.post('/v1/submissions', { commands }, { key });
    };
    const first = await about(ids, 'before-they-are-full');
    expect(first.status).toBe(201);
    for (const id of ids) await fill(id, { bytes: 7_900_000 });

    const { status, body } = await about(ids, 'afterwards');
    expect([status, body.type]).toEqual([422, '/problems/cap-read-bytes']);
    expect(body.detail).toContain('at most 64000000 are read at once');
    expect((await about(ids.slice(1), 'one-less')).status).toBe(201);
    const again = await about(ids, 'before-they-are-full');
    expect([again.headers.get('idempotency-replayed'), again.body.receipts]).toEqual(['true', first.body.receipts]);
  });
});

describe('the bytes of a record', () => {
  it('are a quarter those of others', async () => {
    const { id } = await agreement();
    const added = Buffer.byteLength((await eventsIn(id)).at(-1) ?? '');
    await fill(id, { bytes: 2_000_000 - 2 * added });
    expect((await addEvidence(id, 'stranger')).status).toBe(200);
    const stored = bytesOf(await eventsIn(id));
    const answer = await addEvidence(id, 'stranger');
    expect([answer.status, answer.body.type]).toEqual([422, '/problems/cap-record-bytes']);
    const [, asked] = /would have (\d+) bytes; (.*) at most 2000000 of the 8000000 that/.exec(answer.body.detail) ?? [];
    expect(Number(asked) - stored).toBeGreaterThanOrEqual(added);
    expect(Number(asked)).toBeGreaterThan(2_000_000);
    expect((await addEvidence(id, 'gzde')).status).toBe(200);
  });
});

describe('the bytes of an event', () => {
  const notesOf = (bytes: number) =>
    Array.from({ length: 4 }, (_, index) => ({ text: 'x'.repeat(Math.floor((bytes + index) / 4)), lang: 'en' }));
  const register = (bytes: number) => api.post('/v1/organizations', organization('Large', { notes: notesOf(bytes) }));
  const largest = async (id: string) => Math.max(...(await eventsIn(id)).map((event) => Buffer.byteLength(event)));

  it('are at most 15 KiB where a command decides it', async () => {
    const spare = 15_360 - (await largest((await register(12_000)).body.id));
    const taken = await register(12_000 + spare);
    expect(taken.status).toBe(201);
    expect(await largest(taken.body.id)).toBe(15_360);
    const { status, body } = await register(12_001 + spare);
    expect([status, body.type]).toEqual([422, '/problems/cap-event-bytes']);
    expect(body.detail).toMatch(/an event of 15361 bytes for organization-\w+; at most 15360$/);
  });

  it('are at most 15 KiB in an erasure', async () => {
    const registry = await testRegistry(engine);
    const parties: { organization: string }[] = [];
    for (const name of ['One', 'Other']) {
      parties.push({ organization: (await registry.post('/v1/organizations', organization(name))).body.id });
    }
    const signatures = [{ party: 1, signatory: { name: 'Chen Example-Person' }, mode: 'definitive' }];
    const body = { kind: 'cooperation', parties, signatures, evidence };
    const { id } = (await registry.post('/v1/agreements', body)).body;
    const events = (await registry.store.load(id)).commits.flatMap((commit) => commit.events);
    const { person } = JSON.parse(events.at(-1) ?? '').data.signatory;
    const erase = (count: number) => {
      const source = { title: 't'.repeat(600), publisher: 'p'.repeat(600) };
      const erasing = { legalBasis: 'Article 17(1)(c)', evidence: Array(count).fill({ source, basis: 'stated' }) };
      return registry.post(`/v1/people/${person}/erase`, erasing, { client: 'registrar' });
    };
    expect((await erase(12)).body.type).toBe('/problems/cap-event-bytes');
    expect((await erase(11)).status).toBe(200);
  });

  it('may be 16 KiB where it is recorded already: it folds, and is corrected', async () => {
    const { id } = await agreement();
    const [opening = ''] = await eventsIn(id);
    const other = id.replace(/.{4}$/, 'aaaa');
    const event = JSON.parse(opening.replaceAll(id, other));
    const withNotes = (bytes: number) => canonical({ ...event, data: { ...event.data, notes: notesOf(bytes) } });
    const text = withNotes(16_384 - Buffer.byteLength(withNotes(4)) + 4);
    expect(Buffer.byteLength(text)).toBe(16_384);
    const [commit] = (await api.store.load(id)).commits;
    await putCommits(engine.documents, engine.tables.events, [{ ...commit, stream: other, events: [text] }]);
    const correction = { corrects: 1, set: { until: '2027' }, reason: 'date', evidence };
    const { status, body } = await api.post(`/v1/agreements/${other}/correct`, correction);
    expect([status, body.errors, body.version]).toEqual([200, undefined, 2]);
  });
});
