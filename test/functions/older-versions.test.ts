import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafHash } from '../../domain/log/merkle.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { records } from '../../domain/projections/records.ts';
import { sha256 } from '../../functions/runtime/sha256.ts';
import { acceptedCommits, feed } from '../support/accepted-history.ts';
import { putCommits } from '../support/commits.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../support/registry.ts';
import { rowsIn } from '../support/rows.ts';

/**
 * What an earlier release has stored, when `organization.registered` was of version 1: it stays as it is, and reads as if
 * it had been recorded in version 2.
 */

const open = ['planned', 'under-construction'];
const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];

/** The same history as it would have been recorded in version 2. */
function inVersion2(text: string): string {
  return text
    .replace('/schemas/organization.registered/1', '/schemas/organization.registered/2')
    .replace(/("operation":\{.*?)"status":"([a-z-]+)"\}/, (_, before: string, status: string) => {
      const oneOf = status === 'planned-or-under-construction' ? open : [status];
      return `${before}"oneOf":${JSON.stringify(oneOf)}}`;
    });
}

/** A read model of all that the records say. */
const states: Projection = {
  name: 'states',
  revision: 1,
  rows: ({ record }) => [{ partition: 'state', sort: record.id, value: record.state as object }],
};

let engine: TestEngine;
/** One that stands over the stored history, and one that was recorded in version 2 from the start. */
let registry: TestRegistry;
let twin: TestRegistry;

/** A registry over a history: every commit is sealed by itself, so that the positions are those of the feed. */
async function standingOver(history: ReturnType<typeof acceptedCommits>): Promise<TestRegistry> {
  const own = await testRegistry(engine, { clock: () => Date.parse('2027-01-05T09:30:00.000Z') });
  for (const { position: _, ...commit } of history) {
    await putCommits(engine.documents, own.tables.events, [commit]);
    await own.seal();
  }
  return own;
}

async function projectAll(own: TestRegistry): Promise<void> {
  for (const projection of [records, states]) expect(await own.projector({ projection }).deliver()).toEqual([]);
}

const stored = acceptedCommits();
const opened = (name: string) => stored.find(({ events }) => events[0]?.includes(`"value":"${name}"`))?.stream;
/** Registered as planned or under construction; registered as planned, and corrected to that in version 1. */
const [centre, park] = ['Innovation Centre', 'Industrial Park'].map((name) => opened(name) ?? '') as [string, string];
const page = (id: string, query = '') => `/v1/organizations/${id}${query}`;
const storedOf = (id: string) => stored.filter(({ stream }) => stream === id);
const feedOf = async (own: TestRegistry) =>
  (await own.get('/v1/events?limit=1000', { Accept: 'application/x-ndjson' })).text();

beforeAll(async () => {
  engine = await startEngine();
  registry = await standingOver(stored);
  twin = await standingOver(acceptedCommits(inVersion2));
  await projectAll(registry);
  await projectAll(twin);
});
afterAll(() => engine?.stop());

describe('a history that was recorded in an older version', () => {
  it('is there, and differs from the one that was not', async () => {
    expect(feed).toContain('"status":"planned-or-under-construction"');
    expect(await feedOf(twin)).not.toBe(feed);
    expect(await feedOf(twin)).not.toContain('"status":"');
  });

  it('has the rows that it would have had', async () => {
    const rows = await rowsIn(engine, registry.tables.views);
    expect(rows.length).toBeGreaterThan(100);
    expect(rows).toEqual(await rowsIn(engine, twin.tables.views));
    expect(JSON.stringify(rows)).toContain('under-construction');
    for (const projection of [records, states]) {
      const { digest } = await registry.views.checkpoint(projection);
      expect(digest).toBe((await twin.views.checkpoint(projection)).digest);
    }
  });

  it('shows every record as it would have been, at every position', async () => {
    const size = (await registry.log.readHead())?.size ?? 0;
    const queries = ['', ...Array.from({ length: size }, (_, position) => `?knownAt=${position}`)];
    for (const path of [centre, park].flatMap((id) => queries.map((query) => page(id, query)))) {
      const [answer, expected] = await Promise.all([registry.get(path), twin.get(path)]);
      expect(answer.status, path).toBe(expected.status);
      expect(await bodyOf(answer), path).toEqual(await bodyOf(expected));
    }
  });

  it('tells what was known before a correction in the terms of today', async () => {
    const [registered, corrected] = storedOf(park);
    const at = (position = 0) => bodyOf(registry.get(page(park, `?knownAt=${position}`)));
    expect((await at(registered?.position)).operation).toEqual({ oneOf: ['planned'] });
    expect((await at(corrected?.position)).operation).toEqual({ oneOf: open });
    expect((await bodyOf(registry.get(page(centre)))).operation).toMatchObject({ oneOf: open });
  });

  it('shows in its history what was recorded, and what that changed in the record', async () => {
    const { items } = await bodyOf(registry.get(page(park, '/history')));
    const recorded = storedOf(park).flatMap(({ events, position }) =>
      events.map((event, index) => ({ ...JSON.parse(event), position: position + index })),
    );
    expect(items.map(({ changes: _, ...event }: { changes: unknown }) => event)).toEqual(recorded);
    expect(items[0]).toMatchObject({ data: { operation: { status: 'planned' } } });
    expect(items[0].dataschema).toMatch(/\/schemas\/organization\.registered\/1$/);
    expect(items[0].changes).toContainEqual({ pointer: '/operation', is: { oneOf: ['planned'] } });
    expect(items[1].changes).toContainEqual({ pointer: '/operation/oneOf/1', is: 'under-construction' });
  });

  it('is fed and sealed byte for byte as it was', async () => {
    expect(await feedOf(registry)).toBe(feed);
    const leaves: Buffer[] = [];
    for await (const sealed of registry.log.readPages(0))
      leaves.push(...sealed.leaves.map((leaf) => Buffer.from(leaf)));
    const events = stored.flatMap((commit) => commit.events);
    expect(leaves).toEqual(events.map((event) => Buffer.from(leafHash(sha256, Buffer.from(event)))));
    for (const [index, event] of storedOf(centre)
      .flatMap((commit) => commit.events)
      .entries()) {
      expect(await (await registry.get(`/v1/events/${centre}/${index + 1}`)).text()).toBe(event);
    }
  });

  it('is described by the schema that each event names', async () => {
    const schema = async (version: string) => {
      const response = await registry.get(`/schemas/organization.registered/${version}`);
      return { status: response.status, body: await bodyOf(response) };
    };
    const [first, second] = [await schema('1'), await schema('2')];
    expect(first.body.$id).toMatch(/\/schemas\/organization\.registered\/1$/);
    expect(first.body.properties.operation.properties.status.enum).toContain('planned-or-under-construction');
    expect(second.body.properties.operation.properties).toHaveProperty('oneOf');
    for (const other of ['0', '3', '01', '1.0', 'x']) expect((await schema(other)).status).toBe(404);
  });
});

describe('a command about what was recorded in an older version', () => {
  const correct = (id: string, set: object) =>
    registry.post(page(id, '/correct'), { corrects: 1, set, reason: 'clerical', evidence });
  const landed = async () => {
    await registry.seal();
    await projectAll(registry);
  };

  it('is decided on what the record shows', async () => {
    const same = await correct(centre, { operation: { oneOf: open } });
    expect([same.status, same.body.type]).toEqual([422, '/problems/no-change']);
    const old = await correct(centre, { operation: { status: 'operating', oneOf: null } });
    expect([old.status, old.body.type]).toEqual([422, '/problems/correction-unfit']);
  });

  it('corrects it in the terms of today, and says so', async () => {
    const before = await bodyOf(registry.get(page(park)));
    const answer = await correct(park, { operation: { oneOf: ['under-construction', 'operating'] } });
    expect(answer.status).toBe(200);
    await landed();
    const last = await bodyOf(registry.get(`/v1/events/${park}/${answer.body.version}`));
    expect(last.data).toMatchObject({ corrects: 1, schemaVersion: 2 });
    const after = await bodyOf(registry.get(page(park)));
    expect(after.operation).toEqual({ oneOf: ['under-construction', 'operating'] });
    const { position } = storedOf(park).at(-1) ?? {};
    expect(await bodyOf(registry.get(page(park, `?knownAt=${position}`)))).toEqual(before);
    expect((await feedOf(registry)).startsWith(feed)).toBe(true);
  });

  it('records new facts in the current version', async () => {
    const names = [{ value: 'Laboratory', lang: 'en' }];
    const data = { kind: 'laboratory', names, operation: { oneOf: ['operating'] }, evidence };
    const { body } = await registry.post('/v1/organizations', data);
    await landed();
    const event = await bodyOf(registry.get(`/v1/events/${body.id}/1`));
    expect(event.dataschema).toMatch(/\/schemas\/organization\.registered\/2$/);
    expect(event.data.operation).toEqual({ oneOf: ['operating'] });
    const { status } = await registry.post('/v1/organizations', { ...data, operation: { status: 'operating' } });
    expect(status).toBe(422);
    const corrected = await correct(body.id, { operation: null });
    await landed();
    const correction = await bodyOf(registry.get(`/v1/events/${body.id}/${corrected.body.version}`));
    expect(correction.data).not.toHaveProperty('schemaVersion');
    expect(registry.errors()).toEqual([]);
  });
});

describe('stored events', () => {
  /** Who parses JSON, and why what it parses is not the data of a stored event that it goes by. */
  const parsers: Record<string, string> = {
    'functions/commands/mentions.ts': 'data of an event, with words in the place of ids',
    'functions/commands/merges.ts': 'data of a command, with other ids',
    'functions/commands/receipt.ts': 'looks at the type alone',
    'functions/commands/request.ts': 'the body of a request',
    'functions/commands/same-request.ts': 'texts and mentions as they were recorded',
    'functions/doctor/read-published.ts': 'a published page',
    'functions/http/audit-parameters.ts': 'a cursor',
    'functions/http/token-rules.ts': 'configuration',
    'functions/polls/feed.ts': 'looks at the type alone',
    'functions/queries/history.ts': 'a history shows events as they were recorded',
    'functions/runtime/wake-up.ts': 'a message',
    'functions/sequencer/announce.ts': 'looks at the type alone',
    'functions/stores/event-store.ts': 'upcasts',
    'functions/stores/sealable.ts': 'looks at the form alone',
    'functions/stores/views.ts': 'a row',
  };
  it('are parsed in one place, which upcasts them', () => {
    const files = globSync('functions/**/*.ts').map((file) => file.replaceAll('\\', '/'));
    const parsing = files.filter((file) => /JSON\.parse\(/.test(readFileSync(file, 'utf8')));
    expect(parsing.sort(), 'read the data of events by eventsOf of functions/stores/event-store.ts').toEqual(
      Object.keys(parsers),
    );
  });
});
