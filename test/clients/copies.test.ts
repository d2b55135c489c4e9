import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventAt, eventsUpTo, publishedLog } from './support/published.ts';
import { run, runJson, temporary } from './support/run.ts';
import { feedOf, objectsOf, type Route, serve } from './support/server.ts';

describe('registry export', () => {
  it.each([0, 1, 256, 1000])('leaves a copy of a log of %i events that verifies without a network', async (size) => {
    const log = publishedLog(eventsUpTo(size));
    await using directory = await temporary();
    {
      await using server = await serve(objectsOf(log));
      expect((await run(['export', directory.path, '--url', server.url])).code).toBe(0);
    }
    const { code, json } = await runJson('verify', '--offline', directory.path, '--vkey', log.signer.vkey);
    expect({ code, json }).toMatchObject({ code: 0, json: { holds: true, size, feedCompared: false } });
    const names = await readdir(directory.path, { recursive: true });
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('fetches no file twice, and the checkpoint last', async () => {
    const log = publishedLog(eventsUpTo(1000));
    const gone = new Map(log.objects);
    gone.delete('tile/0/002');
    await using directory = await temporary();
    await using broken = await serve(objectsOf({ objects: gone }));
    const first = await run(['export', directory.path, '--url', broken.url]);
    expect(first.code).toBe(1);
    expect(first.err).toContain('tile/0/002');
    expect(await readdir(directory.path)).not.toContain('checkpoint');

    await using server = await serve(objectsOf(log));
    const second = await runJson('export', directory.path, '--url', server.url, '--vkey', log.signer.vkey);
    expect(second.json).toMatchObject({ size: 1000, fetched: server.paths.length - 1 });
    expect(server.paths).not.toContain('/tile/entries/000');
    expect(server.paths).toContain('/tile/0/002');

    log.publish(eventsUpTo(1030));
    server.forget();
    await run(['export', directory.path, '--url', server.url]);
    expect(server.paths.toSorted()).toEqual(
      [
        '/checkpoint',
        '/tile/entries/003',
        '/tile/0/003',
        '/tile/entries/004.p/6',
        '/tile/0/004.p/6',
        '/tile/1/000.p/4',
      ].sort(),
    );
    expect((await run(['verify', '--offline', directory.path])).code).toBe(0);
  });

  it('replaces no copy by a log that contradicts it', async () => {
    const log = publishedLog(eventsUpTo(10));
    await using directory = await temporary();
    await using server = await serve(objectsOf(log));
    await run(['export', directory.path, '--url', server.url]);
    await using later = await serve(objectsOf(publishedLog(eventsUpTo(9), log.signer)));
    const { code, err } = await run(['export', directory.path, '--url', later.url]);
    expect(err).toContain('rolled back');
    expect(code).toBe(1);
  });

  it('keeps the copy, and with it the evidence, when a larger log does not extend it', async () => {
    const log = publishedLog(eventsUpTo(300));
    await using directory = await temporary();
    await using server = await serve(objectsOf(log));
    await run(['export', directory.path, '--url', server.url]);
    const before = await readdir(directory.path, { recursive: true });
    const fork = publishedLog(eventsUpTo(600).with(3, eventAt(3, 'x')), log.signer);
    await using later = await serve(objectsOf(fork));
    const { code, err } = await run(['export', directory.path, '--url', later.url]);
    expect(err).toContain('the log was forked');
    expect(code).toBe(1);
    expect(await readdir(directory.path, { recursive: true })).toEqual(before);
    expect(await run(['verify', '--offline', directory.path])).toMatchObject({ code: 0 });
  });

  it('says which file it cannot write', async () => {
    const log = publishedLog(eventsUpTo(10));
    await using directory = await temporary();
    await mkdir(directory.file('taken'));
    await writeFile(directory.file('taken/tile'), '');
    await using server = await serve(objectsOf(log));
    const args = ['export', directory.file('taken'), '--url', server.url, '--vkey', log.signer.vkey];
    const { code, err } = await run(args);
    expect(err).toMatch(/taken\/tile\/.*: E/);
    expect(err).not.toContain('    at ');
    expect(code).toBe(1);
  });
});

describe('registry verify --offline', () => {
  it('finds an altered file', async () => {
    const log = publishedLog(eventsUpTo(300));
    await using directory = await temporary();
    await using server = await serve(objectsOf(log));
    await run(['export', directory.path, '--url', server.url]);
    const file = directory.file('tile/entries/001.p/44');
    const bytes = await readFile(file);
    bytes[30] = (bytes[30] as number) ^ 1;
    await writeFile(file, bytes);
    const { code, json } = await runJson('verify', '--offline', directory.path);
    expect({ code, json }).toMatchObject({
      code: 1,
      json: { fault: { place: 'tile/entries/001.p/44', position: 256 } },
    });
    await rm(file);
    expect((await run(['verify', '--offline', directory.path])).err).toContain('it is missing in');
  });
});

describe('one proof', () => {
  const log = publishedLog(eventsUpTo(300));
  const event: Route = ({ path }) => (path === '/v1/events/agreement-41/1' ? { body: eventAt(41) } : undefined);
  const proved: Route = async ({ path }) =>
    path === '/v1/events/agreement-41/1/proof' ? { body: await log.proof(41) } : undefined;

  it('is printed after it was verified', async () => {
    await using server = await serve(objectsOf(log), event, proved);
    const { code, out } = await run(['proof', 'agreement-41/1', '--url', server.url]);
    expect({ code, out }).toEqual({ code: 0, out: (await log.proof(41)).trimEnd() });
  });

  it('is written with the exact bytes of its event, and verifies with nothing but these and the key', async () => {
    await using directory = await temporary();
    const out = directory.file('signed');
    await using server = await serve(objectsOf(log), event, proved);
    expect((await run(['proof', 'agreement-41/1', '--url', server.url, '--out', out])).code).toBe(0);
    expect(await readFile(`${out}.json`, 'utf8')).toBe(eventAt(41));
    const args = ['verify', '--proof', `${out}.tlog-proof`, '--event', `${out}.json`, '--vkey', log.signer.vkey];
    expect(await runJson(...args)).toMatchObject({
      code: 0,
      json: { holds: true, index: 41, size: 300, canonicalized: false },
    });
    await writeFile(`${out}.json`, `${JSON.stringify({ position: 41, ...JSON.parse(eventAt(41)) }, null, 2)}\n`);
    expect(await runJson(...args)).toMatchObject({ code: 0, json: { index: 41, canonicalized: true } });
    await writeFile(`${out}.json`, eventAt(41, 'x'));
    expect(await runJson(...args)).toMatchObject({ code: 1, json: { holds: false } });
  });

  it('is not printed when it does not hold', async () => {
    const wrong: Route = async ({ path }) => (path.endsWith('/proof') ? { body: await log.proof(42) } : undefined);
    await using server = await serve(objectsOf(log), event, wrong);
    const { code, out, err } = await run(['proof', 'agreement-41/1', '--url', server.url]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('does not hold');
  });

  it('is not printed of another event, although it holds', async () => {
    const other: Route = async ({ path }) => ({ body: path.endsWith('/proof') ? await log.proof(42) : eventAt(42) });
    await using server = await serve(objectsOf(log), other);
    const { code, out, err } = await run(['proof', 'agreement-41/1', '--url', server.url]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('another event than agreement-41/1: "agreement-42/1"');
  });

  it('is waited for while the event is not published', async () => {
    let asked = 0;
    const early: Route = ({ path }) => {
      if (!path.endsWith('/proof') || ++asked > 1) return undefined;
      return { status: 409, body: JSON.stringify({ type: '/problems/not-yet', title: 'not yet' }) };
    };
    await using server = await serve(objectsOf(log), event, early, proved);
    expect((await run(['proof', 'agreement-41/1', '--url', server.url])).code).toBe(0);
  });

  it('of a record is that of its first event', async () => {
    const id = `agreement-${'a'.repeat(26)}`;
    const own = publishedLog(eventsUpTo(300).with(41, eventAt(41).replaceAll('agreement-41', id)));
    const served: Route = async ({ path }) =>
      path === `/v1/events/${id}/1/proof`
        ? { body: await own.proof(41) }
        : path === `/v1/events/${id}/1`
          ? { body: own.events[41] as string }
          : undefined;
    await using server = await serve(objectsOf(own), served);
    const { code, err } = await run(['proof', id, '--url', server.url]);
    expect(err).toContain(`its first event, ${id}/1`);
    expect(code).toBe(0);
  });

  it('is not there for an unknown event, and not for what is no id', async () => {
    await using server = await serve(objectsOf(log));
    expect((await run(['proof', 'agreement-9/9', '--url', server.url])).code).toBe(1);
    expect((await run(['proof', 'what', '--url', server.url])).code).toBe(2);
  });
});

describe('registry replay', () => {
  const log = publishedLog(eventsUpTo(2500));

  it('prints every event in sealed order', async () => {
    await using server = await serve(feedOf(log));
    const { code, out } = await run(['replay', '--url', server.url]);
    const lines = out.split('\n');
    expect(lines).toHaveLength(2500);
    expect(lines[1234]).toBe('1234  2026-02-03T04:05:06.789Z  agreement.signed  agreement-1234');
    expect(code).toBe(0);
  });

  it('prints a span, both ends included, as NDJSON', async () => {
    await using server = await serve(feedOf(log));
    const { out } = await run(['replay', '--from', '998', '--to', '1001', '--ndjson', '--url', server.url]);
    expect(out.split('\n').map((line) => JSON.parse(line).position)).toEqual([998, 999, 1000, 1001]);
  });

  it('prints the events of one record', async () => {
    await using server = await serve(feedOf(log));
    const { out } = await run(['replay', '--stream', 'agreement-2001', '--url', server.url]);
    expect(out).toMatch(/^2001 .*agreement-2001$/);
  });

  it.each([
    ['an address', '<http://[>; rel="next"', 'no address'],
    ['another page', '</v1/events?limit=1000>; rel="next"', 'itself as its next page'],
  ])('says when the next page is not %s', async (_, link, said) => {
    const page: Route = () => ({ body: '', headers: { Link: link } });
    await using server = await serve(page);
    const { code, err } = await run(['replay', '--url', server.url]);
    expect(err).toContain(said);
    expect(err).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('does not take what belongs to a comparison', async () => {
    expect((await run(['replay', '--projection', 'records'])).code).toBe(2);
    expect((await run(['replay', '--compare', '--from', '3'])).code).toBe(2);
    expect((await run(['replay', '--to', 'x'])).code).toBe(2);
  });
});
