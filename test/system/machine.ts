import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';

const START = fileURLToPath(new URL('../../infra/local/start.mjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Circumstances {
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  /** The start script of another checkout. */
  readonly script?: string;
}

/** Starts an empty registry without npm, so that its standard error is all that is heard there. */
export const launchStart = (options: readonly string[], circumstances?: Circumstances) =>
  launchScript(['--empty', ...options], circumstances);

/** Starts a registry without npm. */
export function launchScript(options: readonly string[], { env = {}, uid, script = START }: Circumstances = {}) {
  const child = spawn(process.execPath, [script, '--port', '0', ...options], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const output = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  const ended = output.then(([stdout, stderr, [code]]): Ended => ({ code, stdout, stderr }));
  const ready = new Promise<string>((resolve) => {
    child.stdout.on('data', (said: Buffer) => {
      const url = /^ready (\S+)$/m.exec(said.toString())?.[1];
      if (url) resolve(url);
    });
  });
  return { ready, ended, signal: (signal: NodeJS.Signals) => child.kill(signal) };
}

/** What a machine that is too slow for the budget of an announcement is told, whatever else happens. */
const OVERLOAD = /^error: sequencer: the bus was not told everything that is sealed \(Request aborted\)\n/gm;

export const withoutOverload = ({ stderr, ...ended }: Ended): Ended => ({
  ...ended,
  stderr: stderr.replace(OVERLOAD, ''),
});

/** Starts a registry that ends by itself. */
export const runStart = (options: readonly string[], circumstances?: Circumstances): Promise<Ended> =>
  launchStart(options, circumstances).ended;

export const NOBODY = 65534;

/** Why no process of another user can be started here that reads these files; undefined where it can. */
export function whyNoOtherUser(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can start a process of another user';
  const { status } = spawnSync(process.execPath, ['--check', START], { uid: NOBODY, gid: NOBODY });
  return status === 0 ? undefined : 'another user cannot read this checkout';
}

/** A small file system of its own at the path. */
export function mountSmall(
  path: string,
  size: string,
): { readOnly(): void; resize(size: string): void; remove(): void } {
  mkdirSync(path, { recursive: true });
  const run = (command: string, ...args: string[]) => {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  };
  run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'registry-test', path);
  return {
    readOnly: () => run('mount', '-o', 'remount,ro', path),
    resize: (size) => run('mount', '-o', `remount,size=${size}`, path),
    remove() {
      run('umount', '--lazy', path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Why nothing can be mounted here; undefined where it can. */
export function whyNoMount(path: string): string | undefined {
  try {
    mountSmall(path, '1m').remove();
    return undefined;
  } catch (error) {
    return `nothing can be mounted here: ${(error as Error).message.trim()}`;
  }
}

/** Skips a test, and prints why. */
export function skip(context: TestContext, reason: string): never {
  console.warn(`skipped: ${context.task.name}, because ${reason}`);
  return context.skip(reason);
}
