import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { leafHash } from '../../../domain/log/merkle.ts';
import { canonical } from '../../../functions/shared/canonical.ts';
import { sha256 } from '../../../functions/shared/sha256.ts';
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
    expect(await feed('?after=9999')).toEqual([]);
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
    expect(await feed('?stream=page')).toEqual([]);
    expect(await feed('?stream=head')).toEqual([]);
  });

  it('carries the leaf’s bytes with the position beside them', async () => {
    for (const { position: _, ...event } of await feed()) {
      const bytes = Buffer.from(canonical(event));
      expect(Buffer.from(leafHash(sha256, bytes)).toString('base64')).toBe(leaves.get(event.id));
    }
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
    expect(before).toMatchObject({ name: 'records', revision: 1, lag: size });
    await registry.projector().deliver();
    const after = await bodyOf(registry.get('/v1/projections/records'));
    expect(after).toMatchObject({ position: size - 1, lag: 0 });
    expect(after.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(after.digest).not.toBe(before.digest);
  });
});

describe('health', () => {
  it('is 200 when the tables answer', async () => {
    expect((await registry.get('/health')).status).toBe(200);
  });
});
