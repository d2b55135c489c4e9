import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifierKey } from '../../../domain/log/note.ts';
import { verifyProof } from '../../../domain/log/proof-file.ts';
import { verifyEd25519 } from '../../../functions/runtime/ed25519.ts';
import { sha256 } from '../../../functions/runtime/sha256.ts';
import { ORIGIN, putCommits, rawStream } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { logKey } from '../../support/publisher.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

const key = verifierKey(sha256, ORIGIN, logKey);
const verifying = { hash: sha256, verify: verifyEd25519 };

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

/** The versions that the stream `a` has when it alone makes a log of each of the sizes. */
const growth: [size: number, commits: number[]][] = [
  [1, [1]],
  [255, [100, 100, 54]],
  [256, [1]],
  [257, [1]],
  [600, [100, 100, 100, 43]],
];

describe('a proof', () => {
  let registry: TestRegistry;
  const all = rawStream(
    'a',
    growth.flatMap(([, counts]) => counts),
  );
  let put = 0;
  beforeAll(async () => {
    registry = await testRegistry(engine);
  });
  const proof = (version: number | string) => registry.get(`/v1/events/a/${version}/proof`);

  it.each(growth)('holds for every event that is looked at, in a log of %i', async (size, counts) => {
    const commits = all.slice(put, put + counts.length);
    put += counts.length;
    await putCommits(engine.documents, registry.tables.events, commits);
    await registry.seal();

    const waiting = await proof(size);
    expect([waiting.status, (await bodyOf(waiting)).type]).toEqual([409, '/problems/not-yet']);
    expect(waiting.headers.get('retry-after')).toBe('1');

    await registry.publish();
    const checkpoint = await (await registry.get('/checkpoint')).text();
    for (const version of new Set([1, 2, 100, 128, 254, 255, 256, 257, 258, 512, 599, 600, size])) {
      if (version > size) continue;
      const response = await proof(version);
      const text = await response.text();
      expect(response.status, text).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('public, no-cache');
      expect(text.startsWith('c2sp.org/tlog-proof@v1\n')).toBe(true);
      expect(text.endsWith(`\n\n${checkpoint}`)).toBe(true);
      const entry = new Uint8Array(await (await registry.get(`/v1/events/a/${version}`)).arrayBuffer());
      const index = version - 1;
      expect(await verifyProof(text, entry, key, verifying)).toMatchObject({
        value: { index, checkpoint: { size } },
      });
      entry[0] = 0;
      expect(await verifyProof(text, entry, key, verifying)).toHaveProperty('fault');
    }
  });

  it('counts positions, not versions', async () => {
    await putCommits(engine.documents, registry.tables.events, rawStream('b', [2, 3]));
    await registry.seal();
    await registry.publish();
    expect(await (await registry.get('/v1/events/b/4/proof')).text()).toContain('\nindex 603\n');
  });

  it('is made anew only when the log has grown', async () => {
    const etag = (await proof(1)).headers.get('etag') ?? '';
    expect((await registry.get('/v1/events/a/1/proof', { 'If-None-Match': etag })).status).toBe(304);
  });

  it.each(['a/606', 'a/0', 'a/x', 'a/1e2', 'nobody/1', 'head/1', 'page/1', '%ff/1'])(
    'is of a sealed event: not of %s',
    async (event) => {
      const response = await registry.get(`/v1/events/${event}/proof`);
      expect([response.status, (await bodyOf(response)).type]).toEqual([404, '/problems/not-found']);
    },
  );

  it('is of no event that is only appended', async () => {
    await putCommits(engine.documents, registry.tables.events, rawStream('c', [1]));
    for (const path of ['/v1/events/c/1', '/v1/events/c/1/proof']) expect((await registry.get(path)).status).toBe(404);
  });

  it('takes no parameters', async () => {
    expect((await registry.get('/v1/events/a/1/proof?size=3')).status).toBe(400);
  });
});

describe('an event that is not what was sealed', () => {
  const altered = async () => {
    const registry = await testRegistry(engine);
    const { events } = registry.tables;
    const [first, second] = rawStream('a', [2, 1]);
    if (!first || !second) throw new Error('there are two');
    await putCommits(engine.documents, events, [first, second]);
    await registry.seal();
    await registry.publish();
    await engine.documents.send(
      new UpdateCommand({
        TableName: events,
        Key: { stream: 'a', version: 1 },
        UpdateExpression: 'SET #events[1] = :other',
        ExpressionAttributeNames: { '#events': 'events' },
        ExpressionAttributeValues: { ':other': first.events[1]?.replace('gzde', 'else') },
      }),
    );
    return registry;
  };

  it.each(['/v1/events', '/v1/events?stream=a', '/v1/events/a/1', '/v1/events/a/2', '/v1/events/a/2/proof'])(
    'is not served, and is noticed: %s',
    async (path) => {
      const registry = await altered();
      const response = await registry.get(path);
      expect([response.status, (await bodyOf(response)).type]).toEqual([500, '/problems/internal']);
      expect(
        JSON.stringify(registry.errors(), (_, value) => (value instanceof Error ? value.message : value)),
      ).toContain('a/1 is not what was sealed');
    },
  );

  it('does not keep others from being served', async () => {
    const registry = await altered();
    for (const path of ['/v1/events/a/3', '/v1/events/a/3/proof', '/v1/events?after=1'])
      expect((await registry.get(path)).status).toBe(200);
  });

  it('has no proof when it is another one than was published', async () => {
    const registry = await testRegistry(engine);
    await putCommits(engine.documents, registry.tables.events, rawStream('a', [2]));
    await registry.seal();
    await registry.publish();
    registry.bucket.tamper('tile/0/000.p/2', (bytes) => bytes.with(40, (bytes[40] ?? 0) ^ 1));
    expect((await registry.get('/v1/events/a/1/proof')).status).toBe(500);
    expect(registry.errors()).toHaveLength(1);
  });
});
