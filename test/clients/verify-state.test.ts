import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventAt, eventsUpTo, type PublishedLog, publishedLog } from './support/published.ts';
import { run, runJson, temporary } from './support/run.ts';
import { feedOf, objectsOf, type Route, serve } from './support/server.ts';

const SAVED = 600;
/** The log of the same signer in which one event of the part that was verified is another one. */
const forked = (log: PublishedLog, at: number, size: number) =>
  publishedLog(eventsUpTo(size).with(at, eventAt(at, 'x')), log.signer);

const read = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

describe('registry verify --state', () => {
  it('fetches only what is new, once the log has grown', async () => {
    const log = publishedLog(eventsUpTo(SAVED));
    await using server = await serve(objectsOf(log), feedOf(log));
    await using directory = await temporary();
    const args = ['verify', '--url', server.url, '--state', directory.file('state.json')];
    expect(await runJson(...args)).toMatchObject({ code: 0, json: { events: SAVED, trustedOnFirstUse: true } });

    log.publish(eventsUpTo(800));
    server.forget();
    const second = await runJson(...args, '--no-feed');
    expect(second.json).toMatchObject({
      holds: true,
      size: 800,
      verifiedBefore: SAVED,
      events: 200,
      trustedOnFirstUse: false,
    });
    expect(second.err).toBe('');
    expect(server.paths.toSorted()).toEqual(
      [
        '/checkpoint',
        '/tile/entries/002',
        '/tile/0/002',
        '/tile/entries/003.p/32',
        '/tile/0/003.p/32',
        '/tile/1/000.p/3',
      ].sort(),
    );

    log.publish(eventsUpTo(900));
    server.forget();
    await runJson(...args, '--no-feed');
    expect(server.paths.toSorted()).toEqual(['/checkpoint', '/tile/0/003.p/132', '/tile/entries/003.p/132']);

    server.forget();
    expect(await runJson(...args)).toMatchObject({ code: 0, json: { size: 900, events: 0 } });
    expect(server.paths).toEqual(['/checkpoint']);
  });

  it.each([1, 257])('begins with an empty log, and extends it by %i events', async (size) => {
    const log = publishedLog([]);
    await using server = await serve(objectsOf(log), feedOf(log));
    await using directory = await temporary();
    const args = ['verify', '--url', server.url, '--state', directory.file('state.json')];
    expect(await runJson(...args)).toMatchObject({ code: 0, json: { size: 0, events: 0 } });
    expect(await runJson(...args)).toMatchObject({ code: 0, json: { size: 0, events: 0 } });
    log.publish(eventsUpTo(size));
    expect(await runJson(...args)).toMatchObject({ code: 0, json: { size, events: size } });
    await using older = await serve(objectsOf(publishedLog([], log.signer)));
    const rolledBack = await runJson(
      'verify',
      '--url',
      older.url,
      '--state',
      directory.file('state.json'),
      '--no-feed',
    );
    expect(rolledBack).toMatchObject({ code: 1, json: { holds: false } });
  });

  it('asks the feed for the new part only', async () => {
    const log = publishedLog(eventsUpTo(SAVED));
    const asked: string[] = [];
    const note: Route = ({ path, query }) => {
      if (path === '/v1/events') asked.push(String(query.get('after')));
      return undefined;
    };
    await using server = await serve(note, objectsOf(log), feedOf(log));
    await using directory = await temporary();
    const args = ['verify', '--url', server.url, '--state', directory.file('state.json')];
    await runJson(...args);
    log.publish(eventsUpTo(700));
    asked.length = 0;
    await runJson(...args);
    expect(asked).toEqual(['599']);
  });

  it.each([
    ['a log of fewer events', 'rolled back', 599, (log: PublishedLog) => publishedLog(eventsUpTo(599), log.signer)],
    ['another log of the same size', 'forked', undefined, (log: PublishedLog) => forked(log, 3, SAVED)],
    ['a larger log with another event before', 'forked', undefined, (log: PublishedLog) => forked(log, 3, 900)],
    ['… in the bundle that the saved log ends in', 'forked', undefined, (log: PublishedLog) => forked(log, 590, 900)],
    ['… and many bundles later', 'forked', undefined, (log: PublishedLog) => forked(log, 0, 2000)],
  ])('finds that %s is %s', async (_, word, position, other) => {
    const log = publishedLog(eventsUpTo(SAVED));
    await using directory = await temporary();
    const state = directory.file('state.json');
    await using server = await serve(objectsOf(log));
    await runJson('verify', '--url', server.url, '--state', state, '--no-feed');
    const before = await readFile(state, 'utf8');
    await using later = await serve(objectsOf(other(log)));
    const { code, json } = await runJson('verify', '--url', later.url, '--state', state, '--no-feed');
    expect(json).toMatchObject({ holds: false, fault: { place: expect.stringContaining('checkpoint') } });
    expect((json.fault as { detail: string }).detail).toContain(`the log was ${word}`);
    expect((json.fault as { position?: number }).position).toBe(position);
    expect(code).toBe(1);
    expect(await readFile(state, 'utf8'), 'what was verified stays what it was').toBe(before);
  });

  it('does not call a single altered object a fork', async () => {
    const log = publishedLog(eventsUpTo(SAVED));
    await using directory = await temporary();
    await using server = await serve(objectsOf(log));
    const args = ['verify', '--url', server.url, '--state', directory.file('state.json'), '--no-feed'];
    await runJson(...args);
    log.publish(eventsUpTo(900));
    const bundle = log.objects.get('tile/entries/002') as Uint8Array;
    bundle[20] = (bundle[20] as number) ^ 1;
    expect(await runJson(...args)).toMatchObject({ json: { fault: { place: 'tile/entries/002', position: 512 } } });
  });

  it('finds that its own file was altered', async () => {
    const log = publishedLog(eventsUpTo(SAVED));
    await using directory = await temporary();
    const state = directory.file('state.json');
    await using server = await serve(objectsOf(log));
    const args = ['verify', '--url', server.url, '--state', state, '--no-feed'];
    await runJson(...args);
    const saved = await read(state);
    const [path = ''] = Object.keys(saved.edge);
    const tile = Buffer.from(saved.edge[path], 'base64');
    tile[5] = (tile[5] as number) ^ 1;
    await writeFile(state, JSON.stringify({ ...saved, edge: { ...saved.edge, [path]: tile.toString('base64') } }));
    expect(await runJson(...args)).toMatchObject({ code: 1, json: { fault: { place: 'state file, edge' } } });
  });

  it('forgets nothing that another run has verified meanwhile', async () => {
    const log = publishedLog(eventsUpTo(SAVED));
    await using directory = await temporary();
    const state = directory.file('state.json');
    const args = (url: string) => ['verify', '--url', url, '--state', state, '--no-feed'];
    await using fast = await serve(objectsOf(publishedLog(eventsUpTo(900), log.signer)));
    let verifiedMeanwhile = '';
    const meanwhile: Route = async ({ path }) => {
      if (path !== '/tile/0/000') return undefined;
      await run(args(fast.url));
      verifiedMeanwhile = await readFile(state, 'utf8');
      return undefined;
    };
    await using slow = await serve(meanwhile, objectsOf(log));
    const { code, err } = await run(args(slow.url));
    expect(err).toContain('changed by another run');
    expect(code).toBe(1);
    expect(await readFile(state, 'utf8')).toBe(verifiedMeanwhile);
    expect((await read(state)).checkpoint).toContain('\n900\n');
  });

  it('says that its file is none that can be read', async () => {
    const log = publishedLog(eventsUpTo(3));
    await using directory = await temporary();
    await using server = await serve(objectsOf(log));
    const { code, err } = await run(['verify', '--url', server.url, '--state', directory.path, '--no-feed']);
    expect(err).toMatch(/^\S+registry-cli-\S+: EISDIR/);
    expect(err).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('holds the log to the key that was saved', async () => {
    const log = publishedLog(eventsUpTo(SAVED));
    await using directory = await temporary();
    const state = directory.file('state.json');
    await using server = await serve(objectsOf(log));
    await runJson('verify', '--url', server.url, '--state', state, '--no-feed');
    const impostor = publishedLog(eventsUpTo(SAVED + 1));
    await using later = await serve(objectsOf(impostor));
    const { code, json } = await runJson('verify', '--url', later.url, '--state', state, '--no-feed');
    expect({ code, json }).toMatchObject({ code: 1, json: { fault: { place: 'checkpoint' } } });
  });
});

describe('a verification that was broken off', () => {
  const SIZE = 64 * 256 * 2 + 300;

  /** Broken off when it asks for the bundle after the second save. */
  async function brokenOff(state: string, log: PublishedLog) {
    const gone = new Map(log.objects);
    gone.delete('tile/entries/128');
    await using server = await serve(objectsOf({ objects: gone }));
    expect((await runJson('verify', '--url', server.url, '--state', state, '--no-feed')).code).toBe(1);
  }

  it('goes on where it was, and keeps what it had apart from what is verified', async () => {
    const log = publishedLog(eventsUpTo(SIZE));
    await using directory = await temporary();
    const state = directory.file('state.json');
    await brokenOff(state, log);
    const saved = await read(state);
    expect(saved.checkpoint, 'no signature vouches for progress').toBeUndefined();
    expect(saved.progress.size).toBe(128 * 256);

    await using server = await serve(objectsOf(log));
    const { code, json } = await runJson('verify', '--url', server.url, '--state', state, '--no-feed');
    expect({ code, json }).toMatchObject({ code: 0, json: { size: SIZE, events: 300 } });
    expect(server.paths.toSorted()).toEqual(
      [
        '/checkpoint',
        '/tile/entries/128',
        '/tile/0/128',
        '/tile/entries/129.p/44',
        '/tile/0/129.p/44',
        '/tile/1/000.p/129',
      ].sort(),
    );
    expect((await read(state)).progress).toBeUndefined();
  });

  it('begins anew when what it had does not hold, and so names the fault itself', async () => {
    const log = publishedLog(eventsUpTo(SIZE));
    await using directory = await temporary();
    const state = directory.file('state.json');
    await brokenOff(state, log);
    const saved = await read(state);
    const [path = ''] = Object.keys(saved.progress.edge);
    const tile = Buffer.from(saved.progress.edge[path], 'base64');
    tile[5] = (tile[5] as number) ^ 1;
    await writeFile(
      state,
      JSON.stringify({ ...saved, progress: { ...saved.progress, edge: { [path]: tile.toString('base64') } } }),
    );
    await using server = await serve(objectsOf(log));
    const { code, json, err } = await runJson('verify', '--url', server.url, '--state', state, '--no-feed');
    expect({ code, json }).toMatchObject({ code: 0, json: { size: SIZE, events: SIZE } });
    expect(err).toContain('broken-off');
  });
});
