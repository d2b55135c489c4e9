import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../domain/log/bytes.ts';
import { unwrap } from '../../../domain/log/read.ts';
import { readBundle, readTile } from '../../../domain/log/tiles.ts';
import { readCheckpoint } from '../../support/check-published.ts';
import { putCommits, rawStream } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
let empty: TestRegistry;
const commits = rawStream('a', [100, 100, 57]);
const events = commits.flatMap((commit) => commit.events);
beforeAll(async () => {
  engine = await startEngine();
  empty = await testRegistry(engine);
  registry = await testRegistry(engine);
  await putCommits(engine.documents, registry.tables.events, commits);
  await registry.seal();
  await registry.publish();
  const put = { Bucket: 'published', Key: 'tile/secret', Body: Buffer.from('no tile') };
  await registry.bucket.client.send(new PutObjectCommand(put));
});
afterAll(() => engine.stop());

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const inBucket = (key: string) => Buffer.from(registry.bucket.objects.get(key)?.bytes ?? []);
const headersOf = ({ headers }: Response, ...names: string[]) => names.map((name) => headers.get(name));

const FOREVER = 'public, max-age=31536000, immutable';
const HOUR = 'public, max-age=3600';
const BYTES = 'application/octet-stream';
const TEXT = 'text/plain; charset=utf-8';

describe('the published log', () => {
  it.each([
    ['checkpoint', TEXT, 'public, no-cache'],
    ['vkey', TEXT, HOUR],
    ['tile/0/000', BYTES, FOREVER],
    ['tile/0/001.p/1', BYTES, HOUR],
    ['tile/1/000.p/1', BYTES, HOUR],
    ['tile/entries/000', BYTES, FOREVER],
    ['tile/entries/001.p/1', BYTES, HOUR],
  ])('is served byte for byte: /%s', async (key, type, keep) => {
    const response = await registry.get(`/${key}`);
    expect(response.status).toBe(200);
    expect(headersOf(response, 'content-type', 'cache-control')).toEqual([type, keep]);
    const served = await bytesOf(response);
    expect(served.length).toBeGreaterThan(0);
    expect(served.equals(inBucket(key))).toBe(true);
  });

  it.each(['checkpoint', 'vkey', 'tile/0/000', 'tile/entries/001.p/1'])('is not sent twice: /%s', async (key) => {
    const first = await registry.get(`/${key}`);
    const [etag = '', keep] = headersOf(first, 'etag', 'cache-control');
    expect(etag).toMatch(/^"[0-9a-f]+"$/);
    const again = await registry.get(`/${key}`, { 'If-None-Match': etag ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect(headersOf(again, 'etag', 'cache-control')).toEqual([etag, keep]);
  });

  it('has the checkpoint that stands there now', async () => {
    const own = await testRegistry(engine);
    await putCommits(engine.documents, own.tables.events, rawStream('a', [1]));
    await own.seal();
    await own.publish();
    const first = await own.get('/checkpoint');
    await putCommits(engine.documents, own.tables.events, rawStream('b', [1]));
    await own.seal();
    await own.publish();
    const second = await own.get('/checkpoint', { 'If-None-Match': first.headers.get('etag') ?? '' });
    expect(second.status).toBe(200);
    expect([(await first.text()).split('\n')[1], (await second.text()).split('\n')[1]]).toEqual(['1', '2']);
  });

  it('is the history: the entries are the events, the tiles their hashes', async () => {
    const bundle = readBundle({ index: 0, width: 256 }, await bytesOf(await registry.get('/tile/entries/000')));
    expect(unwrap(bundle).map((entry) => Buffer.from(entry).toString())).toEqual(events.slice(0, 256));
    const tile = readTile({ level: 0, index: 0, width: 256 }, await bytesOf(await registry.get('/tile/0/000')));
    const pages = await Array.fromAsync(registry.log.readPages(0));
    expect(unwrap(tile).hashes.map(toHex)).toEqual(
      pages
        .flatMap(({ leaves }) => leaves)
        .slice(0, 256)
        .map(toHex),
    );
  });
});

describe('nothing else of the bucket', () => {
  it.each([
    // never published, or not as wide
    ...['/tile/0/001', '/tile/0/001.p/2', '/tile/0/002.p/1', '/tile/1/000', '/tile/2/000.p/1', '/tile/entries/001'],
    // other names of what is there
    ...['/tile/0/000.p/256', '/tile/0/001.p/01', '/tile/00/000', '/tile/0/0', '/tile//0/000'],
    ...['/tile/0/x000/000', '/tile/entries/000.p/0', '/tile/-1/000', '/tile/64/000', '/TILE/0/000'],
    // other keys
    ...['/tile/data/000', '/tile/names/000', '/tile/secret', '/tile', '/tile/', '/tile/entries'],
    ...['/pages/0000000000000000', '/tile/../pages/0000000000000000', '/tile/%2e%2e/pages/0000000000000000'],
    ...['/tile/..%2fpages%2f0000000000000000', '/tile/0/..%2f..%2fcheckpoint', '/tile/0/000%00', '/tile/%ff'],
    ...['/checkpoint.sig', '/vkey/x', '/tile/0%2F000'],
  ])('is to be had: %s', async (path) => {
    const response = await registry.get(path);
    expect([response.status, (await bodyOf(response)).type]).toEqual([404, '/problems/not-found']);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['/checkpoint', '/vkey', '/tile/0/000', '/tile/entries/000.p/3'])(
    'is chosen by parameters: %s takes none',
    async (path) => {
      const response = await registry.get(`${path}?width=3`);
      expect([response.status, (await bodyOf(response)).type]).toEqual([400, '/problems/parameter-invalid']);
    },
  );

  it('is missing for want of it: what must not be served is there', () => {
    expect(registry.bucket.objects.has('pages/0000000000000000')).toBe(true);
    expect(registry.bucket.objects.has('tile/secret')).toBe(true);
  });

  it.each(['/checkpoint', '/vkey', '/tile/0/000.p/1'])('is there before anything is published: %s', async (path) => {
    expect((await empty.get(path)).status).toBe(404);
  });

  it('is a checkpoint of nothing, and no tile, of a log without events', async () => {
    const own = await testRegistry(engine);
    await own.publish();
    const [checkpoint, vkey] = await Promise.all(['/checkpoint', '/vkey'].map((path) => own.get(path)));
    expect(readCheckpoint((await checkpoint?.text()) ?? '').size).toBe(0);
    expect(vkey?.status).toBe(200);
    for (const path of ['/tile/0/000', '/tile/0/000.p/1', '/tile/entries/000.p/1']) {
      expect((await own.get(path)).status).toBe(404);
    }
    expect(await bodyOf(own.get('/health?strict'))).toMatchObject({ status: 'ok' });
  });
});

describe('what was written and not signed', () => {
  it('is served as soon as a checkpoint has reached it, and not before', async () => {
    const own = await testRegistry(engine);
    const put = (Key: string, Body: Uint8Array) =>
      own.bucket.client.send(new PutObjectCommand({ Bucket: 'published', Key, Body }));
    const keys = ['tile/0/000', 'tile/1/000.p/1', 'tile/entries/000', 'tile/entries/001.p/1', 'tile/0/000.p/9'];
    const statuses = async () => {
      const responses = await Promise.all(keys.map((key) => own.get(`/${key}`)));
      return responses.map(({ status }) => status);
    };
    for (const key of keys) await put(key, inBucket(key));
    expect(await statuses()).toEqual([404, 404, 404, 404, 404]);

    await putCommits(engine.documents, own.tables.events, commits.slice(0, 1));
    await own.seal();
    await own.publish();
    expect(await statuses()).toEqual([404, 404, 404, 404, 200]);

    await putCommits(engine.documents, own.tables.events, commits.slice(1));
    await own.seal();
    await own.publish();
    expect(await statuses()).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('a partial tile or bundle that a wider one has superseded', () => {
  /** A log that was signed at each of the sizes, and the bytes that were written under each name. */
  async function grown(sizes: readonly number[]) {
    const own = await testRegistry(engine);
    const stream = rawStream(
      'a',
      sizes.map((size, at) => size - (sizes[at - 1] ?? 0)),
    );
    for (const commit of stream) {
      await putCommits(engine.documents, own.tables.events, [commit]);
      await own.seal();
      await own.publish();
    }
    const written = new Map(own.bucket.written.map(({ key, bytes }) => [key, Buffer.from(bytes)]));
    return { own, written };
  }
  const isPartial = (key: string) => /^tile\/.*\.p\//.test(key);
  const bytesAt = async ({ get }: TestRegistry, key: string) => {
    const response = await get(`/${key}`);
    return { status: response.status, bytes: await bytesOf(response) };
  };

  it('is answered from the wider one: an altered byte in it reaches nobody', async () => {
    const { own, written } = await grown([5, 9, 256, 300]);
    const superseded = ['000.p/5', '000.p/9'].flatMap((name) => [`tile/0/${name}`, `tile/entries/${name}`]);
    for (const key of superseded) {
      own.bucket.tamper(key, (bytes) => bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte)));
      expect(await bytesAt(own, key)).toEqual({ status: 200, bytes: written.get(key) });
    }
  });

  it('is answered although it is gone: every size that was ever signed stays provable', async () => {
    const { own, written } = await grown([1, 5, 9, 100, 255, 256, 257, 300, 511, 513]);
    const partials = [...written.keys()].filter(isPartial);
    const standing = new Set(['tile/0/002.p/1', 'tile/1/000.p/2', 'tile/entries/002.p/1']);
    for (const key of partials) if (!standing.has(key)) own.bucket.objects.delete(key);
    for (const key of partials) expect(await bytesAt(own, key), key).toEqual({ status: 200, bytes: written.get(key) });
  });

  it('is a failure of ours where the wider one is not whole: no part of it is handed on', async () => {
    const { own } = await grown([5, 9]);
    own.bucket.tamper('tile/0/000.p/9', (bytes) => bytes.slice(1));
    own.bucket.tamper('tile/entries/000.p/9', (bytes) => bytes.slice(0, -1));
    for (const key of ['tile/0/000.p/5', 'tile/entries/000.p/5']) expect((await bytesAt(own, key)).status).toBe(500);
    expect(own.errors()).toHaveLength(2);
  });
});

describe('an outage of the bucket', () => {
  it('is a failure of ours, not a 404', async () => {
    const own = await testRegistry(engine);
    own.bucket.outage = true;
    for (const path of ['/checkpoint', '/vkey', '/tile/0/000']) expect((await own.get(path)).status).toBe(500);
    expect(own.errors()).toHaveLength(3);
  });
});
