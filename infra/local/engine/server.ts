import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StartFailure } from '../start-errors.ts';

/** A DynamoDB that runs on this machine. */
export interface Engine {
  readonly endpoint: string;
  /** Resolves when the engine's process has ended for any reason. */
  readonly ended: Promise<void>;
  /** Ends the engine and waits for its end. Its files have everything that it acknowledged. */
  stop(): Promise<void>;
}

/** A program that is an engine over files of its own. */
export interface EngineProgram {
  readonly name: string;
  /** Where its data are: a file or a folder. */
  readonly place: string;
  readonly command: string;
  /** Where it may leave files beside its data. */
  readonly workingDirectory?: string;
  args(port: number): readonly string[];
  /** Whether it may listen by now, after what it has said on its standard error. */
  listens(said: string): boolean;
  /** Whether an answer on its port is its own: another process may have taken the port. */
  isOwn(answer: Response): boolean;
}

/** How many ports are tried: another process may take a free port before the engine does. */
const PORTS = 5;
const READY_WITHIN = 60_000;
const WATCHED = fileURLToPath(new URL('./watched.mjs', import.meta.url));

/** Starts an engine on a free loopback port, and returns when it answers. The engine does not outlive this process. */
export async function startEngineProgram(program: EngineProgram): Promise<Engine> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    // A session of its own, so that Ctrl-C reaches the parent only, which needs the engine until it has ended in order.
    const watcher = spawn(process.execPath, [WATCHED, program.command, ...program.args(port)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
      env: { ...process.env, NODE_OPTIONS: '' },
      cwd: program.workingDirectory,
    });
    const said = listen(watcher);
    const ended = endOf(watcher);
    const endpoint = `http://127.0.0.1:${port}`;
    if (await isReady(program, watcher, said, endpoint, ended))
      return { endpoint, ended, stop: () => stop(watcher, ended) };
    await stop(watcher, ended);
    if (attempt === PORTS) {
      throw new StartFailure(
        `${program.name} does not start over ${program.place}: ${said().trim() || 'it says nothing'}`,
      );
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Resolves when the engine and its watcher have ended, which the end of their common standard error tells. */
function endOf(watcher: ChildProcess): Promise<void> {
  let engine: number | undefined;
  watcher.stdout?.once('data', (text: Buffer) => {
    engine = Number.parseInt(text.toString(), 10);
  });
  watcher.once('exit', (_, signal) => {
    // Somebody killed the watcher alone. As long as it lives, it ends after the engine.
    if (signal !== null && engine !== undefined) kill(engine);
  });
  return new Promise((resolve) => {
    watcher.once('close', () => resolve());
    watcher.once('error', () => resolve());
  });
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Reads the engine's standard error, so that the pipe never fills, and gives the end of it. */
function listen({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4096);
  });
  return () => text;
}

async function isReady(
  program: EngineProgram,
  watcher: ChildProcess,
  said: () => string,
  endpoint: string,
  ended: Promise<void>,
): Promise<boolean> {
  let alive = true;
  ended.then(() => {
    alive = false;
  });
  const deadline = Date.now() + READY_WITHIN;
  while (alive && Date.now() < deadline) {
    if (program.listens(said())) {
      const answer = await fetch(endpoint, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer && program.isOwn(answer) && alive && watcher.exitCode === null) return true;
    }
    await sleep(5);
  }
  return false;
}

async function stop(watcher: ChildProcess, ended: Promise<void>): Promise<void> {
  watcher.stdin?.destroy();
  await ended;
}
