import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { UsageError } from './options.ts';

/**
 * Where a registry on one machine keeps its data. At most one process has it open. Only its owner can read it: the database
 * holds the names of persons.
 */
export interface DataDirectory {
  readonly path: string;
  /** The registry's origin, the `source` of all its events. The first start makes it; it never changes. */
  readonly origin: string;
  /** Queues, stream checkpoints and notes of the local run (SQLite, WAL: survives a kill). */
  readonly state: DatabaseSync;
  file(name: string): string;
  close(): void;
}

const DEFAULT_DATA = fileURLToPath(new URL('../../.data', import.meta.url));

/** How long to wait for the lock of a registry that is just stopping, in milliseconds. */
const LOCK_PATIENCE = 3000;

export function openDataDirectory({ data, memory }: { data?: string; memory: boolean }): DataDirectory {
  // For the engine too, which inherits it.
  process.umask(0o077);
  const path = memory ? mkdtempSync(join(tmpdir(), 'signings-registry-')) : pathOf({ data });
  const file = (name: string) => join(path, name);
  takePossession(path);
  const lock = takeLock(path);
  const state = new DatabaseSync(file('local.sqlite'));
  state.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  state.exec('CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL)');

  if (note(state, 'modes') === undefined) {
    closeToOthers(path);
    setNote(state, 'modes', 'owner');
  }

  function close() {
    state.close();
    lock.close();
    if (memory) rmSync(path, { recursive: true, force: true });
  }

  return { path, origin: fixedOrigin(file('origin')), state, file, close };
}

/** The directory that the options name. */
export const pathOf = ({ data }: { readonly data?: string | undefined }): string => resolve(data ?? DEFAULT_DATA);

/** What a registry keeps in its directory. */
const OWN = /^(origin|lock|issuer\.json|log-key\.pem|buckets|dynamodb-local|(local|registry)\.sqlite|functions\.log)/;

function takePossession(path: string): void {
  makeDirectory(path);
  accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  // Such as /tmp: to close it would close it to those whose files lie there.
  if (statSync(path).mode & 0o1000 && readdirSync(path).some((name) => !OWN.test(name))) {
    throw new UsageError(`${path} is shared by several users: choose a directory of its own with --data DIR`);
  }
  chmodSync(path, 0o700);
}

/** One step at a time: the recursive `mkdirSync` calls missing (ENOENT) also what cannot be made. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
}

/** What a registry wrote that left its files readable for everybody. */
function closeToOthers(path: string): void {
  for (const entry of readdirSync(path).filter((name) => OWN.test(name))) {
    const inner = statSync(join(path, entry)).isDirectory() ? join(path, entry) : undefined;
    chmodSync(join(path, entry), inner ? 0o700 : 0o600);
    if (!inner) continue;
    for (const one of readdirSync(inner, { recursive: true, withFileTypes: true })) {
      chmodSync(join(one.parentPath, one.name), one.isDirectory() ? 0o700 : 0o600);
    }
  }
}

/** A registry has the directory open. */
export class DirectoryInUse extends UsageError {}

/** An exclusive transaction that is never committed: the system frees its lock when the process ends in any way. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, 'lock'), { timeout: LOCK_PATIENCE });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!/locked/.test((error as Error).message)) throw error;
    throw new DirectoryInUse(`another registry runs on ${path}: stop it, or choose another directory with --data DIR`);
  }
}

function fixedOrigin(file: string): string {
  if (!existsSync(file)) {
    const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
    const name = Array.from(randomBytes(8), (byte) => alphabet[byte % 32]).join('');
    writeWhole(file, `localhost/${name}\n`);
  }
  return readFileSync(file, 'utf8').trim();
}

/** Writes a file atomically. */
export function writeWhole(file: string, content: string | Uint8Array, mode = 0o600): void {
  writeFileSync(`${file}.new`, content, { mode });
  replace(`${file}.new`, file);
}

/** How often Windows, which does not replace a file that somebody has open, is asked for it, and the pause in milliseconds. */
const TRIES = 50;
const PAUSE = 10;

function replace(from: string, to: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const isOpen = process.platform === 'win32' && (error as NodeJS.ErrnoException).code === 'EPERM';
      if (!isOpen || tries === TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}

/** A note of the registry that has the directory open. */
export function noteOfRunning(path: string, name: string): string | undefined {
  const state = new DatabaseSync(join(path, 'local.sqlite'), { readOnly: true });
  try {
    return note(state, name);
  } finally {
    state.close();
  }
}

/** The origin of a registry that was started. */
export const originOf = (path: string): string => readFileSync(join(path, 'origin'), 'utf8').trim();

/** A small fact about this data directory that later starts need. */
export function note(state: DatabaseSync, name: string): string | undefined {
  return state.prepare('SELECT value FROM notes WHERE name = ?').get(name)?.value as string | undefined;
}

export function setNote(state: DatabaseSync, name: string, value: string): void {
  state.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)').run(name, value);
}
