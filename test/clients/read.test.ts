import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableOf } from '../../clients/cli/read/table.ts';
import { registrar, wordsOf } from '../functions/merges/merged-registry.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { type TestRegistry, testRegistry } from '../support/registry.ts';
import { forwardTo } from './support/forward.ts';
import { type Ran, run } from './support/run.ts';
import { type Server, serve } from './support/server.ts';

const main = fileURLToPath(new URL('../../clients/cli/main.ts', import.meta.url));

let engine: TestEngine;
let registry: TestRegistry;
let server: Server;
const ids: Record<string, string> = {};
const EVIL = 'Evil \u202e name';

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  server = await serve(forwardTo(registry));
  const words = wordsOf(registry);
  ids.body = await words.company('Guangzhou Diamond Exchange');
  ids.member = await words.company('广州钻石交易中心');
  ids.twin = await words.company('Twin');
  ids.agreement = await words.open('agreements', {
    kind: 'supply',
    titles: [{ value: 'A supply of diamonds', lang: 'en' }],
    parties: [{ organization: ids.body }, { organization: ids.member }],
    notes: [{ text: EVIL, lang: 'en' }],
    signatures: [{ party: ids.body, on: '2024-01' }],
  });
  ids.membership = await words.open('memberships', {
    body: ids.body,
    organization: ids.member,
    on: '2024-02-01',
    class: 'full',
  });
  await words.landed(`/v1/organizations/${ids.twin}/merge`, { into: ids.member }, registrar);
  await words.show();
  await registry.project();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await engine.stop();
});

const inProcess = (...args: string[]) => run(args, { REGISTRY_URL: server.url });

/** Runs the command as a process of its own. */
async function registryCommand(...args: string[]): Promise<Ran> {
  const env = { ...process.env, REGISTRY_URL: server.url };
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
const numberOf = async (path: string): Promise<string> =>
  ((await (await registry.get(`/v1/${path}`)).json()) as { number: string }).number;

describe('registry get', () => {
  it('prints a record with the names of what it refers to, by id and by number', async () => {
    const [byId, byNumber] = await Promise.all([
      registryCommand('get', ids.agreement as string),
      registryCommand('get', await numberOf(`agreements/${ids.agreement}`)),
    ]);
    expect(byId.code).toBe(0);
    expect(byId.out).toContain('state: partly-signed\n');
    expect(byId.out).toContain('  - A supply of diamonds (en)\n');
    expect(byId.out).toContain(`organization: 广州钻石交易中心 (${ids.member})\n`);
    expect(byId.out).toContain('- Evil \\u202e name (en)\n');
    expect(byNumber).toEqual(byId);
  });

  it('prints what the API answers with --json, as of a position and a day', async () => {
    const args = ['--json', '--known-at', '4', '--valid-on', '2023-01-01'];
    const { code, out } = await registryCommand('get', ids.agreement as string, ...args);
    expect(code).toBe(0);
    const path = `/v1/agreements/${ids.agreement}?knownAt=4&validOn=2023-01-01`;
    expect(JSON.parse(out)).toEqual(await (await registry.get(path)).json());
  });

  it('says which organization a merged one is now', async () => {
    const { code, out, err } = await registryCommand('get', ids.twin as string);
    expect([code, err]).toEqual([0, `${ids.twin} was merged into ${ids.member}.\n`]);
    expect(out).toContain(`id: ${ids.member}\n`);
  });

  it('says what is wrong', async () => {
    const none = `agreement-${'a'.repeat(26)}`;
    const cases: [args: string[], code: number, said: string][] = [
      [[none], 1, `The registry answers 404: there is no record ${none}.`],
      [['A-999'], 1, 'The registry answers 404: no record has the register number A-999.'],
      [[ids.agreement as string, '--known-at', '100000'], 1, 'The registry answers 409: '],
      [[ids.agreement as string, '--valid-on', 'tomorrow'], 2, '--valid-on'],
      [['x'], 2, '"x" is neither the id of a record'],
      [[], 2, 'Name one record.'],
      [['A-1', '--knownat', '1'], 2, 'There is no option --knownat; did you mean --known-at?'],
    ];
    const answers = await Promise.all(cases.map(([args]) => inProcess('get', ...args)));
    for (const [at, { code, out, err }] of answers.entries()) {
      const [args, expected, said] = cases[at] as (typeof cases)[number];
      expect([code, out, err], args.join(' ')).toEqual([expected, '', expect.stringContaining(said)]);
    }
  });
});

describe('registry list', () => {
  it('prints a table, without the columns that are empty, and says when there is more', async () => {
    const [all, one] = await Promise.all([
      registryCommand('list', 'organizations'),
      registryCommand('list', 'organizations', '--limit', '1'),
    ]);
    const [title, ...rows] = all.out.trimEnd().split('\n');
    expect(title).toMatch(/^NUMBER {2}KIND +STATE +STANDING +NAME +ID$/);
    expect(rows).toHaveLength(2);
    expect(rows.find((row) => row.includes(ids.member as string))).toContain('广州钻石交易中心');
    expect(one.out.trimEnd().split('\n')).toHaveLength(2);
    expect(one.err).toBe('There are more than 1 record: --limit N or --all shows them.\n');
    expect([all.code, all.err, one.code]).toEqual([0, '', 0]);
  });

  it('prints the names of those between whom a membership is, which has no name of its own', async () => {
    const { out } = await registryCommand('list', 'memberships');
    expect(out).toContain('广州钻石交易中心');
    expect(out).toContain(' · ');
  });

  it('prints NDJSON with --json: what the API answers, an item to a line', async () => {
    const { code, out } = await registryCommand('list', 'organizations', '--json', '--all');
    const { items } = (await (await registry.get('/v1/organizations')).json()) as { items: object[] };
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(items);
    expect(code).toBe(0);
  });

  it('filters, and names what is meant where a word is unknown', async () => {
    const cases: [args: string[], code: number, said: string][] = [
      [['agreements', '--state', 'partly-signed', '--organization', ids.member as string], 0, ''],
      [['agreements', '--kind', 'treaty'], 0, 'There are none.'],
      [['agreement'], 2, 'There is no collection "agreement"; did you mean agreements?'],
      [['x'], 2, 'There is no collection "x": there are organizations, ceremonies'],
      [['agreements', '--state', 'sined'], 2, 'did you mean signed?'],
      [['agreements', '--standing', 'hostd'], 2, 'standing'],
      [['agreements', '--limit', '0'], 2, '--limit takes a whole number from 1 on'],
      [['agreements', '--limit', '1', '--all'], 2, '--limit and --all exclude each other.'],
    ];
    const answers = await Promise.all(cases.map(([args]) => inProcess('list', ...args)));
    for (const [at, { code, err }] of answers.entries()) {
      const [args, expected, said] = cases[at] as (typeof cases)[number];
      expect([code, err], args.join(' ')).toEqual([expected, said === '' ? '' : expect.stringContaining(said)]);
    }
    expect(answers[0]?.out).toContain(ids.agreement);
  });
});

describe('registry search', () => {
  it('prints what is called so, by which name it was found, and says when there is none', async () => {
    const [found, merged, none] = await Promise.all([
      inProcess('search', 'diamond', 'guang'),
      inProcess('search', 'twin'),
      inProcess('search', 'nothing'),
    ]);
    const [title, ...rows] = found.out.trimEnd().split('\n');
    expect(title).toMatch(/^NUMBER +KIND +NAME +ID$/);
    expect(rows).toEqual([expect.stringMatching(/^O-\d+ +exchange +Guangzhou Diamond Exchange +organization-/)]);
    expect(merged.out).toMatch(/^O-\d+ +exchange +广州钻石交易中心 +Twin \(merged\) +organization-/m);
    expect([none.code, none.out, none.err]).toEqual([0, '', 'There are none.']);
  });

  it('prints NDJSON with --json, and lets the registry say which kinds there are', async () => {
    const [json, wrong] = await Promise.all([
      inProcess('search', '鑽石', '--collection', 'organizations', '--json'),
      inProcess('search', 'diamond', '--kind', 'compny'),
    ]);
    expect(JSON.parse(json.out)).toMatchObject({ id: ids.member, matched: { by: 'prefix' } });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('company');
  });
});

describe('registry history and registry members', () => {
  it('print what each event changed', async () => {
    const [forPeople, forMachines] = await Promise.all([
      registryCommand('history', ids.agreement as string),
      registryCommand('history', ids.agreement as string, '--json', '--limit', '1'),
    ]);
    expect(forPeople.out).toMatch(/^\d+ {2}\S+Z {2}agreement\.registered {2}gzde/);
    expect(forPeople.out).toMatch(/agreement\.signed .*\n {4}\/version: 1 → 2\n {4}\/state: \S+ → partly-signed\n/);
    expect(forPeople.out).toContain('Evil \\u202e name');
    expect(JSON.parse(forMachines.out)).toMatchObject({ type: 'agreement.registered', streamversion: 1 });
    expect([forPeople.code, forMachines.code]).toEqual([0, 0]);
  });

  it('print the members of a day with their names', async () => {
    const [during, before, wrong] = await Promise.all([
      registryCommand('members', await numberOf(`organizations/${ids.body}`), '--on', '2024-03-01'),
      registryCommand('members', ids.body as string, '--on', '2023-01-01'),
      registryCommand('members', ids.agreement as string),
    ]);
    expect(during.out.split('\n')[1]).toMatch(/^M-\d+ +广州钻石交易中心 +member +full +2024-02-01 +organization-/);
    expect([before.out, before.err]).toEqual(['', 'There are none.\n']);
    expect([wrong.code, wrong.err]).toEqual([2, `${ids.agreement} is no organization.\n`]);
  });

  it('tell with --help what they do, with an example', async () => {
    const commands = ['get', 'list', 'search', 'history', 'members'];
    const helped = await Promise.all(commands.map((command) => inProcess(command, '--help')));
    for (const [at, { code, out }] of helped.entries()) {
      expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`\\nExample: registry ${commands[at]} \\S+`))]);
    }
  });
});

describe('a table', () => {
  const columns = [
    { title: 'N', of: ({ n }: { n: number }) => n },
    { title: 'NAME', of: ({ name }: { name: string }) => name, cut: true as const },
    { title: 'ID', of: () => 'x' },
  ];
  const rows = [
    { n: 1, name: '广州钻石交易中心' },
    { n: 22, name: 'Short\u001b[1m\nname' },
  ];

  it('counts the places that characters take', () => {
    expect(tableOf(columns, rows)).toEqual([
      'N   NAME                 ID',
      '1   广州钻石交易中心     x',
      '22  Short\\u001b[1m name  x',
    ]);
  });

  it('fits into a terminal by cutting what may be cut, and not below eight places', () => {
    expect(tableOf(columns, rows, 19)).toEqual(['N   NAME         ID', '1   广州钻石交…  x', '22  Short\\u001…  x']);
    expect(tableOf(columns, rows, 3)[1]).toBe('1   广州钻…   x');
  });
});

describe('registry relations', () => {
  const [exchange, bank, guild] = ['e', 'b', 'g'].map((letter) => `organization-${letter.repeat(26)}`) as [
    string,
    string,
    string,
  ];
  const node = (id: string, value: string) => ({ id, collection: 'organizations', names: [{ value, lang: 'en' }] });
  const edge = (between: readonly string[], count: object, more: object = {}) => ({
    between,
    count,
    kinds: {},
    ...more,
  });
  const pages: Record<string, object> = {
    '': {
      nodes: [node(bank, 'Bank'), node(exchange, 'Exchange')],
      edges: [
        edge([bank, exchange], { exact: 2 }, { first: '2023-02', last: '2024', kinds: { supply: { exact: 2 } } }),
      ],
      next: 'more',
    },
    more: { nodes: [node(bank, 'Bank'), node(guild, 'Guild')], edges: [edge([bank, guild], { min: 1, max: 3 })] },
  };
  const relationsOf = async (...args: string[]) => {
    const asked: string[] = [];
    await using graph = await serve(({ path, query }) => {
      asked.push(`${path}?${query}`);
      return { body: JSON.stringify(pages[query.get('cursor') ?? '']) };
    });
    return { ...(await run(['relations', ...args, '--url', graph.url])), asked };
  };

  it('prints who signs with whom, page by page', async () => {
    const { code, out, asked } = await relationsOf('--all');
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toEqual([
      expect.stringMatching(/^ONE +OTHER +AGREEMENTS +FIRST +LAST +KINDS +ID OF ONE +ID$/),
      expect.stringMatching(new RegExp(`^Bank +Exchange +2 +2023-02 +2024 +supply +${bank} +${exchange}$`)),
      expect.stringMatching(new RegExp(`^Bank +Guild +1–3 +${bank} +${guild}$`)),
    ]);
    expect(asked).toEqual(['/v1/relations?limit=100', '/v1/relations?limit=100&cursor=more']);
  });

  it('prints of one organization with whom it does', async () => {
    const { out, err, asked } = await relationsOf(bank, '--limit', '1');
    expect(out.trim().split('\n')).toEqual([
      expect.stringMatching(/^WITH +AGREEMENTS +FIRST +LAST +KINDS +ID$/),
      expect.stringMatching(new RegExp(`^Exchange +2 +2023-02 +2024 +supply +${exchange}$`)),
    ]);
    expect(err).toContain('There are more than 1 relation:');
    expect(asked).toEqual([`/v1/relations?organization=${bank}&limit=1`]);
  });

  it('prints each edge as the API answers it', async () => {
    const { out } = await relationsOf('--all', '--json');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(Object.values(pages).flatMap((page) => (page as { edges: object[] }).edges));
  });

  it('says that there is no such organization', async () => {
    const { code, err } = await inProcess('relations', `organization-${'z'.repeat(26)}`);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--organization: there is no record') });
  });
});
