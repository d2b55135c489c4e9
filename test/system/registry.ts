import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A registry that `npm start` has brought up, in a process group of its own. */
export interface RunningRegistry {
  readonly url: string;
  /** Everything that it has printed. */
  readonly lines: readonly string[];
  /** Ends it as a person or a supervisor does; its exit code. */
  end(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
  /** SIGKILL to the whole group; resolves when nothing of it is left. */
  kill(): Promise<void>;
  /** Resolves with the exit code when it has ended by itself. */
  readonly ended: Promise<number | null>;
  /** The ids of the processes of its group. */
  processes(): Promise<number[]>;
}

/** Runs `npm start` until it says ready. */
export async function startRegistry(...options: string[]): Promise<RunningRegistry> {
  const { url, ...registry } = launch(options);
  return { ...registry, url: await url };
}

/** Runs `npm start` and kills it as soon as it prints a line that matches. */
export async function startAndKillAt(pattern: RegExp, ...options: string[]): Promise<void> {
  const { url, kill, ended } = launch(options, (line) => pattern.test(line) && kill());
  url.catch(() => {});
  await ended;
  await kill();
}

/** A test that does not ask for statements counts positions, between which none may stand. */
const stating = (options: string[]): string[] =>
  options.includes('--statement-interval') ? options : ['--statement-interval', 'never', ...options];

function launch(options: string[], onLine: (line: string) => unknown = () => {}) {
  const child = spawn('npm', ['start', '--', '--port', '0', ...stating(options)], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const group = child.pid as number;
  const lines: string[] = [];
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const url = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      onLine(line);
      const ready = /^ready (\S+)$/.exec(line)?.[1];
      if (ready) resolve(ready);
    });
    ended.then((code) => reject(new Error(`npm start ended with ${code}:\n${lines.join('\n')}`)));
  });

  async function end(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null> {
    process.kill(group, signal);
    return ended;
  }

  async function kill(): Promise<void> {
    if ((await processesOf(group)).length > 0) process.kill(-group, 'SIGKILL');
    await ended;
    while ((await processesOf(group)).length > 0) await sleep(5);
  }

  return { url, lines, ended, end, kill, processes: () => processesOf(group) };
}

/** Those that have not ended, whether or not somebody has taken note of their end. */
async function processesOf(group: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,pgid=,stat=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, pgid, stat = 'Z']) => Number(pgid) === group && !stat.startsWith('Z'))
    .map(([pid]) => Number(pid));
}

/** Processes that work on a data directory, of whichever group. */
export async function processesOn(directory: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'args=']);
  return stdout.split('\n').filter((line) => line.includes(directory) && !line.startsWith('ps '));
}

/** Runs the `registry` command as npx does. */
export async function registryCommand(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const output = await promisify(execFile)(join(root, 'clients/cli/bin.mjs'), args);
    return { code: 0, ...output };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

export async function tokenFor(client: string, directory: string): Promise<string> {
  const { code, stdout, stderr } = await registryCommand('token', '--client', client, '--data', directory);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** The signed checkpoint, as soon as it covers so many events. */
export async function checkpointOf(url: string, size: number): Promise<string> {
  for (;;) {
    const response = await fetch(`${url}/checkpoint`);
    const note = await response.text();
    if (response.ok && Number(note.split('\n')[1]) >= size) return note;
    await sleep(100);
  }
}

/** A registry with the examples, and all of them published. */
export async function startWithExamples(...options: string[]): Promise<RunningRegistry> {
  const registry = await startRegistry(...options);
  const events = (await (await fetch(`${registry.url}/v1/events?limit=1000`)).json()) as unknown[];
  await checkpointOf(registry.url, events.length);
  return registry;
}

/** A new data directory, and what removes it. */
export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'registry-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
