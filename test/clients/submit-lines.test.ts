import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenFor } from '../support/api.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { type TestRegistry, testRegistry } from '../support/registry.ts';
import { forwardTo } from './support/forward.ts';
import { type Directory, run, temporary } from './support/run.ts';
import { type Request, type Route, type Server, serve } from './support/server.ts';

const evidence = [{ id: 'src', source: { publisher: 'A newspaper' }, basis: 'stated' }];
const organization = (as: string, name = `Company ${as}`) => ({
  command: 'register-organization',
  as,
  data: { kind: 'company', names: [{ value: name, lang: 'en', evidence: 'src' }], evidence },
});
const memorandum = (as: string, ...parties: string[]) => ({
  command: 'register-agreement',
  as,
  data: {
    kind: 'memorandum',
    titles: [{ value: 'Memorandum', lang: 'en' }],
    parties: parties.map((party) => ({ organization: `#${party}` })),
    evidence,
  },
});
const signature = (target: string, party: string) => ({
  command: 'sign',
  target: `#${target}`,
  data: { party: `#${party}`, on: '2024-01', evidence },
});
/** Differs from others of the same target in free text alone. */
const source = (target: string, title: string) => ({
  command: 'add-evidence',
  target: `#${target}`,
  data: { evidence: [{ source: { title }, basis: 'stated' }] },
});
const signing = [organization('a'), organization('b'), memorandum('m', 'a', 'b'), signature('m', 'a')];

let engine: TestEngine;
let registry: TestRegistry;
let server: Server;
let directory: Directory;
let token: string;
/** What was sent for good, in order. */
let sent: { key: string; path: string; body: string }[];

beforeAll(async () => {
  engine = await startEngine();
  directory = await temporary();
  token = await tokenFor('gzde');
});
afterAll(async () => {
  await directory[Symbol.asyncDispose]();
  await engine.stop();
});

/** A registry in which nothing is recorded yet. */
async function fresh() {
  registry = await testRegistry(engine);
  sent = [];
  const told = ({ headers, path, body }: Request) => {
    if (headers.prefer !== 'dry-run') sent.push({ key: String(headers['idempotency-key']), path, body });
  };
  server = await serve(forwardTo(registry, told));
  return server;
}

async function fileOf(name: string, commands: readonly (object | string)[]): Promise<string> {
  const lines = commands.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`);
  await writeFile(directory.file(name), lines.join(''));
  return directory.file(name);
}
const wholeOf = async (name: string, commands: readonly object[]): Promise<string> => {
  await writeFile(directory.file(name), JSON.stringify({ commands }));
  return directory.file(name);
};
const submit = (...args: string[]) => run(['submit', ...args, '--url', server.url, '--token', token]);
const loaded = async (commands: readonly (object | string)[], ...args: string[]) =>
  submit(await fileOf('a.ndjson', commands), ...args);
const recorded = async () => {
  await registry.seal();
  return (await registry.log.readHead())?.size ?? 0;
};
const summary = ({ out }: { out: string }) => out.split('\n').at(-1);

describe('lines of NDJSON, sent again', () => {
  it('are there, also with one inserted, in any order, and with equal ones', async () => {
    await using _ = await fresh();
    expect(summary(await loaded(signing))).toBe('4 recorded, 0 already there, 0 refused, 0 not sent.');
    expect(sent.map(({ path }) => path.replace(/-[a-z2-7]{26}/, '-…'))).toEqual([
      '/v1/organizations',
      '/v1/organizations',
      '/v1/agreements',
      '/v1/agreements/agreement-…/sign',
    ]);
    expect(summary(await loaded(signing))).toContain('0 recorded, 4 already there');
    const [one, other, agreement, act] = signing as [object, object, object, object];
    expect(summary(await loaded([one, organization('c'), other, agreement, act]))).toContain('1 recorded, 4 already');
    expect(summary(await loaded([act, agreement, other, one]))).toContain('0 recorded, 4 already there');
    expect(summary(await loaded([one, other, organization('d', 'Company a')]))).toContain('1 recorded, 2 already');
    expect(summary(await loaded([one, other, organization('d', 'Company a')]))).toContain('0 recorded, 3 already');
    expect(await recorded()).toBe(6);
  });

  it('that differ in texts alone are told apart, whatever their order, and a changed text is no new command', async () => {
    await using _ = await fresh();
    const titles = ['one', 'two', 'three'].map((title) => source('a', title));
    expect(summary(await loaded([organization('a'), ...titles]))).toContain('4 recorded');
    const more = [organization('a'), source('a', 'zero'), ...titles.toReversed()];
    expect(summary(await loaded(more))).toContain('1 recorded, 4 already there');
    expect(summary(await loaded(more.toReversed()))).toContain('0 recorded, 5 already there');
    const before = await recorded();
    const changed = await loaded([organization('a'), source('a', 'zero, corrected'), ...titles]);
    expect(changed.err).toContain(
      'a.ndjson:2: refused: key-reused: what differs from this in nothing but names and texts',
    );
    expect([changed.code, summary(changed)]).toEqual([
      1,
      expect.stringContaining('0 recorded, 4 already there, 1 refused'),
    ]);
    expect(await recorded()).toBe(before);
    expect(summary(await loaded([organization('a'), source('a', 'other')], '--key', 'mine'))).toContain('2 recorded');
  });

  it('of which one is bad name it, and hold back only what refers to it', async () => {
    await using _ = await fresh();
    const bad = { ...organization('b'), data: { kind: 'company', names: [], evidence } };
    const lines = [
      organization('a'),
      bad,
      memorandum('m', 'a', 'b'),
      signature('m', 'a'),
      '{"command":',
      organization('c'),
    ];
    const { code, err, out } = await loaded(lines);
    expect(summary({ out })).toBe('2 recorded, 0 already there, 2 refused, 2 not sent.');
    expect(err).toMatch(/a\.ndjson:2: refused: \/data\/names: /);
    expect(err).toContain('a.ndjson:3: not sent: unknown-name: "#b" of line 2 was not recorded');
    expect(err).toContain('a.ndjson:4: not sent: unknown-name: "#m" of line 3 was not recorded');
    expect(err).toMatch(/a\.ndjson:5: refused: malformed-json: /);
    expect(code).toBe(1);
    expect(summary(await loaded(lines.with(1, organization('b'))))).toContain('3 recorded, 2 already there, 1 refused');
  });

  it('of which two give one name leave open which is meant', async () => {
    await using _ = await fresh();
    const { err, out } = await loaded([
      organization('a'),
      organization('b'),
      organization('a', 'Other'),
      memorandum('m', 'a', 'b'),
    ]);
    expect(err).toContain('a.ndjson:3: refused: /as: name-taken: the name "a" was given on line 1');
    expect(err).toContain('a.ndjson:4: not sent: unknown-name: "#a" stands for nothing');
    expect(summary({ out })).toContain('2 recorded, 0 already there, 1 refused, 1 not sent');
  });

  it('that wait for one another are not sent', async () => {
    await using _ = await fresh();
    const [one, other] = [
      {
        ...organization('a'),
        data: { ...organization('a').data, relations: [{ kind: 'part-of', organization: '#b' }] },
      },
      {
        ...organization('b'),
        data: { ...organization('b').data, relations: [{ kind: 'part-of', organization: '#a' }] },
      },
    ];
    const { err, out } = await loaded([one, other, organization('c')]);
    expect(err).toContain('a.ndjson:1: not sent: unknown-name: ');
    expect(summary({ out })).toContain('1 recorded, 0 already there, 0 refused, 2 not sent');
  });

  it('are sent in the order in which they act on one record', async () => {
    await using _ = await fresh();
    const member = (command: string, on: string) => ({
      command,
      ...(command === 'admit' ? { as: on } : { target: '#2024-01' }),
      data: { ...(command === 'admit' && { body: '#b', organization: '#o', class: 'full' }), on, evidence },
    });
    const acts = [
      member('admit', '2024-01'),
      member('suspend', '2024-02'),
      member('reinstate', '2024-03'),
      member('suspend', '2024-04'),
      member('reinstate', '2024-05'),
      member('expel', '2024-06'),
    ];
    const others = Array.from({ length: 30 }, (_, at) => organization(`o${at}`));
    expect(
      summary(
        await loaded([organization('b'), organization('o'), ...others.slice(0, 15), ...acts, ...others.slice(15)]),
      ),
    ).toContain('38 recorded, 0 already there, 0 refused');
    const ofMembership = sent.filter(({ path }) => path.startsWith('/v1/memberships'));
    expect(ofMembership.map(({ body }) => JSON.parse(body).on)).toEqual(acts.map(({ data }) => data.on));
  });
});

describe('bytes of NDJSON', () => {
  it('may begin with a byte order mark, and end lines with CRLF', async () => {
    await using _ = await fresh();
    const lines = [organization('a'), organization('b')].map((command) => JSON.stringify(command));
    await writeFile(directory.file('windows.ndjson'), `\ufeff${lines.join('\r\n\r\n')}\r\n`);
    expect(summary(await submit(directory.file('windows.ndjson')))).toContain('2 recorded');
  });

  it.each([
    ['a key twice', '{"command":"x","command":"y","data":{}}', 'malformed-json: the key "command" stands twice'],
    ['half a surrogate pair', '{"command":"x","data":{"y":"\\ud800"}}', 'invalid-body: .*surrogate'],
    ['no command', '{"commands":[]}', 'invalid-body'],
    ['no object', '[1]', 'invalid-body'],
  ])('that hold %s are told by their line', async (_, line, said) => {
    await using __ = await fresh();
    const { code, err, out } = await loaded([organization('a'), line]);
    expect(err).toMatch(new RegExp(`a\\.ndjson:2: refused: .*${said}`));
    expect([code, summary({ out })]).toEqual([1, '1 recorded, 0 already there, 1 refused, 0 not sent.']);
  });
});

describe('keys of lines', () => {
  const keyOf = async (...commands: object[]) => {
    await using _ = await fresh();
    expect((await loaded(commands)).code).toBe(0);
    return sent.at(-1)?.key;
  };

  it('are made of nothing in which the name of a person may stand', async () => {
    const signed = (name: string, text: string, kind = 'memorandum') => [
      organization('a'),
      organization('b'),
      {
        command: 'register-agreement',
        data: {
          kind,
          titles: [{ value: 'Memorandum', lang: 'en' }],
          notes: [{ text, lang: 'en' }],
          parties: [{ organization: '#a' }, { organization: '#b' }],
          signatures: [{ party: '#a', signatory: { name }, on: '2023-02' }],
          evidence,
        },
      },
    ];
    const key = await keyOf(...signed('Chen', 'In two copies'));
    expect(key).toMatch(/^[0-9a-f]{32}-1$/);
    expect(await keyOf(...signed('Ana', 'In three copies'))).toBe(key);
    expect(await keyOf(...signed('Ana', 'In three copies', 'cooperation'))).not.toBe(key);
  });

  it('are the same whether a name is known from this run or from another', async () => {
    await using _ = await fresh();
    const first = await fileOf('1.ndjson', signing.slice(0, 2));
    const second = await fileOf('2.ndjson', signing.slice(2));
    const ids = directory.file('ids.json');
    expect(summary(await submit(first, '--ids', ids))).toContain('2 recorded');
    expect(summary(await submit(second, '--ids', ids))).toContain('2 recorded');
    expect(Object.keys(JSON.parse(await readFile(ids, 'utf8')))).toEqual(['a', 'b', 'm']);
    expect(summary(await submit(first, second))).toContain('0 recorded, 4 already there');
    expect(summary(await loaded(signing))).toContain('0 recorded, 4 already there');
    const before = await readFile(ids, 'utf8');
    await writeFile(directory.file('plain.json'), JSON.stringify({ a: JSON.parse(before).a.id }));
    expect((await loaded([source('a', 'by a plain id')], '--ids', directory.file('plain.json'))).code).toBe(0);
    await writeFile(ids, '[1]');
    expect(await loaded(signing, '--ids', ids)).toMatchObject({ code: 2, err: expect.stringContaining('--ids') });
  });
});

/** The keys that the version before gave to these four lines, which it sent as one submission. */
const BLOCK = 'b9063d20083898641a3bb7e52bc99f20-1';

describe('a file that the version before has loaded in blocks', () => {
  const loadAsThen = async (commands: object[], key: string) => {
    expect((await registry.post('/v1/submissions', { commands }, { key })).status).toBe(201);
    return recorded();
  };
  it.each([
    ['as it was', signing, 0],
    ['with lines added', [...signing, organization('z')], 1],
    ['with one line inserted', signing.toSpliced(1, 0, organization('z')), 1],
  ])('is there: %s', async (_, lines, added) => {
    await using __ = await fresh();
    const before = await loadAsThen(signing, BLOCK);
    const { out, err } = await loaded(lines);
    expect(summary({ out }), err).toBe(`${added} recorded, 4 already there, 0 refused, 0 not sent.`);
    expect(await recorded()).toBe(before + added);
    expect(summary(await loaded(lines)), 'and again').toContain(`0 recorded, ${4 + added} already there`);
  });
});

describe('a JSON object with commands', () => {
  const many = Array.from({ length: 100 }, (_, at) => organization(`o${at}`));

  it('is recorded as a whole, in several submissions', async () => {
    await using _ = await fresh();
    const file = await wholeOf('many.json', [...many, memorandum('m', 'o0', 'o99')]);
    expect(summary(await submit(file))).toBe('101 recorded, 0 already there, 0 refused, 0 not sent.');
    expect(sent.map(({ path }) => path)).toEqual(['/v1/submissions', '/v1/submissions']);
    expect(summary(await submit(file))).toContain('0 recorded, 101 already there');
  });

  it('of which one command would be refused is not sent, wherever that stands', async () => {
    await using _ = await fresh();
    const file = await wholeOf('many.json', [...many, memorandum('m', 'o0', 'o0')]);
    const { code, err, out } = await submit(file);
    expect(err).toMatch(/many\.json:1: refused: \/data\/parties\/1.*: party-repeated/);
    expect([code, summary({ out })]).toEqual([1, '0 recorded, 0 already there, 1 refused, 100 not sent.']);
    expect([sent, await recorded()]).toEqual([[], 0]);
  });
});

describe('what a file is', () => {
  it('is told by its content where its name does not say it', async () => {
    await using _ = await fresh();
    expect(summary(await submit(await fileOf('lines.txt', signing)))).toContain('4 recorded');
    expect(summary(await submit(await wholeOf('object', signing.slice(0, 2))))).toContain('2 recorded');
    await writeFile(directory.file('other'), '[1]');
    const { code, err } = await submit(directory.file('other'));
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('neither a JSON object with a list of "commands", nor NDJSON'),
    ]);
  });
});

describe('registry submit', () => {
  it('prints warnings under their command, and keeps receipts with leaf hashes', async () => {
    await using _ = await fresh();
    const receipts = directory.file('receipts.ndjson');
    await loaded([organization('a')], '--receipts', receipts);
    await registry.seal();
    await registry.projector().deliver();
    const twin = organization('again', 'COMPANY A');
    const { out } = await loaded([organization('a'), twin], '--receipts', receipts);
    expect(out).toMatch(/a\.ndjson:2: recorded organization-\S+, 1 event\n {2}warning: probable-duplicate: /);
    const kept = (await readFile(receipts, 'utf8')).trim().split('\n');
    expect(kept.map((line) => JSON.parse(line).line)).toEqual([1, 2]);
    expect(JSON.parse(String(kept[1])).receipt.events[0].leafHash).toMatch(/^[\w+/]{43}=$/);
    const { json } = await runJsonOf('--receipts', receipts);
    expect(json).toMatchObject({ recorded: 0, alreadyThere: 1, commands: [{ line: 1, is: 'alreadyThere' }] });
  });
  const runJsonOf = async (...args: string[]) => ({
    json: JSON.parse((await loaded([organization('a')], ...args, '--json')).out),
  });

  it('says with --dry-run what would be refused, also of what stands on other lines, and writes nothing', async () => {
    await using _ = await fresh();
    const lines = [...signing, signature('m', 'a'), organization('c'), memorandum('n', 'c', 'c'), signature('n', 'c')];
    const { code, out, err } = await loaded(lines, '--dry-run');
    expect(err).toContain('a.ndjson:5: refused: /data/party: already-signed');
    expect(err).toMatch(/a\.ndjson:7: refused: \/data\/parties\/1.*: party-repeated/);
    expect(err).toContain('a.ndjson:8: not sent: unknown-name: "#n" of line 7 was not recorded');
    expect([code, summary({ out })]).toEqual([
      1,
      '0 already there, 5 would be recorded, 2 refused, 1 not sent. Nothing was written.',
    ]);
    expect([sent, await recorded()]).toEqual([[], 0]);
    await loaded(signing.slice(0, 2));
    expect(summary(await loaded(signing, '--dry-run'))).toContain('2 already there, 2 would be recorded');
  });

  it('says what a dry run cannot judge', async () => {
    const receipt = { id: `organization-${'a'.repeat(26)}`, events: [] };
    const route: Route = ({ body }) =>
      body.includes('"commands"')
        ? { status: 422, body: JSON.stringify({ type: '/problems/invalid-body' }) }
        : { status: 200, body: JSON.stringify(receipt) };
    server = await serve(route);
    await using _ = server;
    const names = Array.from({ length: 99 }, (_, at) => organization(`o${at}`));
    const { code, err, out } = await loaded([...names, memorandum('m', ...names.map(({ as }) => as))], '--dry-run');
    expect(err).toMatch(
      /a\.ndjson:100: not judged: .*what it stands on is not recorded yet, and more than one request holds/,
    );
    expect([code, summary({ out })]).toEqual([
      0,
      '0 already there, 99 would be recorded, 0 refused, 0 not sent, 1 not judged. Nothing was written.',
    ]);
  });

  it('tells what was recorded before it failed, and what was not sent', async () => {
    await using _ = await fresh();
    let left = 12;
    await using gone = await serve(
      () => (left-- > 0 ? undefined : { status: 404, body: '<html>' }),
      forwardTo(registry),
    );
    const ids = directory.file('kept.json');
    const file = await fileOf(
      'a.ndjson',
      Array.from({ length: 40 }, (_, at) => organization(`o${at}`)),
    );
    const { code, err, out } = await run(['submit', file, '--url', gone.url, '--token', token, '--ids', ids, '--json']);
    const { recorded: count, notSent, failure } = JSON.parse(out);
    expect([code, failure, err]).toEqual([1, expect.stringContaining('answers 404'), '']);
    expect(count + notSent).toBe(40);
    expect(Object.keys(JSON.parse(await readFile(ids, 'utf8')))).toHaveLength(count);
  });
});
