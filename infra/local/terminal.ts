import { createWriteStream, renameSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { saysDiskFull } from './start-errors.ts';

const terminal = {
  out: process.stdout.write.bind(process.stdout),
  error: process.stderr.write.bind(process.stderr),
};

/** Prints to the terminal itself, past `keepLogs`. */
export const print = (line = ''): void => void terminal.out(`${line}\n`);
export const printError = (line: string): void => void (isHushed || terminal.error(`${line}\n`));

/** Whether somebody can be asked. */
export const isAttended = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Asks whoever sits at the terminal. No answer is a no. */
export async function isAgreed(question: string): Promise<boolean> {
  terminal.out(`${question} [y/N] `);
  // It does not take over the terminal, so that Ctrl-C still ends the process.
  const lines = createInterface({ input: process.stdin });
  const answer = await new Promise<string>((resolve) => lines.once('line', resolve).once('close', () => resolve('')));
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Why the process ends, which nothing hushes. */
export const printLast = (line: string): void => void terminal.error(`${line}\n`);

/** Errors go to the log alone from here on: what still fails does so because the process ends. */
export function hush(): void {
  isHushed = true;
}
let isHushed = false;

/** Prints why a function failed. */
export const printFailure = (name: string, error: unknown): void =>
  printError(`error: ${name}: ${(error as Error).message}`);

/** The size in bytes from which the next start renames a log file. */
const LARGE = 16 * 1024 * 1024;

/**
 * Diverts the standard streams to a file, as the output of functions goes to their log groups on AWS. The terminal still
 * shows errors: one line for an entry of a logger, and all other text on stderr.
 */
export function keepLogs(file: string): { close(): Promise<void> } {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGE) renameSync(file, `${file}.old`);
  const log = createWriteStream(file, { flags: 'a' });
  const divert = (show: (text: string) => void): typeof process.stdout.write =>
    ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      log.write(text);
      show(text);
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') callback();
      return true;
    }) as typeof process.stdout.write;
  process.stdout.write = divert((text) => showErrors(text, () => {}));
  process.stderr.write = divert((text) => showErrors(text, (line) => printError(line)));

  async function close() {
    process.stdout.write = terminal.out;
    process.stderr.write = terminal.error;
    await new Promise<void>((resolve) => log.end(resolve));
  }

  return { close };
}

function showErrors(text: string, other: (line: string) => void): void {
  for (const line of text.split('\n').filter(Boolean)) {
    const entry = parseLogEntry(line);
    if (!entry) other(line);
    else if (isShown(entry)) printError(`error: ${summary(entry)}`);
  }
}

/** A full disk ends the registry, which says so in one line. */
const isShown = (entry: LogEntry): boolean =>
  (entry.level === 'ERROR' || entry.level === 'CRITICAL') && !saysDiskFull(summary(entry));

interface LogEntry {
  readonly level: string;
  readonly message?: string;
  readonly service?: string;
  readonly error?: { readonly message?: string };
}

function parseLogEntry(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry.level === 'string' ? entry : { level: 'NONE' };
  } catch {
    return undefined;
  }
}

const summary = ({ service = 'function', message = '', error }: LogEntry) =>
  `${service}: ${message}${error?.message === undefined ? '' : ` (${error.message})`}`;
