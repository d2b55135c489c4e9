import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import { type Directory, type Ran, run, temporary } from './support/run.ts';
import { type Reply, type Request, type Route, serve } from './support/server.ts';

const evidence = [{ id: 'src', source: { publisher: 'A newspaper' } }];
const organization = (as: string, title = as) => ({
  command: 'register-organization',
  as,
  data: { kind: 'company', names: [{ value: title, lang: 'en', evidence: 'src' }], evidence },
});
/** A further source of one record: pieces differ in a text alone. */
const piece = (title: string) => ({
  command: 'add-evidence',
  target: `organization-${'a'.repeat(26)}`,
  data: { evidence: [{ source: { title } }] },
});
const pieces = Array.from({ length: 198 }, (_, at) => piece(`Source ${at}`));
const agreement = (...parties: string[]) => ({
  command: 'register-agreement',
  data: {
    kind: 'project',
    titles: [{ value: `#${parties[0]} and others`, lang: 'en', evidence: 'src' }],
    parties: parties.map((party) => ({ organization: `#${party}`, basis: 'stated' })),
    evidence,
  },
});

type Command = { command: string; as?: string; target?: string; data: { names?: { value: string }[] } };

/** As much of a registry as a submission meets: keys, caps, names, and a rule. */
function registry({ cap = 99 } = {}) {
  const landed: { key: string; commands: Command[] }[] = [];
  const answers = new Map<string, { body: string; reply: Reply }>();

  function post({ headers, body }: Request): Reply {
    const key = String(headers['idempotency-key']);
    if (headers.authorization !== 'Bearer secret') return problem(401, 'token-invalid', []);
    const known = answers.get(key);
    if (known && known.body !== body) return problem(422, 'key-reused', []);
    if (known) return { ...known.reply, headers: { 'Idempotency-Replayed': 'true' } };
    const { commands } = JSON.parse(body) as { commands: Command[] };
    const taken = landed.flatMap((one) => one.commands.flatMap(({ data }) => data.names?.[0]?.value ?? []));
    const twice = commands.findIndex(({ data }) => taken.includes(data.names?.[0]?.value ?? ''));
    const pointer = `/commands/${twice}/data/names/0`;
    if (twice >= 0) return problem(422, 'invalid-body', [{ pointer, rule: 'name-taken', detail: 'it is recorded' }]);
    if (Buffer.byteLength(body) > 256 * 1024) return problem(413, 'too-large', []);
    if (commands.length > cap) return problem(422, 'cap-actions', []);
    const errors = commands.flatMap((command, index) =>
      JSON.stringify(command.data).includes('bad name')
        ? [{ pointer: `/commands/${index}/data/names/0`, rule: 'name-bad', detail: 'another name would be right' }]
        : [],
    );
    if (errors.length > 0) return problem(422, 'invalid-body', errors);
    const idOf = (as: string) =>
      `organization-${createHash('sha256')
        .update(key + as)
        .digest('hex')
        .replace(/[0189]/g, 'a')
        .slice(0, 26)}`;
    const ids = Object.fromEntries(commands.flatMap(({ as }) => (as === undefined ? [] : [[as, idOf(as)]])));
    const receipts = commands.map(() => ({ id: idOf(''), events: [{ id: '', type: '', leafHash: '' }] }));
    const answer = { status: 201, body: JSON.stringify({ receipts, ids }) };
    if (headers.prefer === 'dry-run') return { ...answer, status: 200 };
    landed.push({ key, commands });
    answers.set(key, { body, reply: answer });
    return answer;
  }

  const route: Route = (request) => (request.path === '/v1/submissions' ? post(request) : undefined);
  return { landed, route };
}

const problem = (status: number, rule: string, errors: object[]): Reply => ({
  status,
  body: JSON.stringify({ type: `/problems/${rule}`, title: rule, status, detail: `because of ${rule}`, errors }),
});

async function fileOf(directory: Directory, name: string, commands: readonly object[]): Promise<string> {
  const ndjson = commands.map((command) => `${JSON.stringify(command)}\n`).join('');
  await writeFile(directory.file(name), name.endsWith('.json') ? JSON.stringify({ commands }, null, 2) : ndjson);
  return directory.file(name);
}

const submit = (url: string, ...args: string[]): Promise<Ran> =>
  run(['submit', ...args, '--url', url, '--token', 'secret']);

/** The key that the first version of the command made. */
const earlierKey = (body: object, number: string) =>
  `${createHash('sha256')
    .update(canonicalize(body) ?? '')
    .digest('hex')
    .slice(0, 32)}-${number}`;

const post = (url: string, body: object, key: string) =>
  fetch(`${url}/v1/submissions`, {
    method: 'POST',
    headers: { Authorization: 'Bearer secret', 'Idempotency-Key': key },
    body: JSON.stringify(body),
  });

describe('registry submit', () => {
  const many = Array.from({ length: 250 }, (_, at) => organization(`o${at}`));

  it('splits a file into submissions that the registry takes, and names across them become ids', async () => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const file = await fileOf(directory, 'many.json', [...many, agreement('o0', 'o249')]);
    const { code, out } = await submit(server.url, file);
    expect(out).toContain('251 recorded, 0 already there, 0 refused, 0 not sent.');
    expect(landed.map(({ commands }) => commands.length)).toEqual([99, 99, 53]);
    const data = landed[2]?.commands.at(-1)?.data as unknown as ReturnType<typeof agreement>['data'];
    expect(data.parties[0]?.organization, 'from an earlier submission').toMatch(/^organization-[a-z2-7]{26}$/);
    expect(data.parties[1]?.organization, 'from the same submission').toBe('#o249');
    expect(data.titles[0]?.value, 'a title is no reference').toBe('#o0 and others');
    expect(code).toBe(0);
  });

  it('keeps submissions below 256 KiB', async () => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const large = Array.from({ length: 60 }, (_, at) => organization(`o${at}`, at + 'ж'.repeat(5000)));
    const { code } = await submit(server.url, await fileOf(directory, 'large.json', large));
    expect(landed.map(({ commands }) => commands.length)).toEqual([25, 25, 10]);
    expect(code).toBe(0);
  });

  it('halves a submission that is over another cap', async () => {
    const { landed, route } = registry({ cap: 30 });
    await using server = await serve(route);
    await using directory = await temporary();
    const file = await fileOf(directory, 'capped.json', [...many.slice(0, 99), agreement('o0', 'o98')]);
    expect((await submit(server.url, file)).code).toBe(0);
    expect(landed.map(({ commands }) => commands.length)).toEqual([25, 25, 25, 24, 1]);
    const again = await submit(server.url, file);
    expect(again.out, 'although the whole is refused for what is recorded by now').toContain(
      '0 recorded, 100 already there',
    );
    expect(landed).toHaveLength(5);
  });

  it('leaves room for what its commands reserve and name', async () => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const identified = many.slice(0, 60).map((one, at) => ({
      ...one,
      data: { ...one.data, identifiers: [{ scheme: 'lei', value: `L${at}` }] },
    }));
    expect((await submit(server.url, await fileOf(directory, 'lei.json', identified))).code).toBe(0);
    expect(landed.map(({ commands }) => commands.length)).toEqual([49, 11]);
  });

  it('goes on after it was broken off, without recording anything twice', async () => {
    const { landed, route } = registry();
    let left = 2;
    const failing: Route = ({ headers }) =>
      headers.prefer === 'dry-run' || left-- > 0 ? undefined : { status: 404, body: 'gone' };
    await using directory = await temporary();
    const file = await fileOf(directory, 'many.json', [...many, agreement('o0', 'o249')]);
    {
      await using server = await serve(failing, route);
      const { code, err } = await submit(server.url, file);
      expect(err).toContain('answers 404');
      expect(code).toBe(1);
    }
    await using server = await serve(route);
    const { code, out } = await submit(server.url, file);
    expect(out).toContain('53 recorded, 198 already there');
    expect(landed).toHaveLength(3);
    expect(code).toBe(0);
  });

  it('tries again what a busy registry did not take', async () => {
    const { landed, route } = registry();
    const busy = [503, 429, 409];
    const first: Route = ({ headers }) => {
      if (headers.prefer === 'dry-run') return undefined;
      const status = busy.shift();
      return status === undefined ? undefined : { ...problem(status, 'conflict', []), headers: { 'Retry-After': '0' } };
    };
    await using server = await serve(first, route);
    await using directory = await temporary();
    expect((await submit(server.url, await fileOf(directory, 'one.json', [organization('o')]))).code).toBe(0);
    expect(landed).toHaveLength(1);
    expect(busy).toEqual([]);
  });

  it('sends nothing of an object of which a command would be refused, and tells all such lines', async () => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const commands = [
      ...many.with(7, organization('o7', 'bad name')),
      agreement('o7', 'o0'),
      organization('p', 'bad name'),
    ];
    const file = await fileOf(directory, 'many.json', commands);
    const { code, out, err } = await submit(server.url, file);
    expect(err.match(/refused: \/data\/names\/0: name-bad: another name would be right/g)).toHaveLength(2);
    expect(err).toContain('not sent: unknown-name: "#o7" of line ');
    expect(out).toBe('0 recorded, 0 already there, 2 refused, 250 not sent.');
    expect([landed, code]).toEqual([[], 1]);

    await fileOf(directory, 'many.json', many);
    expect((await submit(server.url, file)).out).toContain('250 recorded, 0 already there, 0 refused');
  });

  it('counts lines in a JSON object too', async () => {
    const { route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const file = directory.file('pretty.json');
    const commands = [organization('a', 'with "commands": [ { inside'), organization('b', 'bad name')];
    const text = JSON.stringify({ title: 'x', nested: { commands: [1, 2] }, commands }, null, 2);
    await writeFile(file, text);
    const line = 1 + text.split('\n').lastIndexOf('    {');
    const { err, code } = await submit(server.url, file);
    expect(err).toContain(`${file}:${line}: refused: /data/names/0: name-bad`);
    expect(code).toBe(1);
  });

  const signed = (signatory: string, text: string, more: object = {}) => [
    {
      command: 'register-agreement',
      as: signatory.toLowerCase(),
      data: {
        kind: 'project',
        titles: [{ value: 'Memorandum', lang: 'en' }],
        notes: [{ text, lang: 'en' }],
        parties: [
          { unidentified: `${signatory} & Co`, lang: 'en' },
          { unidentified: 'Others', lang: 'en' },
        ],
        signatures: [{ party: 1, signatory: { name: signatory }, on: '2023-02' }],
        evidence,
        ...more,
      },
    },
    { command: 'sign', target: `#${signatory.toLowerCase()}`, data: { party: 2, evidence } },
  ];
  const keysFor = async (commands: object[]) => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    expect((await submit(server.url, await fileOf(directory, 'a.json', commands))).code).toBe(0);
    return landed.map(({ key }) => key);
  };

  it('makes its keys of nothing in which the name of a person may stand', async () => {
    const [key] = await keysFor(signed('Chen', 'In two copies'));
    expect(await keysFor(signed('Ana', 'In three copies'))).toEqual([key]);
    const titles = [{ value: 'Agreement', lang: 'en' }];
    for (const other of [
      { kind: 'memorandum' },
      { until: '2030' },
      { evidence: [...evidence, ...evidence] },
      { titles },
    ]) {
      expect(await keysFor(signed('Chen', 'In two copies', other)), JSON.stringify(other)).not.toEqual([key]);
    }
    const unknown = (value: string) => [{ command: 'of-another-version', data: { value, values: [value] } }];
    expect(await keysFor(unknown('Chen'))).toEqual(await keysFor(unknown('Ana')));
    const corrected = (name: string) => [
      { command: 'correct', target: `agreement-${'a'.repeat(26)}`, data: { corrects: 1, set: { subject: name } } },
    ];
    expect(await keysFor(corrected('Chen'))).toEqual(await keysFor(corrected('Ana')));
  });

  it('does not record again what differs in texts alone, unless it gets a key of its own', async () => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const file = await fileOf(directory, 'a.json', [piece('A title')]);
    expect((await submit(server.url, file)).out).toContain('1 recorded');
    await fileOf(directory, 'a.json', [piece('Other title')]);
    const { code, err } = await submit(server.url, file);
    expect(err).toContain(
      `${file}:3: refused: key-reused: what differs from this in nothing but names and texts is recorded`,
    );
    expect({ code, landed: landed.length }).toEqual({ code: 1, landed: 1 });
    expect((await submit(server.url, file, '--key', 'other')).out).toContain('1 recorded');
    const name = await fileOf(directory, 'b.json', [organization('a', 'One')]);
    expect((await submit(server.url, name)).out).toContain('1 recorded');
    expect((await submit(server.url, await fileOf(directory, 'c.json', [organization('a', 'Two')]))).code).toBe(0);
  });

  it.each(['json', 'ndjson'])(
    'says of a --key that an earlier file has used that each needs its own: %s',
    async (type) => {
      const { landed, route } = registry();
      await using server = await serve(route);
      await using directory = await temporary();
      const first = await fileOf(directory, 'a.json', [piece('A title')]);
      expect((await submit(server.url, first, '--key', 'mine')).out).toContain('1 recorded');
      expect((await submit(server.url, first, '--key', 'mine')).out).toContain('1 already there');
      const other = directory.file(`b.${type}`);
      const command = organization('a', 'One');
      await writeFile(other, type === 'json' ? JSON.stringify({ commands: [command] }) : JSON.stringify(command));
      const { code, err } = await submit(server.url, other, '--key', 'mine');
      expect(err).toContain(
        'refused: key-reused: the key "mine-1" was used for other commands: every file needs a PREFIX',
      );
      expect({ code, landed: landed.length }).toEqual({ code: 1, landed: 1 });
    },
  );

  it('numbers the submissions of a file that are equal without their texts', async () => {
    const [first, second, third] = await keysFor([
      ...pieces,
      organization('o0'),
      organization('o1'),
      agreement('o0', 'o1'),
    ]);
    expect(first).toMatch(/^[0-9a-f]{32}-1$/);
    expect(second).toBe(first?.replace(/1$/, '2'));
    expect(third).toMatch(/^[0-9a-f]{32}-1$/);
  });

  it('numbers halves among equal halves', async () => {
    const { landed, route } = registry({ cap: 60 });
    await using server = await serve(route);
    await using directory = await temporary();
    expect((await submit(server.url, await fileOf(directory, 'many.json', pieces))).code).toBe(0);
    const [hashes, numbers] = [0, 1].map((part) => landed.map(({ key }) => key.split('-')[part]));
    expect(numbers).toEqual(['1.1', '1.2', '2.1', '2.2']);
    expect(hashes?.[2]).toBe(hashes?.[0]);
    expect(hashes?.[3]).toBe(hashes?.[1]);
  });

  it('knows again what its first version has sent, under the key of then', async () => {
    const { landed, route } = registry({ cap: 60 });
    await using server = await serve(route);
    await using directory = await temporary();
    const [small, large] = [[organization('host')], many.slice(0, 99)];
    await post(server.url, { commands: small }, earlierKey({ commands: small }, '1'));
    for (const [half, number] of [
      [large.slice(0, 50), '1.1'],
      [large.slice(50), '1.2'],
    ] as const) {
      await post(server.url, { commands: half }, earlierKey({ commands: half }, number));
    }
    expect(landed).toHaveLength(3);
    const first = await submit(server.url, await fileOf(directory, 'small.json', small));
    expect(first.out).toContain('0 recorded, 1 already there');
    const second = await submit(server.url, await fileOf(directory, 'large.json', large));
    expect(second.out).toContain('0 recorded, 99 already there');
    expect(landed).toHaveLength(3);
  });

  it('lets a later file use the names of an earlier one', async () => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const first = await fileOf(directory, '1.json', [organization('host')]);
    const second = await fileOf(directory, '2.json', [
      { command: 'appoint-client', target: '#host', data: { client: 'x', evidence } },
    ]);
    expect((await submit(server.url, first, second, '--key', 'mine')).code).toBe(0);
    expect(landed.map(({ key }) => key)).toEqual(['mine-1-1', 'mine-2-1']);
    expect(landed[1]?.commands[0]?.target).toMatch(/^organization-/);
  });

  it('sends nothing of a file with what is no command', async () => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const file = await fileOf(directory, 'x.json', [organization('a'), { command: 'x' }, organization('a')]);
    const { code, err } = await submit(server.url, file);
    expect(err).toMatch(/:\d+: \/data: .*\n.*: \/as: the name "a" was given on line 3$/);
    expect(landed).toEqual([]);
    expect(code).toBe(1);
  });

  it('takes a byte order mark, and CRLF', async () => {
    const { route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const text = JSON.stringify({ commands: [organization('a'), organization('b')] }, null, 2);
    await writeFile(directory.file('windows.json'), `\ufeff${text.replaceAll('\n', '\r\n')}`);
    expect((await submit(server.url, directory.file('windows.json'))).out).toContain('2 recorded');
  });

  it('sends nothing of a file that is not UTF-8: names would be recorded with other letters', async () => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    await writeFile(directory.file('latin1.ndjson'), Buffer.from(JSON.stringify(organization('a', 'Café')), 'latin1'));
    const { code, err } = await submit(server.url, directory.file('latin1.ndjson'));
    expect(err).toContain('latin1.ndjson: it is not UTF-8');
    expect({ code, landed }).toEqual({ code: 1, landed: [] });
  });

  it('sends nothing of an object in which a key stands twice, and tells its line', async () => {
    const { landed, route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const [one, other] = [organization('a'), organization('b')].map((command) => JSON.stringify(command));
    const file = directory.file('twice.json');
    await writeFile(file, `{"commands": [\n${one},\n${String(other).replace('"data":', '"as":"c","data":')}\n]}`);
    const { code, err } = await submit(server.url, file);
    expect(err).toContain(`${file}:3: the key "as" stands twice in one object`);
    expect({ code, landed }).toEqual({ code: 1, landed: [] });
  });

  it.each([
    ['half a surrogate pair', '"\\ud800"', 'surrogate'],
    ['a number beyond all', '1e999', 'Infinity'],
    ['a nesting without end', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'nested too deeply'],
  ])('tells the line of %s', async (_, value, said) => {
    await using directory = await temporary();
    const first = JSON.stringify(organization('a'));
    await writeFile(directory.file('odd.json'), `{"commands":[${first},\n{"command":"x","data":{"y":${value}}}]}`);
    const { code, err } = await submit('http://localhost:1', directory.file('odd.json'));
    expect(err).toMatch(new RegExp(`odd\\.json:2: .*${said}`));
    expect(err).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('counts lines behind a string of millions of characters', async () => {
    const { route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const commands = [organization('a'), { ...organization('b'), note: 'x'.repeat(30_000_000) }];
    const { err } = await submit(server.url, await fileOf(directory, 'long.json', commands));
    expect(err).toContain('long.json:25: ');
  });

  it.each(['sec\nret', 'sec…ret'])('does not print what cannot be a token: %j', async (token) => {
    await using directory = await temporary();
    const file = await fileOf(directory, 'one.ndjson', [organization('a')]);
    const { code, err } = await run(['submit', file, '--url', 'http://localhost:1', '--token', token]);
    expect(err).toContain('no bearer token');
    expect(err).not.toContain('sec');
    expect(code).toBe(2);
  });

  it('stops at a token that is not taken', async () => {
    const { route } = registry();
    await using server = await serve(route);
    await using directory = await temporary();
    const file = await fileOf(directory, 'a.json', [organization('a')]);
    const { code, err } = await run(['submit', file, '--url', server.url], { REGISTRY_TOKEN: 'wrong' });
    expect(err).toContain('401');
    expect(code).toBe(1);
    expect((await run(['submit', file, '--url', server.url])).code, 'nobody submits').toBe(2);
    expect((await run(['submit', 'nothing.json', '--token', 'x'])).code).toBe(2);
  });
});
