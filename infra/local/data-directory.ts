import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { UsageError } from './options.ts';

/** Where a registry on one machine keeps its data. At most one process has it open. */
export interface DataDirectory {
  readonly path: string;
  /** The registry's origin, the `source` of all its events. The first start makes it; it never changes. */
  readonly origin: string;
  /** Queues, stream checkpoints and notes of the local run (SQLite, WAL: survives a kill). */
  readonly state: DatabaseSync;
  file(name: string): string;
  close(): void;
}

export const DEFAULT_DATA = fileURLToPath(new URL('../../.data', import.meta.url));

/** How long to wait for the lock of a registry that is just stopping, in milliseconds. */
const LOCK_PATIENCE = 3000;

export function openDataDirectory({ data, memory }: { data?: string; memory: boolean }): DataDirectory {
  const path = memory ? mkdtempSync(join(tmpdir(), 'signings-registry-')) : resolve(data ?? DEFAULT_DATA);
  const file = (name: string) => join(path, name);
  mkdirSync(path, { recursive: true });
  const lock = takeLock(path);
  const state = new DatabaseSync(file('local.sqlite'));
  state.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  state.exec('CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL)');

  function close() {
    state.close();
    lock.close();
    if (memory) rmSync(path, { recursive: true, force: true });
  }

  return { path, origin: fixedOrigin(file('origin')), state, file, close };
}

/** An exclusive transaction that is never committed: the system frees its lock when the process ends in any way. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, 'lock'), { timeout: LOCK_PATIENCE });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!/locked/.test((error as Error).message)) throw error;
    throw new UsageError(`another registry runs on ${path}: stop it, or choose another directory with --data DIR`);
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
export function writeWhole(file: string, content: string | Uint8Array, mode = 0o644): void {
  writeFileSync(`${file}.new`, content, { mode });
  renameSync(`${file}.new`, file);
}

/** A small fact about this data directory that later starts need. */
export function note(state: DatabaseSync, name: string): string | undefined {
  return state.prepare('SELECT value FROM notes WHERE name = ?').get(name)?.value as string | undefined;
}

export function setNote(state: DatabaseSync, name: string, value: string): void {
  state.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)').run(name, value);
}
