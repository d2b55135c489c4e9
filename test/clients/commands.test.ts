import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subcommands } from '../../clients/cli/registry.ts';
import { eventsUpTo, publishedLog } from './support/published.ts';
import { type Directory, run as runHere, temporary } from './support/run.ts';
import { feedOf, objectsOf, type Route, type Server, serve } from './support/server.ts';

/** Every command line is run as a user runs it. */
const bin = fileURLToPath(new URL('../../clients/cli/bin.mjs', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

const CLIENTS = `${root}examples/guangzhou-2023/02-clients.json`;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const start = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
/** How it ends; what nobody reads any further is left out. */
async function ended(child: ChildProcess): Promise<Ended> {
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, err] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream && !stream.destroyed ? text(stream) : '')),
  );
  return { code: await code, out: out ?? '', err: err ?? '' };
}
const run = (...args: string[]): Promise<Ended> => ended(start(args));

const log = publishedLog(eventsUpTo(20));
const RECORD = `organization-${'a'.repeat(26)}`;
const receipt = { id: RECORD, events: [{ id: 'x/1', type: 't', leafHash: 'h' }] };
const api: Route = async ({ method, path, query }) => {
  if (query.has('actor')) return { body: '' };
  if (method === 'POST') return { status: 201, body: JSON.stringify(receipt) };
  if (path.startsWith('/v1/organizations')) {
    return { body: JSON.stringify({ id: RECORD, items: [], references: {}, names: [], position: 1 }) };
  }
  if (path === '/v1/search') {
    const hit = { id: RECORD, collection: 'organizations', number: 'O-1', names: [], matched: { by: 'id' } };
    return { body: JSON.stringify({ items: [hit] }) };
  }
  if (path === '/v1/relations') {
    const edge = { between: [RECORD, `organization-${'b'.repeat(26)}`], count: { exact: 1 }, kinds: {} };
    return { body: JSON.stringify({ nodes: [], edges: [edge] }) };
  }
  if (path === '/v1/statistics') {
    return { body: JSON.stringify({ rows: [{ count: { exact: 5 }, records: 5, link: '/' }], references: {} }) };
  }
  if (path === '/v1/events/agreement-3/1') return { body: log.events[3] as string };
  return path === '/v1/events/agreement-3/1/proof' ? { body: await log.proof(3) } : undefined;
};

let directory: Directory;
let registry: Server;
/** Another server, which answers everything with a page. */
let other: Server;
beforeAll(async () => {
  directory = await temporary();
  registry = await serve(api, objectsOf(log), feedOf(log));
  other = await serve(() => ({ status: 200, body: '<!doctype html>\n<title>Welcome</title>\n' }));
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const issuer = { issuer: 'urn:test', key: { ...key, alg: 'EdDSA', kid: '1' }, clients: { gzde: { scope: 'x' } } };
  await writeFile(directory.file('issuer.json'), JSON.stringify(issuer));
  await writeFile(directory.file('lines.ndjson'), lines(['a', 'b', 'c', 'd']));
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const lines = (names: readonly string[]): string =>
  names
    .map((value) => ({
      command: 'register-organization',
      as: value,
      data: { kind: 'company', names: [{ value, lang: 'en' }] },
    }))
    .map((command) => `${JSON.stringify(command)}\n`)
    .join('');

interface Row {
  /** A command line that succeeds and prints something. */
  readonly good: () => readonly string[];
  /** Command lines that do not fit. */
  readonly bad: readonly (readonly string[])[];
  /** Whether it asks a registry. */
  readonly asks: boolean;
  /** The test that runs what succeeds, where that needs more than this file has. */
  readonly elsewhere?: string;
}

/** A new command has to say here how it is run: see the first test. */
const table: Readonly<Record<string, Row>> = {
  submit: {
    good: () => ['submit', directory.file('lines.ndjson'), '--token', 'secret'],
    bad: [['submit'], ['submit', 'nowhere.ndjson'], ['submit', CLIENTS, '--token', 'a', '--client', 'b']],
    asks: true,
  },
  replay: {
    good: () => ['replay'],
    bad: [
      ['replay', 'x'],
      ['replay', '--from', '-1'],
      ['replay', '--rows'],
      ['replay', '--url', 'nowhere'],
    ],
    asks: true,
  },
  get: { good: () => ['get', RECORD], bad: [['get'], ['get', 'x'], ['get', RECORD, RECORD]], asks: true },
  list: { good: () => ['list', 'organizations'], bad: [['list', 'organisations'], ['list']], asks: true },
  search: { good: () => ['search', 'diamond'], bad: [['search'], ['search', 'x', '--limit', '0']], asks: true },
  history: { good: () => ['history', RECORD], bad: [['history'], ['history', 'x']], asks: true },
  members: { good: () => ['members', RECORD], bad: [['members'], ['members', 'x']], asks: true },
  statistics: { good: () => ['statistics', 'signings'], bad: [['statistics'], ['statistics', 'births']], asks: true },
  relations: {
    good: () => ['relations'],
    bad: [
      ['relations', 'x'],
      ['relations', RECORD, RECORD],
    ],
    asks: true,
  },
  verify: {
    good: () => ['verify', '--vkey', log.signer.vkey],
    bad: [
      ['verify', '--proof', 'x'],
      ['verify', '--offline', 'x', '--url', 'http://x'],
    ],
    asks: true,
  },
  prove: {
    good: () => ['prove', '/v1/agreements'],
    bad: [['prove'], ['prove', 'agreements'], ['prove', '/v1/agreements', '/v1/awards']],
    asks: true,
    elsewhere: 'test/provable/answers.test.ts',
  },
  proof: {
    good: () => ['proof', 'agreement-3/1'],
    bad: [['proof'], ['proof', 'x'], ['proof', 'a/1', 'b/1']],
    asks: true,
  },
  export: { good: () => ['export', directory.file('copy')], bad: [['export'], ['export', 'a', 'b']], asks: true },
  token: {
    good: () => ['token', '--client', 'gzde', '--data', directory.path],
    bad: [['token'], ['token', '--client', 'x', '--data', '/nowhere']],
    asks: false,
  },
  client: {
    good: () => ['client', 'report', 'gzde'],
    bad: [['client'], ['client', 'reprot', 'x'], ['client', 'report', 'x', '--from', 'monday']],
    asks: true,
  },
  doctor: {
    good: () => ['doctor', '--help'],
    bad: [
      ['doctor', '--origin', 'x'],
      ['doctor', 'x'],
    ],
    asks: false,
    elsewhere: 'test/system/doctor.test.ts',
  },
  rebuild: {
    good: () => ['rebuild', '--help'],
    bad: [['rebuild'], ['rebuild', 'records', '--log-table', 'x']],
    asks: false,
    elsewhere: 'test/system/rebuild.test.ts',
  },
};
/** What commands say beside their result. */
const NOTES = /^(?:warning: .*|There are none\.)\n/gm;
const rows = Object.entries(table);
const asking = rows.filter(([, { asks }]) => asks);
/** One line that a person can read, and nothing of where in the code it came up. */
const expectOneLine = ({ out, err }: Ended): void => {
  expect(
    err
      .trim()
      .split('\n')
      .filter((line) => !/^warning: |^.* is a record: /.test(line)),
    out,
  ).toHaveLength(1);
  expect(err).not.toMatch(/^ {4}at /m);
};

describe.concurrent('every command', () => {
  it('stands in this table', () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(subcommands).sort());
  });

  it.each(rows)('%s has help with an example and its exit codes', async (name) => {
    const { code, out, err } = await run('help', name);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^registry ${name}`));
    expect(out).toMatch(/^Example: .*registry /m);
    expect(out).toMatch(/^Exit codes: 0 /m);
  });

  it.each(rows)('%s says which option it does not have, and what does not fit', async (name, { bad }) => {
    const unknown = await run(name, '--jsn');
    expect([unknown.code, unknown.out]).toEqual([2, '']);
    expect(unknown.err).toMatch(/--jsn/);
    const isOperators = ['doctor', 'rebuild'].includes(name);
    if (!isOperators) expect(unknown.err).toContain('did you mean --json?');
    // The first of them through the binary; what it does with the others is the same.
    for (const [at, args] of bad.entries()) {
      const { code, out, err } = await (at === 0 || isOperators ? run(...args) : runHere(args));
      expect([code, out], args.join(' ')).toEqual([2, '']);
      expect(err.trim().split('\n').length, err).toBeLessThanOrEqual(2);
    }
  });

  it.each(rows)('%s prints JSON', async (_, { good, asks, elsewhere }) => {
    if (elsewhere !== undefined) {
      expect(existsSync(`${root}${elsewhere}`) && readFileSync(`${root}${elsewhere}`, 'utf8')).toContain('--json');
      return;
    }
    const { code, out, err } = await run(...good(), '--json', ...(asks ? ['--url', registry.url] : []));
    expect([code, err.replace(NOTES, '')]).toEqual([0, '']);
    const isOfLines = ['replay', 'list', 'history', 'members', 'search', 'statistics', 'relations'].includes(
      good()[0] ?? '',
    );
    const texts = isOfLines ? out.split('\n').filter((line) => line !== '') : [out];
    for (const json of texts) expect(JSON.parse(json)).toBeTypeOf('object');
  });

  it.each(rows)('%s ends quietly when its output is read no further', async (name, { good, asks, elsewhere }) => {
    const args = elsewhere === undefined ? [...good(), ...(asks ? ['--url', registry.url] : [])] : ['help', name];
    const child = start(args);
    child.stdout?.destroy();
    const { code, err } = await ended(child);
    expect([code, err.replace(NOTES, '')]).toEqual([141, '']);
  });

  it.each(asking)('%s says in one line that nothing answers', async (_, { good }) => {
    const result = await run(...good(), '--url', 'http://127.0.0.1:1');
    expectOneLine(result);
    expect([result.code, result.err]).toEqual([1, expect.stringContaining('cannot be reached')]);
  });

  it.each(asking)('%s says in one line that what answers is no registry', async (_, { good }) => {
    const result = await run(...good(), '--url', other.url);
    expectOneLine(result);
    expect(result.code).toBe(1);
  });

  it.each(asking)('%s ends with 130 when it is interrupted', async (_, { good }) => {
    const asked = Promise.withResolvers<void>();
    await using never = await serve(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    const child = start([...good(), '--url', never.url]);
    const result = ended(child);
    await asked.promise;
    child.kill('SIGINT');
    const { code, err } = await result;
    expect([code, err]).toEqual([130, expect.not.stringMatching(/^ {4}at /m)]);
  });
});

describe('registry', () => {
  it('alone tells its commands and exit codes; its version; and what a command may have been meant to be', async () => {
    const [alone, version, typo, option] = await Promise.all([
      run(),
      run('--version'),
      run('sumbit'),
      run('--versoin'),
    ]);
    for (const name of Object.keys(subcommands)) expect(alone.out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect([alone.code, alone.out]).toEqual([0, expect.stringContaining('Exit codes: 0 ')]);
    const { name, version: number } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));
    expect(version).toEqual({ code: 0, out: `${name} ${number}\n`, err: '' });
    expect([typo.code, typo.err]).toEqual([2, expect.stringContaining('did you mean submit?')]);
    expect([option.code, option.err]).toEqual([2, expect.stringContaining('did you mean --version?')]);
  });

  it.each([
    [['--type', 'agreement.signde'], 'there is no event type "agreement.signde"; did you mean agreement.signed?'],
    [['--stream', 'agremeent-9'], 'there is no record "agremeent-9"; did you mean agreement?'],
  ])('replay %j is an error', async (args, said) => {
    const { code, out, err } = await run('replay', ...args, '--url', registry.url);
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(said)]);
  });

  it('submit reads standard input', async () => {
    const args = ['submit', '-', '--token', 'secret', '--url', registry.url];
    const child = spawn(process.execPath, [bin, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(lines(['p', 'q']));
    const { code, out, err } = await ended(child);
    expect([code, err]).toEqual([0, '']);
    // Each as soon as it is accepted: which one is first is left to the registry.
    const [sum, ...told] = out.trim().split('\n').toReversed();
    expect(told.sort()).toEqual([expect.stringMatching(/^-:1: recorded /), expect.stringMatching(/^-:2: recorded /)]);
    expect(sum).toMatch(/^2 recorded, 0 already there/);
  });

  it('submit says on Ctrl-C what is recorded and what has no answer, and keeps names and receipts', async () => {
    const hung = Promise.withResolvers<void>();
    let left = 3;
    await using stuck = await serve((request) => {
      if (request.headers.prefer === 'dry-run') return { status: 422, body: '{"type":"/problems/invalid-body"}' };
      if (left-- > 0) return api(request);
      hung.resolve();
      return new Promise(() => {});
    });
    const file = (name: string) => directory.file(`stopped-${name}`);
    await writeFile(file('lines.ndjson'), lines(Array.from({ length: 40 }, (_, at) => `o${at}`)));
    const child = start([
      'submit',
      file('lines.ndjson'),
      '--token',
      'secret',
      '--url',
      stuck.url,
      '--ids',
      file('ids'),
      '--receipts',
      file('receipts'),
    ]);
    const result = ended(child);
    await hung.promise;
    child.kill('SIGINT');
    const { code, out } = await result;
    const [, without = ''] =
      /^Interrupted: 3 recorded, 0 already there, 0 refused, (?:\d+) not sent, (\d+) without an answer\.$/m.exec(out) ??
      [];
    expect(Number(without), out).toBeGreaterThan(0);
    expect(code).toBe(130);
    expect(Object.keys(JSON.parse(await readFile(file('ids'), 'utf8')))).toHaveLength(3);
    expect((await readFile(file('receipts'), 'utf8')).trim().split('\n')).toHaveLength(1);
  });
});
