import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchScript, runStart, skip, withoutOverload } from './machine.ts';
import {
  BINARY,
  checkoutWithoutEngine,
  type NpmRegistry,
  npmRegistry,
  PLATFORM_PACKAGE,
  pack,
  pathOf,
  pin,
  whereIs,
} from './other-machine.ts';
import { has } from './printed.ts';
import { checkpointOf, registryCommand, temporaryDirectory, tokenFor } from './registry.ts';

const VERSION = '1.2.1';
const LOCAL = 'infra/local/engine/dynamodb-local.json';
const SPEC = `${PLATFORM_PACKAGE}@${VERSION}`;

const directory = await temporaryDirectory();
const inside = (...names: string[]) => join(directory.path, ...names);
// A folder as people name theirs.
const checkout = inside('My Register – 登記');
const engines = join(checkout, '.engines');
const installed = join(engines, SPEC.slice(1).replace('/', '-'));
let script: string;
let npm: NpmRegistry;
let good: Awaited<ReturnType<typeof pack>>;

beforeAll(async () => {
  script = checkoutWithoutEngine(checkout);
  npm = await npmRegistry(inside('npm-cache'));
  good = await pack(join(BINARY, '..'), inside('archives'));
});
afterAll(async () => {
  await npm?.close();
  await directory.remove();
});

/** A machine whose path has these programs beside npm. */
function machine(programs: Readonly<Record<string, string>> = {}) {
  const path = pathOf(inside(`path-${Math.random()}`), programs);
  // No npm that runs these tests tells where it is.
  return { script, env: { ...npm.env, PATH: path, JAVA_HOME: '', npm_execpath: '' } };
}
type Machine = ReturnType<typeof machine>;

/** Starts a registry until it is ready, and stops it. */
async function startAndStop(options: readonly string[], on: Machine) {
  const registry = launchScript(['--memory', '--empty', ...options], on);
  await Promise.race([registry.ready.then(() => registry.signal('SIGTERM')), registry.ended]);
  return withoutOverload(await registry.ended);
}

const CHOICES = [
  `npm start -- --install-engine, which installs ${SPEC}`,
  'dynoxide 1.2.1 or a later 1.x on the path',
  'Java 17 and npm start -- --install-engine, for DynamoDB Local',
  'DYNAMODB_ENDPOINT with the address of any DynamoDB',
].join('; ');

test('where there is nothing, one line names the choices, and nobody is waited for', async () => {
  expect(await runStart(['--memory'], machine())).toEqual({
    code: 2,
    stdout: '',
    stderr: `there is no DynamoDB for ${process.platform}-${process.arch} here. One of these gives it: ${CHOICES}\n`,
  });
});

test('what npm does not bring is named, and not what it has downloaded', async () => {
  const ended = await runStart(['--memory', '--install-engine'], machine());
  expect(ended).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/\(npm pack fails: code E404, .*\)\. One of these/),
  });
  expect(existsSync(installed)).toBe(false);
});

test('an engine on the path is taken when its version fits, and named when it does not', async () => {
  const ended = await startAndStop([], machine({ dynoxide: BINARY }));
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/ engine +dynoxide 1\.2\.1 of the path \(.*\/dynoxide\)\n/);

  const script = inside('a-script');
  writeFileSync(script, '#!/bin/sh\necho dynoxide 1.2.1\n', { mode: 0o755 });
  // A script could leave behind what it runs.
  for (const program of [script, whereIs('true')]) {
    const { code, stderr } = await runStart(['--memory'], machine({ dynoxide: program }));
    expect([code, stderr]).toEqual([2, expect.stringContaining('/dynoxide is no program of dynoxide that runs)')]);
  }
});

test('an engine is installed once, checked at each start, and refused when it was changed', async () => {
  npm.publish(PLATFORM_PACKAGE, VERSION, good.file);
  pin(checkout, PLATFORM_PACKAGE, undefined);
  const first = await startAndStop(['--install-engine'], machine());
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain(`installed ${SPEC}, ${good.integrity}\n`);
  expect(first.stdout).toContain(` engine     dynoxide ${VERSION} of ${installed}\n`);

  const second = await startAndStop([], machine());
  expect(second).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`of ${installed}\n`) });
  expect(second.stdout).not.toContain('install');

  appendFileSync(join(installed, 'dynoxide'), 'more');
  const changed = await runStart(['--memory'], machine());
  expect(changed).toMatchObject({ code: 1, stderr: expect.stringContaining(`${installed} is not what was installed`) });

  rmSync(installed, { recursive: true });
  const folder = inside('changed', 'package');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: PLATFORM_PACKAGE, version: VERSION }));
  npm.publish(PLATFORM_PACKAGE, VERSION, (await pack(folder, inside('other-archives'))).file);
  const other = await runStart(['--memory', '--install-engine'], machine());
  expect(other.stderr).toMatch(
    new RegExp(`another ${SPEC} than expected: sha512-\\S+ instead of ${RegExp.escape(good.integrity)}`),
  );
  expect(other.code).toBe(2);
  expect(existsSync(installed)).toBe(false);
});

test('what the lockfile pins is not taken from npm with other contents', async () => {
  rmSync(engines, { recursive: true, force: true });
  npm.publish(PLATFORM_PACKAGE, VERSION, good.file);
  pin(checkout, PLATFORM_PACKAGE, 'sha512-other');
  const { code, stderr } = await runStart(['--memory', '--install-engine'], machine());
  expect([code, stderr]).toEqual([2, expect.stringContaining(`${good.integrity} instead of sha512-other`)]);
  pin(checkout, PLATFORM_PACKAGE, good.integrity);
});

test('whoever sits at the terminal is asked', async (context) => {
  if (!has('script', '--version')) return skip(context, 'there is no program "script" here, which makes a terminal');
  rmSync(engines, { recursive: true, force: true });
  npm.publish(PLATFORM_PACKAGE, VERSION, good.file);
  const { env } = machine({ sh: whereIs('sh') });
  const question = `There is no DynamoDB here. Install ${SPEC} with npm? [y/N] `;
  /** Types an answer when it is asked, and Ctrl-C when the registry is ready. */
  async function answering(answer: string) {
    const start = `exec '${process.execPath}' '${script}' --memory --empty --port 0`;
    const terminal = spawn(whereIs('script'), ['-qec', start, '/dev/null'], {
      env: { ...process.env, ...env, SHELL: whereIs('sh') },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let said = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('[y/N]')) terminal.stdin.write(answer);
      if (/^ready /m.test(text)) terminal.stdin.write('\u0003');
      said += text;
    });
    const [code] = await once(terminal, 'close');
    return { code, said };
  }
  for (const answer of ['n\n', '\n', '\u0004']) {
    const { code, said } = await answering(answer);
    expect(said.split(question)).toHaveLength(2);
    expect([code, said]).toEqual([2, expect.stringContaining('One of these gives it')]);
    expect(existsSync(installed)).toBe(false);
  }
  expect(await answering('\u0003')).toMatchObject({ code: 0, said: expect.stringContaining(question) });
  const { code, said } = await answering('y\n');
  expect([code, said]).toEqual([0, expect.stringContaining(`installed ${SPEC}, ${good.integrity}`)]);
});

test('where only Java is, DynamoDB Local keeps everything, over restarts and kills', async (context) => {
  const java = has('java', '-version') ? whereIs('java') : undefined;
  if (!java) return skip(context, 'there is no Java here');
  const { name, version } = JSON.parse(readFileSync(join(checkout, LOCAL), 'utf8')) as Record<string, string>;
  const archive = await pack(`${name}@${version}`, inside('dynamodb-local')).catch(() => undefined);
  if (!archive) return skip(context, `npm does not bring ${name} here`);
  rmSync(engines, { recursive: true, force: true });
  const registry = await npmRegistry(inside('npm-cache-of-java'));
  context.onTestFinished(registry.close);
  registry.publish(name as string, version as string, archive.file);
  const on = machine({ java: realpathSync(java) });
  Object.assign(on.env, registry.env);
  const data = inside('data-of-java');
  const options = ['--data', data, '--statement-interval', 'never'];

  const first = launchScript([...options, '--install-engine'], on);
  const url = await first.ready;
  const events = await (await fetch(`${url}/v1/events?limit=1000`)).text();
  expect(JSON.parse(events)).toHaveLength(76);
  await checkpointOf(url, 76);
  expect(await registryCommand('verify', '--url', url)).toMatchObject({ code: 0 });
  first.signal('SIGKILL');
  const { stdout, stderr } = await first.ended;
  expect(stdout).toContain(` engine     DynamoDB Local of ${engines}`);
  expect(stdout).toContain(`installed ${name}@${version}, ${archive.integrity}`);
  expect(withoutOverload({ code: 0, stdout, stderr }).stderr).toBe('');

  const second = launchScript(options, on);
  const again = await second.ready;
  expect(await (await fetch(`${again}/v1/events?limit=1000`)).text()).toBe(events);
  const answer = await register(again, await tokenFor('gzde', data));
  second.signal('SIGKILL');
  await second.ended;

  // Data are of the engine that wrote them: another one that is here is not taken for them.
  const third = launchScript(options, {
    ...on,
    env: { ...on.env, PATH: pathOf(inside('both'), { java, dynoxide: BINARY }) },
  });
  const last = await third.ready;
  await checkpointOf(last, 77);
  while ((await fetch(`${last}/v1/organizations/${answer.id}`)).status !== 200) await sleep(50);
  expect(await registryCommand('verify', '--url', last)).toMatchObject({ code: 0 });
  expect(await registryCommand('replay', '--compare', '--url', last)).toMatchObject({ code: 0 });
  third.signal('SIGTERM');
  expect(withoutOverload(await third.ended)).toMatchObject({ code: 0, stderr: '' });
});

async function register(url: string, token: string): Promise<{ id: string }> {
  const response = await fetch(`${url}/v1/organizations`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'one' },
    body: JSON.stringify({
      kind: 'company',
      names: [{ value: 'A Company', lang: 'en' }],
      evidence: [{ source: { title: 'Test' }, basis: 'stated' }],
    }),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string };
}
