import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createSigner, eventAt, eventsUpTo, noteOf, publishedLog, sha256 } from './support/published.ts';
import { run, runJson, temporary } from './support/run.ts';
import { feedOf, objectsOf, type Route, serve } from './support/server.ts';

describe('registry verify', () => {
  it.each([0, 1, 255, 256, 257, 1000])('holds for a log of %i events', async (size) => {
    const log = publishedLog(eventsUpTo(size));
    await using server = await serve(objectsOf(log), feedOf(log));
    const { code, json } = await runJson('verify', '--url', server.url, '--vkey', log.signer.vkey);
    expect(json).toMatchObject({ holds: true, size, events: size, feedCompared: true, trustedOnFirstUse: false });
    expect(json.eventsPerSecond).toBeTypeOf('number');
    expect(json.peakMemoryBytes).toBeGreaterThan(10_000_000);
    expect(code).toBe(0);
  });

  it('says that an empty log holds', async () => {
    const log = publishedLog([]);
    await using server = await serve(objectsOf(log), feedOf(log));
    const { code, out } = await run(['verify', '--url', server.url]);
    expect(out).toContain('holds: 0 events, root 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=, signed by');
    expect(out).toContain('It is empty');
    expect(code).toBe(0);
  });

  it('fetches every tile of every level and every bundle once', async () => {
    const log = publishedLog(eventsUpTo(1000));
    await using server = await serve(objectsOf(log));
    await run(['verify', '--url', server.url, '--no-feed']);
    expect(server.paths.toSorted()).toEqual([...log.objects.keys()].map((path) => `/${path}`).sort());
  });

  it('takes the key of the log itself only with a warning', async () => {
    const log = publishedLog(eventsUpTo(3));
    await using server = await serve(objectsOf(log), feedOf(log));
    const { code, err, out } = await run(['verify', '--url', server.url]);
    expect(err).toContain('trusted on first use');
    expect(out).toContain('3 events');
    expect(code).toBe(0);
  });

  it('takes the address from the environment, and the key from a file', async () => {
    const log = publishedLog(eventsUpTo(3));
    await using server = await serve(objectsOf(log), feedOf(log));
    await using directory = await temporary();
    await writeFile(directory.file('vkey'), `${log.signer.vkey}\n`);
    const { code, err } = await run(['verify', '--vkey', directory.file('vkey')], { REGISTRY_URL: server.url });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('does not take a checkpoint that another key has signed', async () => {
    const log = publishedLog(eventsUpTo(3));
    await using server = await serve(objectsOf(log), feedOf(log));
    const { code, err } = await run(['verify', '--url', server.url, '--vkey', createSigner().vkey]);
    expect(err).toContain('FAULT at checkpoint');
    expect(err).toContain('is not signed by');
    expect(code).toBe(1);
  });

  it('does not take feed and log for the same when the entry is no event', async () => {
    const log = publishedLog(eventsUpTo(3).with(1, 'no event]'));
    const lines = log.events.map((event, at) => `${event.slice(0, -1)},"position":${at}}\n`);
    const lying: Route = ({ path }) => (path === '/v1/events' ? { body: lines.join('') } : undefined);
    await using server = await serve(objectsOf(log), lying);
    const { code, json } = await runJson('verify', '--url', server.url, '--vkey', log.signer.vkey);
    expect({ code, json }).toMatchObject({ code: 1, json: { holds: false, fault: { position: 1 } } });
  });

  it('does not take more into its memory than any answer has', async () => {
    const bomb: Route = ({ path }) =>
      path === '/vkey'
        ? { body: gzipSync(Buffer.alloc(64 << 20)), headers: { 'Content-Encoding': 'gzip' } }
        : undefined;
    await using server = await serve(bomb);
    const { code, err } = await run(['verify', '--url', server.url]);
    expect(err).toMatch(/\/vkey answers with more than \d+ bytes/);
    expect(code).toBe(1);
    expect(server.paths, 'it is not asked for again').toEqual(['/vkey']);
  });

  it('says that nothing is published yet', async () => {
    const log = publishedLog([]);
    log.objects.delete('checkpoint');
    await using server = await serve(objectsOf(log));
    const { code, err } = await run(['verify', '--url', server.url, '--vkey', log.signer.vkey]);
    expect(err).toContain(`FAULT at checkpoint: it is missing in ${server.url}: no log is published there, or not yet`);
    expect(code).toBe(1);
  });

  it.each([
    [['verify', '--what'], '--what'],
    [['verify', '--url', 'nowhere'], '--url'],
    [['verify', '--vkey', 'nothing'], '--vkey'],
    [['verify', '--proof', 'a'], '--event'],
    [['verify', '--offline', 'a', '--url', 'http://localhost'], '--offline'],
  ])('answers 2 to %j', async (args, named) => {
    const { code, err } = await run(args);
    expect(err).toContain(named);
    expect(code).toBe(2);
  });
});

/** The log of 1000 events has three full tiles and a partial one of level 0, and a partial one of level 1. */
const SIZE = 1000;
const whole = publishedLog(eventsUpTo(SIZE));
/** Length and entry: all are of the same width up to position 999. */
const startOf = (position: number): number =>
  Array.from({ length: position % 256 }, (_, at) => 2 + eventAt(position - (position % 256) + at).length).reduce(
    (sum, one) => sum + one,
    0,
  );

/** `GET /v1/events/{stream}/{version}` */
const single: Route = ({ path }) => {
  const position = Number(/^\/v1\/events\/agreement-(\d+)\/1$/.exec(path)?.[1] ?? Number.NaN);
  return position >= 0 ? { body: whole.events[position] as string } : undefined;
};

describe('a flipped bit', () => {
  const entriesOf = (index: number, width = 256) => `tile/entries/00${index}${width === 256 ? '' : `.p/${width}`}`;
  it.each([
    ['the body of an entry', entriesOf(1), startOf(300) + 20, { place: entriesOf(1), position: 300 }],
    ['the last byte of an entry', entriesOf(0), startOf(1) - 1, { place: entriesOf(0), position: 0 }],
    ['the high byte of a length', entriesOf(1), startOf(300), { place: entriesOf(1), position: 300 }],
    ['the low byte of a length', entriesOf(2), startOf(600) + 1, { place: entriesOf(2), position: 600 }],
    [
      'the body of an entry of the last bundle',
      entriesOf(3, 232),
      startOf(999) + 5,
      { place: entriesOf(3, 232), position: 999 },
    ],
    ['the length of the last entry', entriesOf(3, 232), startOf(999) + 1, { place: entriesOf(3, 232), position: 999 }],
    ['a full tile', 'tile/0/001', 44 * 32 + 31, { place: 'tile/0/001', position: 300 }],
    ['the partial tile of level 0', 'tile/0/003.p/232', 0, { place: 'tile/0/003.p/232', position: 768 }],
    ['the partial tile of level 1', 'tile/1/000.p/3', 2 * 32 + 7, { place: 'tile/1/000.p/3', position: 512 }],
  ])('in %s is found, and where it is', async (_, path, at, fault) => {
    const objects = flipped(path, at);
    await using server = await serve(objectsOf({ objects }));
    const { code, json } = await runJson('verify', '--url', server.url, '--vkey', whole.signer.vkey, '--no-feed');
    expect(json).toMatchObject({ holds: false, fault });
    expect(code).toBe(1);
  });

  it('in any byte of the checkpoint is found', async () => {
    const { length } = whole.objects.get('checkpoint') as Uint8Array;
    for (let at = 0; at < length; at += 1) {
      const objects = flipped('checkpoint', at);
      await using server = await serve(objectsOf({ objects }));
      const { code, json } = await runJson('verify', '--url', server.url, '--vkey', whole.signer.vkey, '--no-feed');
      expect({ at, code, place: (json.fault as { place: string }).place }).toEqual({
        at,
        code: 1,
        place: 'checkpoint',
      });
    }
  });

  it('in any byte of the key that the log tells is found', async () => {
    for (let at = 0; at < whole.signer.vkey.length; at += 1) {
      const objects = flipped('vkey', at);
      await using server = await serve(objectsOf({ objects }));
      const { code, json } = await runJson('verify', '--url', server.url, '--no-feed');
      expect({ at, code, place: (json.fault as { place: string }).place }).toEqual({ at, code: 1, place: 'vkey' });
    }
  });

  it('in the events table is found when the API tells its event', async () => {
    const altered = { events: whole.events.map((event, at) => (at === 513 ? eventAt(513, 'x') : event)) };
    await using server = await serve(objectsOf(whole), feedOf(altered));
    const { code, json } = await runJson('verify', '--url', server.url, '--vkey', whole.signer.vkey);
    expect(json).toMatchObject({ holds: false, fault: { place: 'GET /v1/events', position: 513 } });
    expect(code).toBe(1);
    expect((await run(['verify', '--url', server.url, '--no-feed'])).code).toBe(0);
  });

  it('in the events table is found also when the registry notices it itself, and does not tell that page', async () => {
    const failing: Route = ({ path }) =>
      ['/v1/events', '/v1/events/agreement-700/1'].includes(path) ? { status: 500 } : undefined;
    await using server = await serve(objectsOf(whole), failing, single);
    const { code, json } = await runJson('verify', '--url', server.url, '--vkey', whole.signer.vkey);
    expect(json).toMatchObject({ holds: false, fault: { place: 'GET /v1/events/agreement-700/1', position: 700 } });
    expect(code).toBe(1);
  });

  it('is not seen where the feed fails for another reason: that is no verification', async () => {
    const failing: Route = ({ path }) => (path === '/v1/events' ? { status: 500 } : undefined);
    await using server = await serve(objectsOf(whole), failing, single);
    const { code, err } = await run(['verify', '--url', server.url, '--vkey', whole.signer.vkey]);
    expect(err).toContain('/v1/events?limit=1000 answers 500');
    expect(code).toBe(1);
  });

  function flipped(path: string, at: number): Map<string, Uint8Array> {
    const bytes = Uint8Array.from(whole.objects.get(path) as Uint8Array);
    bytes[at] = (bytes[at] as number) ^ 1;
    return new Map([...whole.objects, [path, bytes]]);
  }
});

describe('what is altered consistently', () => {
  it('is found by the root: entry and tile', async () => {
    const other = publishedLog(eventsUpTo(SIZE).with(300, eventAt(300, 'x')), whole.signer);
    const objects = new Map(whole.objects);
    for (const path of ['tile/entries/001', 'tile/0/001']) objects.set(path, other.objects.get(path) as Uint8Array);
    await using server = await serve(objectsOf({ objects }));
    const { code, json } = await runJson('verify', '--url', server.url, '--vkey', whole.signer.vkey, '--no-feed');
    expect(json).toMatchObject({ fault: { place: 'tile/1/000.p/3', position: 256 } });
    expect((json.fault as { detail: string }).detail).toContain('256 to 511');
    expect(code).toBe(1);
  });

  it('is found by the root: everything but the checkpoint', async () => {
    const other = publishedLog(eventsUpTo(SIZE).with(300, eventAt(300, 'x')), whole.signer);
    const objects = new Map([...other.objects, ['checkpoint', whole.objects.get('checkpoint') as Uint8Array]]);
    await using server = await serve(objectsOf({ objects }));
    const { json } = await runJson('verify', '--url', server.url, '--vkey', whole.signer.vkey, '--no-feed');
    expect(json).toMatchObject({ fault: { place: 'checkpoint, line 3' } });
  });

  it('is found when the signer signs a root of nothing', async () => {
    const objects = new Map(whole.objects).set(
      'checkpoint',
      Buffer.from(noteOf(whole.signer, SIZE, sha256(Buffer.from('x')))),
    );
    await using server = await serve(objectsOf({ objects }));
    const { json } = await runJson('verify', '--url', server.url, '--vkey', whole.signer.vkey, '--no-feed');
    expect(json).toMatchObject({ fault: { place: 'checkpoint, line 3' } });
  });

  it.each(['tile/entries/002', 'tile/0/002', 'tile/1/000.p/3'])('is found when %s is missing', async (path) => {
    const objects = new Map(whole.objects);
    objects.delete(path);
    await using server = await serve(objectsOf({ objects }));
    const { json } = await runJson('verify', '--url', server.url, '--vkey', whole.signer.vkey, '--no-feed');
    expect(json).toMatchObject({ fault: { place: path } });
  });
});
