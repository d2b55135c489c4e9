import { beforeAll, describe, expect, it } from 'vitest';
import { verifyAnswer } from '../../../clients/cli/proven/verify-answer.ts';
import { verifierKey } from '../../../domain/log/note.ts';
import { packKey } from '../../../domain/row-tree/pack.ts';
import { sha256 } from '../../../functions/runtime/sha256.ts';
import { ORIGIN } from '../../support/commits.ts';
import { engineInMemory } from '../../support/memory-registry.ts';
import { logKey } from '../../support/publisher.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { land, submissions } from './small-registry.ts';

const key = verifierKey(sha256, ORIGIN, logKey);
let time = Date.now();
const sleeps: number[] = [];

/** A registry in memory, whose clock goes on while a read sleeps. */
const registryInMemory = (): Promise<TestRegistry> =>
  testRegistry(engineInMemory(), {
    wall: () => time,
    sleep: async (milliseconds) => {
      sleeps.push(milliseconds);
      time += milliseconds;
    },
  });

const statedOf = (response: Response) => ({
  position: Number(response.headers.get('Registry-Position')),
  statement: Number(response.headers.get('Registry-Statement')),
});

describe('while nothing is stated', () => {
  it('there is no proof, and answers without one go on', async () => {
    const registry = await registryInMemory();
    await land(registry, submissions[0] ?? [], {});
    await registry.project();
    const response = await registry.get('/v1/timeline?proof=true');
    expect([response.status, response.headers.get('Retry-After')]).toEqual([409, '5']);
    expect((await registry.get('/v1/timeline')).status).toBe(200);
    expect(await bodyOf(registry.get('/v1/projections/records'))).not.toHaveProperty('proven');
  });
});

describe('a registry of which two states are stated', () => {
  let registry: TestRegistry;
  const ids: Record<string, string> = {};
  const told: { position: number; statement: number }[] = [];
  const get = (path: string, headers?: Record<string, string>) => registry.get(path, headers);

  /** Asks, and verifies the answer from its proof alone. */
  async function proven(path: string) {
    const response = await get(path);
    const body = await bodyOf(response);
    const verified = await verifyAnswer({ path, status: response.status, body }, key);
    return { response, body, verified, ...statedOf(response) };
  }

  beforeAll(async () => {
    registry = await registryInMemory();
    for (const some of [submissions.slice(0, 2), submissions.slice(2)]) {
      for (const commands of some) await land(registry, commands, ids);
      await registry.project();
      await registry.prove();
      await registry.publish();
      told.push(statedOf(await get('/v1/timeline?proof=true')));
    }
  }, 60_000);

  it('answers as of the newest, and names both positions', async () => {
    const { position, statement, verified } = await proven('/v1/timeline?proof=true&limit=1');
    expect(told[1]).toEqual({ position, statement });
    expect([verified.position, verified.index]).toEqual([position, statement]);
    expect(statement).toBeGreaterThan(position);
  });

  it('answers as it was known at a position, by the last statement up to it, and never by a later one', async () => {
    const [first, second] = told as [(typeof told)[0], (typeof told)[0]];
    for (const [knownAt, expected] of [
      [first.position, first],
      [second.position - 1, first],
      [second.position, second],
      [new Date(Date.now() + 1_000).toISOString(), second],
    ] as const) {
      const { position, statement } = await proven(`/v1/agreements?proof=true&knownAt=${knownAt}`);
      expect([knownAt, { position, statement }]).toEqual([knownAt, expected]);
    }
    expect((await get(`/v1/agreements?proof=true&knownAt=${first.position - 1}`)).status).toBe(409);
  });

  it('has each event of a record proven, and tells of one that was not there yet', async () => {
    const agreement = ids.agreement as string;
    const { body } = await proven(`/v1/agreements/${agreement}?proof=true`);
    expect(body.proof.events).toHaveLength(body.version);
    const { rows, statement, log, events } = body.proof;
    expect(events.map((event: { entry: string }) => JSON.parse(event.entry).id)).toContain(`${agreement}/1`);
    expect([rows.length, JSON.parse(statement).subject, log.split('\n')[0]]).toEqual([
      1,
      'read-models',
      'c2sp.org/tlog-proof@v1',
    ]);
    const past = `/v1/agreements/${agreement}?proof=true&knownAt=${told[0]?.position}`;
    expect((await proven(past)).body.version).toBeLessThan(body.version);
  });

  it('has a page of a history with the events that it shows', async () => {
    const path = `/v1/agreements/${ids.agreement}/history`;
    const { next, proof, items } = await bodyOf(get(`${path}?proof=true&limit=2`));
    expect(proof.events.map((event: { index: number }) => event.index)).toEqual(
      items.map(({ position }: { position: number }) => position),
    );
    const plain = await bodyOf(get(`${path}?limit=2`));
    expect([next, items]).toEqual([plain.next, plain.items]);
  });

  it('proves that there is no such record, nothing called so, and nothing counted', async () => {
    const absent = await proven(`/v1/agreements/agreement-${'z'.repeat(26)}?proof=true`);
    expect([absent.response.status, absent.verified.outcome]).toMatchObject([404, { absent: expect.any(String) }]);
    expect((await proven('/v1/search?q=nothing+is+called+so&proof=true')).body.items).toEqual([]);
    const { body } = await proven('/v1/statistics?measure=intents&proof=true');
    expect(body.rows).toMatchObject([{ count: { exact: expect.any(Number) } }]);
  });

  it('goes on from page to page, as of the same statement', async () => {
    const first = await proven('/v1/timeline?proof=true&limit=2');
    const link = first.response.headers.get('Link') ?? '';
    expect(link).toContain('proof=true');
    const second = await proven(`/v1/timeline?proof=true&limit=2&cursor=${first.body.next}`);
    expect(second.statement).toBe(first.statement);
    const plain = await bodyOf(get('/v1/timeline?limit=4'));
    expect([...first.body.items, ...second.body.items]).toEqual(plain.items);
  });

  it('waits 5 seconds for a statement of a position, and says when to ask again', async () => {
    await land(registry, [{ command: 'add-name', target: '#bank', data: { name: { value: 'B', lang: 'en' } } }], ids);
    const last = Number((await registry.log.readHead())?.size) - 1;
    sleeps.length = 0;
    const early = await get(`/v1/timeline?proof=true&minPosition=${last}`);
    expect([early.status, early.headers.get('Retry-After')]).toEqual([409, '5']);
    expect(sleeps.reduce((sum, one) => sum + one, 0)).toBe(5_000);
    expect((await get(`/v1/timeline?proof=true&minPosition=${last + 99}`)).status).toBe(409);
    expect(sleeps.reduce((sum, one) => sum + one, 0)).toBe(5_000);
    await registry.project();
    expect((await proven('/v1/timeline?proof=true')).position).toBe(told[1]?.position);
    await registry.prove();
    await registry.publish();
    expect((await proven(`/v1/timeline?proof=true&minPosition=${last}`)).position).toBe(last);
  });

  it.each([
    ['/v1/timeline?proof=yes', 'proof'],
    ['/v1/timeline?knownAt=3', 'knownAt'],
    ['/v1/timeline.csv?proof=true', 'proof'],
    ['/v1/timeline?proof=true&knownAt=3&minPosition=3', 'minPosition'],
  ])('refuses %s', async (path, parameter) => {
    const response = await get(path);
    expect([response.status, (await bodyOf(response)).errors]).toMatchObject([400, [{ pointer: `/${parameter}` }]]);
  });

  it('opens rows, one row, and the number of rows, with their proofs', async () => {
    const path = '/v1/projections/records/proof';
    const { body } = await proven(`${path}?partition=timeline&limit=2`);
    expect([body.rows.length, body.more]).toEqual([2, true]);
    const [[sort, row]] = body.rows;
    const one = await proven(`${path}?partition=timeline&sort=${encodeURIComponent(sort)}`);
    expect(one.body.rows).toEqual([[sort, row]]);
    expect((await proven(`${path}?partition=timeline&sort=none`)).body.rows).toEqual([]);
    const { items } = await bodyOf(get('/v1/timeline?limit=100'));
    expect((await proven(`${path}?partition=timeline&count`)).body.count).toBe(items.length);
    expect((await get(`${path}?partition=timeline&count&sort=a`)).status).toBe(400);
    expect((await get('/v1/projections/none/proof?partition=a')).status).toBe(404);
  });

  it('says of each read model what is stated', async () => {
    const { items } = await bodyOf(get('/v1/projections'));
    const { position, statement } = statedOf(await get('/v1/timeline?proof=true'));
    const root = expect.stringMatching(/^[0-9a-f]{64}$/);
    for (const { proven: stated } of items) {
      expect(stated).toEqual({ position, statement, rows: expect.any(Number), root });
    }
  });

  it('has packs, whole and in parts', async () => {
    const position = statedOf(await get('/v1/timeline?proof=true')).position;
    const path = `/${packKey(position)}`;
    const whole = new Uint8Array(await (await get(path)).arrayBuffer());
    expect(Buffer.from(whole.slice(-8)).toString()).toBe('REGROWS1');
    const part = await get(path, { range: 'bytes=-8', 'accept-encoding': 'gzip' });
    expect([part.status, await part.text()]).toEqual([206, 'REGROWS1']);
    const { length } = whole;
    expect(part.headers.get('Content-Range')).toBe(`bytes ${length - 8}-${length - 1}/${length}`);
    expect(part.headers.get('Cache-Control')).toContain('immutable');
    const first = await get(path, { range: 'bytes=0-3', 'if-range': part.headers.get('ETag') ?? '' });
    expect(new Uint8Array(await first.arrayBuffer())).toEqual(whole.slice(0, 4));
    expect((await get(path, { range: 'bytes=0-3', 'if-range': '"other"' })).status).toBe(200);
    expect((await get(path, { range: `bytes=${length}-` })).status).toBe(400);
    expect((await get('/packs/0000000000009999')).status).toBe(404);
    expect((await get('/packs/1')).status).toBe(404);
  });

  it('answers 503 while packs cannot be read, and goes on without proofs', async () => {
    const [pack] = [...registry.packsBucket.objects].filter(([name]) => name.startsWith('packs/')).slice(0, 1);
    registry.packsBucket.outage = true;
    const fresh = await get(`/v1/search?q=exchange&limit=7&proof=true`);
    expect([fresh.status, fresh.headers.get('Retry-After')]).toEqual([503, '5']);
    expect((await get('/v1/search?q=exchange')).status).toBe(200);
    registry.packsBucket.outage = false;
    expect(pack).toBeDefined();
    expect((await get(`/v1/search?q=exchange&limit=7&proof=true`)).status).toBe(200);
  });

  it('answers as of an earlier statement where the pack of a later one is not kept', async () => {
    const [first, second] = told as [(typeof told)[0], (typeof told)[0]];
    registry.packsBucket.objects.delete(packKey(second.position));
    const { position } = await proven(`/v1/organizations?proof=true&knownAt=${second.position}`);
    expect(position).toBe(first.position);
  });
});
