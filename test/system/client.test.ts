import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createRegistry } from '../../clients/typescript/index.ts';
import { type Directory, temporary } from '../clients/support/run.ts';
import { type RunningRegistry, startWithExamples, tokenFor } from './registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'clients/typescript');
const MOST_BYTES = 12 * 1024;

const run = async (command: string, args: readonly string[], cwd: string): Promise<string> =>
  (await promisify(execFile)(command, args, { cwd })).stdout;

/** A folder of somebody else's, with the package that `npm pack` makes installed in it. */
let elsewhere: Directory;
let installed: string;
beforeAll(async () => {
  elsewhere = await temporary();
  const [packed] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', elsewhere.path], source));
  await writeFile(elsewhere.file('package.json'), JSON.stringify({ private: true, type: 'module' }));
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...flags, elsewhere.file(packed.filename)], elsewhere.path);
  installed = elsewhere.file('node_modules/signings-registry-client');
});
let registry: RunningRegistry;
beforeAll(async () => {
  registry = await startWithExamples('--data', elsewhere.file('data'));
});
afterAll(async () => {
  await registry?.kill();
  await elsewhere[Symbol.asyncDispose]();
});

const tokenOf = (client: string) => tokenFor(client, elsewhere.file('data'));

/** Type-checks a file beside the installed package, under the options that find most. Answers what is wrong. */
async function checked(name: string, text: string): Promise<string> {
  const folder = elsewhere.file(name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'uses.ts'), text);
  const compilerOptions = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
    module: 'nodenext',
    types: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['uses.ts'] }));
  try {
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], elsewhere.path);
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe('the package', () => {
  it('depends on nothing, and has nothing but its own files', async () => {
    expect((await readdir(elsewhere.file('node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
      'signings-registry-client',
    ]);
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, undefined]);
    const files = await readdir(join(installed, 'dist'));
    expect(files).toContain('index.js');
    for (const file of files) {
      const text = await readFile(join(installed, 'dist', file), 'utf8');
      const from = [...text.matchAll(/(?:from|import\() ?["']([^"']+)["']/g)].map(([, path]) => path);
      expect(
        from.filter((path) => !/^\.\/[\w-]+\.js$/.test(String(path))),
        file,
      ).toEqual([]);
    }
  });

  it('compiles under strict elsewhere, and what is wrong does not', async () => {
    const uses = await readFile(join(root, 'test/clients/typescript/uses.ts'), 'utf8');
    const text = uses.replace('../../../clients/typescript/index.ts', 'signings-registry-client');
    expect(await checked('strict', text)).toBe('');
    const unmarked = text.replaceAll(/^ *\/\/ @ts-expect-error.*\n/gm, '');
    const errors = (await checked('wrong', unmarked)).match(/error TS\d+/g);
    expect(errors).toHaveLength(text.match(/@ts-expect-error/g)?.length ?? 0);
  });

  it('is small in a browser, and needs nothing of Node.js there', async () => {
    const { outputFiles } = await build({
      stdin: { contents: "export * from 'signings-registry-client';", resolveDir: elsewhere.path },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
    });
    const size = gzipSync(outputFiles[0]?.contents ?? '').length;
    console.info(`the client takes ${size} bytes in a browser, gzipped`);
    expect(size).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('does what docs/client.md prints', async () => {
    const page = await readFile(join(root, 'docs/client.md'), 'utf8');
    const snippets = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
    expect(snippets).toHaveLength(3);
    const text = snippets
      .join('\n')
      .replace('http://localhost:3000', registry.url)
      .replace('eyJ…', await tokenOf('gzde'));
    expect(await checked('docs', text)).toBe('');
    const printed = (await run(process.execPath, [elsewhere.file('docs/uses.ts')], elsewhere.path))
      .trimEnd()
      .split('\n');
    expect(printed[0]).toMatch(/^O-\d+ registered A Company$/);
    expect(printed.filter((line) => /^A-\d+ \S/.test(line))).toHaveLength(5);
    expect(printed.at(-1)).toMatch(/^\/names: value-invalid: /);
  });
});

test('the first two screens of the README, with the typed client', async () => {
  const { url } = registry;
  const typed = createRegistry({ url, token: await tokenOf('gzde') });
  const exchange = 'organization-r346zjbzh2adq2h3rq7dsqoxx3';
  const memorandum = {
    kind: 'memorandum',
    titles: [{ value: 'Memorandum of the two exchanges', lang: 'en' }],
    parties: [{ organization: exchange }, { organization: 'organization-pgn77y42oelajiqiuj3aomjmjz' }],
    signatures: [{ party: exchange, on: '2026-11' }],
    evidence: [{ source: { title: 'The signed copy' }, basis: 'stated' }],
  } as const;
  const first = await typed.open('agreements', memorandum, { key: 'readme-1', wait: 10 });
  expect(first).toMatchObject({ status: 201, replayed: false, visible: true });
  const { id, position } = first.body;
  expect(id).toBe('agreement-frbvjxdzfng4szlsa76sunbl2h');
  const again = await typed.open('agreements', memorandum, { key: 'readme-1' });
  expect([again.replayed, again.body]).toEqual([true, first.body]);
  const read = await typed.record('agreements', id, { minPosition: position });
  expect(read.body.parties.map(({ state }) => state)).toEqual(['signed', 'unsigned']);
  expect(read.body.references[exchange]?.names.map(({ lang }) => lang)).toContain('zh-Hans');
  const history = await Array.fromAsync(typed.history('agreements', id));
  expect(history.map(({ type }) => type)).toEqual(['agreement.registered', 'agreement.signed']);

  const conference = (await typed.programme('ceremony-ng5zc3mgdne72psrztbtizxgec')).body;
  expect(conference.roles).toHaveLength(9);
  expect(conference.parts.length).toBeGreaterThan(1);
  const reported = await typed.record('agreements', 'agreement-wgvc4rhb7h74jc4d4r3ju4gfpi', { knownAt: 56 });
  expect(reported.body.parties).toHaveLength(6);
  const [cohort] = await Array.fromAsync(typed.list('cohorts'));
  expect((await typed.record('cohorts', cohort?.id ?? '')).body.count).toEqual({ min: 31 });
  expect(await Array.fromAsync(typed.list('launches'))).toHaveLength(5);
  const { names } = (await typed.record('organizations', exchange)).body;
  expect(new Set(names.map(({ lang }) => lang))).toEqual(new Set(['ru', 'en', 'zh-Hans']));
  const activity = await Array.fromAsync(typed.activity(exchange, { limit: 3 }));
  expect(activity.length).toBeGreaterThan(3);
  expect(new Set(activity.map((one) => one.id)).size).toBe(activity.length);
  const events = await Array.fromAsync(typed.events({ after: 40 }));
  expect(events.map((event) => event.position)).toEqual(events.map((_, index) => 41 + index));
  const [records] = (await typed.projections()).body.items;
  expect(records).toMatchObject({ name: 'records', position: events.at(-1)?.position });
  const size = Number((await typed.checkpoint()).split('\n')[1]);
  expect(size).toBeGreaterThan(40);
  expect(await typed.proof('agreement-wgvc4rhb7h74jc4d4r3ju4gfpi', 1)).toContain('tlog-proof');
});
