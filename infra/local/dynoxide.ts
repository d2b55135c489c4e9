import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from './options.ts';
import { StartFailure } from './start-errors.ts';

/** A DynamoDB that runs on this machine: dynoxide, a native engine over one SQLite file. */
export interface Engine {
  readonly endpoint: string;
  /** Resolves when the engine's process has ended for any reason. */
  readonly ended: Promise<void>;
  /** Ends the engine and waits for its end. The file has everything that the engine acknowledged. */
  stop(): Promise<void>;
}

/** How many ports are tried: another process may take a free port before the engine does. */
const PORTS = 5;
const READY_WITHIN = 20_000;

/**
 * The engine must not outlive its parent, even one that was killed: the next start would share the file with it. The
 * kernel closes the pipes of a dead process, so a shell between the two waits for the end of its input and kills the
 * engine. The shell also ends when the engine does. `$!` always means the engine: its id is not reused before `wait`.
 */
const WATCHED = `
  exec 3<&0
  "$@" </dev/null 3<&- & engine=$!
  (read -r _ <&3; kill -9 $engine) >/dev/null 2>&1 & watch=$!
  wait $engine; code=$?
  kill $watch 2>/dev/null
  exit $code`;

/**
 * Starts dynoxide on a free loopback port over the SQLite file, and returns when it answers.
 *
 * @throws an error that says what to do where there is no binary
 */
export async function startDynoxide({ file }: { file: string }): Promise<Engine> {
  const binary = findBinary();
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    // A session of its own, so that Ctrl-C reaches the parent only, which needs the engine until it has ended in order.
    const shell = spawn(
      '/bin/sh',
      ['-c', WATCHED, 'dynoxide', binary, 'serve', '--port', `${port}`, '--db-path', file],
      {
        stdio: ['pipe', 'ignore', 'pipe'],
        detached: true,
      },
    );
    const said = listen(shell);
    const ended = new Promise<void>((resolve) => {
      shell.once('close', () => resolve());
      shell.once('error', () => resolve());
    });
    const endpoint = `http://127.0.0.1:${port}`;
    if (await isReady(shell, said, endpoint, ended)) return { endpoint, ended, stop: () => stop(shell, ended) };
    await stop(shell, ended);
    if (attempt === PORTS)
      throw new StartFailure(`dynoxide does not start over ${file}: ${said().trim() || 'it says nothing'}`);
  }
}

/**
 * Keeps the time of an insert constant in tables with a stream: without this index each insert scans all stream records
 * of the engine. The tables have to exist.
 */
export function indexStreamRecords(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    const exists = database
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_stream_records'")
      .get();
    if (!exists) return;
    database.exec(
      'CREATE INDEX IF NOT EXISTS registry_stream_seq ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    );
  } finally {
    database.close();
  }
}

function findBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'dynoxide');
  } catch (cause) {
    const choices = `install ${name} with npm, or set DYNAMODB_ENDPOINT to any DynamoDB, such as DynamoDB Local`;
    throw new UsageError(`there is no embedded DynamoDB for ${process.platform}-${process.arch} here: ${choices}`, {
      cause,
    });
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

/** Reads the engine's standard error, so that the pipe never fills, and gives the end of it. */
function listen({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4096);
  });
  return () => text;
}

/** Ready means that the engine reports that it listens and that the port answers: another process may have taken it. */
async function isReady(shell: ChildProcess, said: () => string, endpoint: string, ended: Promise<void>) {
  let alive = true;
  ended.then(() => {
    alive = false;
  });
  const deadline = Date.now() + READY_WITHIN;
  while (alive && Date.now() < deadline) {
    if (said().includes('listening')) {
      const answer = await fetch(endpoint, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
      if (answer?.ok && alive && shell.exitCode === null) return true;
    }
    await sleep(3);
  }
  return false;
}

async function stop(shell: ChildProcess, ended: Promise<void>): Promise<void> {
  shell.stdin?.destroy();
  await ended;
}
