import { accessSync, constants } from 'node:fs';
import { UsageError } from './options.ts';

/** A failure whose message says everything: nobody needs its stack. */
export class StartFailure extends Error {}

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const SQLITE: Readonly<Record<number, Cause>> = { 8: 'read-only', 13: 'full', 14: 'forbidden', 23: 'forbidden' };

const SYSTEM: Readonly<Record<string, Cause>> = {
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  ENOTDIR: 'no directory',
  EEXIST: 'no directory',
  EROFS: 'read-only',
  ENOSPC: 'full',
  EDQUOT: 'full',
};

const FULL = /database or disk is full|No space left/i;

/** What the engine says, which hands on the texts of SQLite. */
const SAID: readonly (readonly [RegExp, Cause])[] = [
  [FULL, 'full'],
  [/readonly database|Read-only file system/i, 'read-only'],
  [/unable to open database file|Permission denied/i, 'forbidden'],
];

type Cause = 'forbidden' | 'no directory' | 'read-only' | 'full';

const LINES: Readonly<Record<Cause, (path: string) => string>> = {
  forbidden: (path) =>
    `the data directory ${path} cannot be read and written by this user: change its owner, or choose another with --data DIR`,
  'no directory': (path) => `${path} is not a directory: choose another with --data DIR`,
  'read-only': (path) =>
    `the data directory ${path} is on a read-only file system: make it writable, or choose another with --data DIR`,
  full: (path) => `the disk under ${path} is full: free some space and start again; what was acknowledged is kept`,
};

/** What to print of an error that ends a process over a data directory, and its exit code. */
export function reportOf(error: unknown, directory: string): { readonly text: string; readonly code: 1 | 2 } {
  if (error instanceof UsageError) return { text: error.message, code: 2 };
  const cause = causeOf(error, directory);
  if (cause === undefined && error instanceof StartFailure) return { text: error.message, code: 1 };
  if (cause === undefined) return { text: (error as Error).stack ?? String(error), code: 1 };
  // SQLite also calls read-only what it may not write.
  const text = LINES[cause === 'read-only' && isWritable(directory) ? 'forbidden' : cause](directory);
  return { text, code: cause === 'full' ? 1 : 2 };
}

/** Whether a text tells that the data directory cannot keep anything more. */
export const saysDiskFull = (text: string): boolean => FULL.test(text);

/** Whether the data directory cannot keep anything more. */
export const isDiskFull = (error: unknown): boolean => causeOf(error, '') === 'full';

function causeOf(error: unknown, directory: string): Cause | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', errcode, path = directory, syscall } = error as NodeJS.ErrnoException & { errcode?: number };
  if (errcode !== undefined) return SQLITE[errcode & 0xff];
  // Of a port, or of a file elsewhere.
  if (syscall === 'listen' || !(path.startsWith(directory) || directory.startsWith(path))) return undefined;
  return SYSTEM[code] ?? SAID.find(([text]) => text.test(error.message))?.[1];
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
