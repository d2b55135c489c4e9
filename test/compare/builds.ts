import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Clock } from './clock.ts';

/** One of the two that are compared: its sources, which run as they are. */
export interface Build {
  readonly name: string;
  readonly root: string;
}

export const root = fileURLToPath(new URL('../..', import.meta.url));
const preload = new URL('clock.mjs', import.meta.url).href;

/** The sources of another commit in a folder of their own, with the packages that they lock. */
export function checkOut(ref: string, folder: string): Build {
  const commit = execFileSync('git', ['rev-parse', '--verify', `${ref}^{commit}`], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  const lock = (of: string) => readFileSync(join(of, 'package-lock.json'), 'utf8');
  if (lock(folder) === lock(root)) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'ignore' });
  return { name: `${ref} (${commit.slice(0, 7)})`, root: folder };
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of a build to its end. */
export function run(build: Build, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const options = { cwd: build.root, env: { ...process.env, ...env }, maxBuffer: 2 ** 30 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}

export interface Ask {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whose token goes with it; anything else goes as it is. */
  readonly client?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A registry that a build has brought up. Whatever depends on where it runs is replaced in what it says. */
export interface Registry {
  readonly build: Build;
  readonly data: string;
  /** The address of its DynamoDB. */
  readonly database: string;
  /** What it has printed so far. */
  readonly printed: () => string[];
  readonly ask: (ask: Ask) => Promise<Answer>;
  /** Runs the build's own `registry` command on it. */
  readonly command: (...args: string[]) => Promise<Ran>;
  readonly stop: () => Promise<void>;
}

/** Of the transport, or said again by the body. */
const NOT_COMPARED = ['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'];
const CLIENTS = ['gzde', 'gdgje', 'registrar'];

/** The files behind `npm start` and `npx registry`. */
function programsOf(build: Build) {
  const { scripts, bin } = JSON.parse(readFileSync(join(build.root, 'package.json'), 'utf8'));
  return { startFile: /\S+\.mjs/.exec(scripts.start)?.[0] ?? '', binFile: String(bin.registry) };
}

const children = new Set<ChildProcess>();

/** Kills whatever still runs. */
export function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

/**
 * On a connection of its own: one that is kept may be closed just when it is used again, and a request that was sent
 * twice is answered otherwise than the first time.
 */
async function exchange(url: string, method: string, headers: Readonly<Record<string, string>>, body?: string) {
  const request = http.request(url, { method, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** Brings a registry up as `npm start -- --data DIR` does. */
export async function start(build: Build, data: string, clock: Clock, ...options: string[]): Promise<Registry> {
  const { DYNAMODB_ENDPOINT: _, ...own } = process.env;
  const env = { ...own, NODE_OPTIONS: `--import ${preload}`, COMPARED_CLOCK: clock.file };
  const { startFile, binFile } = programsOf(build);
  const args = [startFile, '--port', '0', '--data', data, ...options];
  const child = spawn(process.execPath, args, {
    cwd: build.root,
    env: { ...env, REGISTRY_PARENT: String(process.pid) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const ended = once(child, 'exit').finally(() => children.delete(child));
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const ready = /^ready (\S+)$/.exec(line)?.[1];
      if (ready) resolve(ready);
    });
    ended.then(([code]) => reject(new Error(`${build.name}: npm start ended with ${code}:\n${lines.join('\n')}`)));
  });

  const database = /http:\/\/127\.0\.0\.1:\d+/.exec(lines.join('\n'))?.[0] ?? '';
  const placeless = (text: string) =>
    text.replaceAll(url, 'http://localhost').replaceAll(database, 'http://database').replaceAll(data, 'DATA');
  const command = async (...rest: string[]) => {
    const ran = await run(build, process.execPath, [binFile, ...rest], { ...env, REGISTRY_URL: url });
    return { ...ran, stdout: placeless(ran.stdout), stderr: placeless(ran.stderr) };
  };
  const tokens = new Map<string, string>();
  for (const client of CLIENTS) {
    tokens.set(client, (await command('token', '--client', client, '--data', data)).stdout.trim());
  }

  async function ask({ path, client, headers = {}, method = 'GET', body }: Ask): Promise<Answer> {
    const authorization: Record<string, string> =
      client === undefined ? {} : { Authorization: `Bearer ${tokens.get(client) ?? client}` };
    const answer = await exchange(`${url}${path}`, method, { ...authorization, ...headers }, body);
    const told = Object.entries(answer.headers).filter(([name]) => !NOT_COMPARED.includes(name));
    const comparable = Object.fromEntries(told.map(([name, value]) => [name, placeless(String(value))]));
    return { status: answer.status, headers: comparable, body: placeless(answer.body) };
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await ended;
  }

  return { build, data, database, printed: () => lines.map(placeless), ask, command, stop };
}

/** A data directory as a registry left it, to go on from. */
export function copyOf(data: string, to: string): string {
  cpSync(data, to, { recursive: true });
  return to;
}
