import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { leafHash } from '../../../domain/log/merkle.ts';
import { records } from '../../../domain/projections/records.ts';
import { canonical } from '../../../functions/runtime/canonical.ts';
import { sha256 } from '../../../functions/runtime/sha256.ts';
import { tokenFor } from '../../support/api.ts';
import { putCommits, rawStream } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
let engine: TestEngine;
let registry: TestRegistry;
const leaves = new Map<string, string>();

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  for (let index = 0; index < 12; index += 1) {
    const data = { kind: 'bank', names: [{ value: `Bank ${index}`, lang: 'en' }], evidence };
    const { id, events } = (await registry.post('/v1/organizations', data)).body;
    const name = { value: `Банк ${index}`, lang: 'ru' };
    const added = (await registry.post(`/v1/organizations/${id}/add-name`, { name, evidence })).body;
    for (const event of [...events, ...added.events]) leaves.set(event.id, event.leafHash);
    await registry.seal();
  }
});
afterAll(() => engine.stop());

type Event = { id: string; type: string; subject: string; position: number };
const feed = async (query = ''): Promise<Event[]> => bodyOf(registry.get(`/v1/events${query}`));

describe('the feed', () => {
  it('has every event once, in order, from position 0 without a gap', async () => {
    const events = await feed();
    expect(events.map(({ position }) => position)).toEqual([...events.keys()]);
    expect(new Set(events.map(({ id }) => id))).toEqual(new Set(leaves.keys()));
  });

  it('goes on after a position, page by page', async () => {
    const all = await feed();
    const read: Event[] = [];
    let path = '/v1/events?limit=5';
    while (path !== '') {
      const response = await registry.get(path);
      path = /^<(.+)>; rel="next"$/.exec(response.headers.get('Link') ?? '')?.[1] ?? '';
      read.push(...(await bodyOf(response)));
    }
    expect(read).toEqual(all);
    expect(await feed('?after=21')).toEqual(all.slice(22));
    expect(await feed(`?after=${all.length - 1}`)).toEqual([]);
  });

  it('refuses a position that the log has not reached', async () => {
    const all = await feed();
    for (const query of [`after=${all.length}`, 'after=9999&wait=20', `after=9999&stream=${all[0]?.subject}`]) {
      expect(await bodyOf(registry.get(`/v1/events?${query}`))).toMatchObject({
        status: 409,
        type: '/problems/not-yet',
      });
    }
    const empty = await testRegistry(engine);
    const answer = await empty.get('/v1/events');
    expect([answer.headers.has('Registry-Feed-Position'), await answer.json()]).toEqual([false, []]);
    expect((await empty.get('/v1/events?after=0')).status).toBe(409);
  });

  it('says up to where it has looked, whether or not anything fits', async () => {
    const all = await feed();
    const last = String(all.length - 1);
    const looked = async (query: string) =>
      (await registry.get(`/v1/events?${query}`)).headers.get('Registry-Feed-Position');
    expect(await looked('')).toBe(last);
    expect(await looked('limit=5')).toBe('4');
    expect(await looked(`after=${last}`)).toBe(last);
    expect(await looked('type=launch.cancelled')).toBe(last);
    expect(await looked(`stream=${all[7]?.subject}`)).toBe(last);
    expect(await looked('actor=nobody&wait=1')).toBe(last);
  });

  it('narrows to a type or a stream', async () => {
    const all = await feed();
    const ofType = all.filter(({ type }) => type === 'organization.name-added');
    expect(await feed('?type=organization.name-added')).toEqual(ofType);
    const { subject = '' } = all[7] ?? {};
    expect(await feed(`?stream=${subject}`)).toEqual(all.filter((event) => event.subject === subject));
    expect(await feed(`?stream=${subject}&after=${all[7]?.position}`)).toEqual(
      all.slice(8).filter((event) => event.subject === subject),
    );
    // What the log table calls its own items is no stream.
    for (const name of ['page', 'head']) expect((await registry.get(`/v1/events?stream=${name}`)).status).toBe(400);
  });

  it('narrows to what a client has caused', async () => {
    const own = await testRegistry(engine);
    const bank = { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }], evidence };
    for (const client of ['gzde', 'gdgje', 'gzde']) await own.post('/v1/organizations', bank, { client });
    await own.seal();
    const by = async (query: string) => bodyOf(own.get(`/v1/events?${query}`));
    const all = (await by('')) as (Event & { actor: string })[];
    const ofBoth = Map.groupBy(all, ({ actor }) => actor);
    for (const actor of ['gzde', 'gdgje']) expect(await by(`actor=${actor}`)).toEqual(ofBoth.get(actor));
    expect(ofBoth.get('gzde')).toHaveLength(2);
    expect(await by('actor=gzde&type=organization.name-added')).toEqual([]);
    expect(await by(`actor=gdgje&stream=${ofBoth.get('gzde')?.[0]?.subject}`)).toEqual([]);
    expect(await by('actor=nobody')).toEqual([]);
  });

  it('looks at so many events for those of a client, and goes on where it stopped', async () => {
    const own = await testRegistry(engine);
    await putCommits(engine.documents, own.tables.events, rawStream('a', Array(60).fill(100)));
    while ((await own.log.readHead())?.size !== 6000) await own.seal();
    const bank = { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }], evidence };
    await own.post('/v1/organizations', bank, { client: 'leaked' });
    await own.seal();
    const first = await own.get('/v1/events?actor=leaked&limit=1000');
    expect(await bodyOf(first)).toEqual([]);
    const link = '</v1/events?actor=leaked&limit=1000&after=4999>; rel="next"';
    expect(first.headers.get('link')).toBe(link);
    const second = await own.get('/v1/events?actor=leaked&limit=1000&after=4999');
    expect(await bodyOf(second)).toMatchObject([{ actor: 'leaked', position: 6000 }]);
    expect(second.headers.get('link')).toBeNull();
    expect([first, second].map(({ headers }) => headers.get('registry-feed-position'))).toEqual(['4999', '6000']);
  });

  it('carries the leaf’s bytes with the position beside them', async () => {
    for (const { position: _, ...event } of await feed()) {
      const bytes = Buffer.from(canonical(event));
      expect(Buffer.from(leafHash(sha256, bytes)).toString('base64')).toBe(leaves.get(event.id));
    }
  });
});

describe('the feed as lines', () => {
  it('has an event on each line for whoever asks for NDJSON', async () => {
    const response = await registry.get('/v1/events?limit=5', { Accept: 'application/x-ndjson' });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('vary')).toContain('Accept');
    const text = await response.text();
    expect(text.endsWith('\n')).toBe(true);
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual((await feed()).slice(0, 5));
  });
  it('has no line when there is nothing new', async () => {
    const { length } = await feed();
    const response = await registry.get(`/v1/events?after=${length - 1}`, { Accept: 'application/x-ndjson' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('waiting for new events', () => {
  /** A registry whose time passes only while it waits; `meanwhile` happens during the second wait. */
  async function waiting(meanwhile: (own: TestRegistry) => Promise<unknown> = async () => {}) {
    let now = 0;
    let waits = 0;
    const own: TestRegistry = await testRegistry(engine, {
      wall: () => now,
      sleep: async (milliseconds) => {
        now += milliseconds;
        waits += 1;
        if (waits === 2) await meanwhile(own);
      },
    });
    return { own, waited: () => now };
  }
  const bank = { kind: 'bank', names: [{ value: 'New', lang: 'en' }], evidence };
  const token = async () => ({ Authorization: `Bearer ${await tokenFor('gzde')}` });

  it('answers as soon as one is sealed', async () => {
    const { own, waited } = await waiting(async (registry) => {
      await registry.post('/v1/organizations', bank);
      await registry.seal();
    });
    const response = await own.get('/v1/events?wait=20', await token());
    expect(await bodyOf(response)).toMatchObject([{ position: 0, type: 'organization.registered' }]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(waited()).toBeLessThan(1000);
  });
  it('passes over events of other types, and does not miss the one that fits', async () => {
    const { own } = await waiting(async (registry) => {
      const { body } = await registry.post('/v1/organizations', bank);
      await registry.post(`/v1/organizations/${body.id}/add-name`, { name: { value: 'B', lang: 'en' }, evidence });
      await registry.seal();
    });
    expect(await bodyOf(own.get('/v1/events?wait=2&type=organization.name-added'))).toMatchObject([{ position: 1 }]);
  });
  it('answers with nothing when the time is over: two seconds without a token', async () => {
    const { own, waited } = await waiting();
    expect(await bodyOf(own.get('/v1/events?wait=20'))).toEqual([]);
    expect(waited()).toBeLessThanOrEqual(2000);
    expect(await bodyOf(own.get('/v1/events?wait=20', await token()))).toEqual([]);
    expect(waited()).toBeGreaterThan(15_000);
  });
  it('refuses a token that is not valid, and a wait that is too long', async () => {
    const { own } = await waiting();
    const forged = { Authorization: `Bearer ${await tokenFor('gzde', { forged: true })}` };
    expect((await own.get('/v1/events?wait=20', forged)).status).toBe(401);
    expect((await own.get('/v1/events?wait=21')).status).toBe(400);
  });
});

describe('a single event', () => {
  it('is its exact bytes, once it is sealed', async () => {
    for (const [id, leaf] of leaves) {
      const bytes = Buffer.from(await (await registry.get(`/v1/events/${id}`)).arrayBuffer());
      expect(Buffer.from(leafHash(sha256, bytes)).toString('base64')).toBe(leaf);
    }
    const [opened] = await Promise.all([
      registry.post('/v1/organizations', { kind: 'bank', names: [{ value: 'X', lang: 'en' }], evidence }),
    ]);
    expect((await registry.get(`/v1/events/${opened?.body.id}/1`)).status).toBe(404);
    await registry.seal();
    expect((await registry.get(`/v1/events/${opened?.body.id}/1`)).status).toBe(200);
    expect((await registry.get(`/v1/events/${opened?.body.id}/2`)).status).toBe(404);
  });

  it('fits the schema that it names', async () => {
    for (const event of (await feed()) as (Event & { dataschema: string; data: unknown })[]) {
      const path = new URL(event.dataschema).pathname;
      const { $id, ...schema } = await bodyOf(registry.get(path));
      expect($id).toBe(event.dataschema);
      expect(z.fromJSONSchema(schema).safeParse(event.data).success).toBe(true);
      expect(z.fromJSONSchema(schema).safeParse({}).success).toBe(false);
    }
  });
});

describe('the projections', () => {
  it('say where they stand and how far behind they are', async () => {
    const size = (await registry.log.readHead())?.size ?? 0;
    const [before] = (await bodyOf(registry.get('/v1/projections'))).items;
    expect(before).toMatchObject({ name: 'records', revision: records.revision, lag: size });
    await registry.projector().deliver();
    const after = await bodyOf(registry.get('/v1/projections/records'));
    expect(after).toMatchObject({ position: size - 1, lag: 0 });
    expect(after.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(after.digest).not.toBe(before.digest);
  });
});
