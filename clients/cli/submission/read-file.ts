import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import { faultsOf as faultsFound, parsedBy } from '../../../domain/kernel/faults.ts';
import { repeatedKey, sayRepeated } from '../../../domain/values/repeated-key.ts';
import { canonical, jsonObject } from '../canonical.ts';
import { isMissing } from '../files.ts';
import { Failure, UsageError } from '../usage.ts';
import { lineCounter, linesOfCommands } from './lines.ts';

const commandSchema = z.strictObject({
  command: z.string(),
  as: z.string().optional(),
  target: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});
export type Command = z.infer<typeof commandSchema>;

const submission = z.object({
  client: z.string().optional(),
  commands: z.array(z.unknown()),
});

/** A command with the line of the file on which it begins. */
export interface CommandLine {
  readonly line: number;
  readonly command: Command;
}

/** One thing that is wrong with a command, or with a line. */
export interface Refused {
  readonly line: number;
  readonly pointer: string;
  readonly rule: string;
  readonly detail: string;
}

export interface SubmissionFile {
  readonly name: string;
  /** Whether its commands land together, as those of a JSON object; each line of NDJSON stands for itself. */
  readonly isWhole: boolean;
  /** The client that the file names as its submitter. */
  readonly client: string | undefined;
  readonly commands: readonly CommandLine[];
  /** What is wrong with lines that hold no command. Of a file that lands as a whole there are none. */
  readonly unread: readonly Refused[];
  /** The lines of names that are given on more than one: nobody knows which of them is meant. */
  readonly givenTwice: ReadonlyMap<string, readonly number[]>;
}

/**
 * Reads a JSON object with the commands in order, like those under `examples/`, or NDJSON with a command on each line;
 * standard input for `-`. A name that does not end in `.ndjson` or `.jsonl` is told by its content.
 *
 * @throws UsageError when there is no such file
 * @throws Failure that names every command of an object that is none
 */
export async function readSubmission(path: string): Promise<SubmissionFile> {
  const bytes = await (path === '-' ? buffer(process.stdin) : readFile(path)).catch((error: unknown) => {
    if (isMissing(error)) throw new UsageError(`${path}: there is no such file.`);
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') throw new UsageError(`${path}: it is a directory.`);
    throw error;
  });
  const text = textIn(path, bytes);
  return isLines(path, text) ? readLines(path, text) : readObject(path, text);
}

/** The text without a byte order mark. Other encodings are refused, lest names be recorded with � in them. */
function textIn(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(`${path}: it is not UTF-8. Nothing was submitted.`);
  }
}

/** By its name, or because its first line is a command: that of an object with commands is none. Nothing has no line. */
function isLines(path: string, text: string): boolean {
  if (/\.(?:ndjson|jsonl)$/.test(path)) return true;
  const [first] = /\S[^\n]*/.exec(text) ?? [];
  return first === undefined || typeof jsonObject(first)?.command === 'string';
}

function readObject(path: string, text: string): SubmissionFile {
  const nothing = (faults: readonly string[]) => new Failure(`Nothing was submitted.\n${faults.join('\n')}`);
  const value = parsed(text, 1);
  if ('fault' in value) throw nothing([sayAt(path, value.fault)]);
  const object = submission.safeParse(value.json);
  if (!object.success) {
    throw new Failure(
      `${path}: it is neither a JSON object with a list of "commands", nor NDJSON with a command on each line.`,
    );
  }
  const lines = linesOfCommands(text);
  const items = object.data.commands.map((json, index) => ({ line: lines[index] ?? 1, json }));
  const { commands, unread } = commandsIn(items);
  if (unread.length > 0) throw nothing(unread.map((fault) => sayAt(path, fault)));
  return { name: path, isWhole: true, client: object.data.client, commands, unread, givenTwice: new Map() };
}

function readLines(path: string, text: string): SubmissionFile {
  const lines = text.split('\n').map((one, index) => ({ line: index + 1, text: one }));
  const full = lines.filter((one) => one.text.trim() !== '');
  const items = full.map(({ line, text: json }) => ({ line, ...parsed(json, line) }));
  return { name: path, isWhole: false, client: undefined, ...commandsIn(items) };
}

const sayAt = (path: string, { line, pointer, detail }: Refused): string =>
  `${path}:${line}: ${pointer === '' ? '' : `${pointer}: `}${detail}`;

/** The value of a JSON text that begins on a line, or what is wrong with the text. */
function parsed(text: string, line: number): { json: unknown } | { fault: Refused } {
  try {
    const json: unknown = JSON.parse(text);
    const repeated = repeatedKey(text);
    if (!repeated) return { json };
    const again = line - 1 + lineCounter(text)(repeated.offset);
    return { fault: { line: again, pointer: '', rule: 'malformed-json', detail: sayRepeated(repeated) } };
  } catch (error) {
    // The engine's message may quote the text, and with it the name of a person; only the place is passed on.
    const [, position] = /at position (\d+)/.exec((error as Error).message) ?? [];
    const at = position === undefined ? line : line - 1 + lineCounter(text)(Number(position));
    return { fault: { line: at, pointer: '', rule: 'malformed-json', detail: 'it is not JSON from here on' } };
  }
}

type Item = { readonly line: number } & ({ readonly json: unknown } | { readonly fault: Refused });

function commandsIn(items: readonly Item[]): Pick<SubmissionFile, 'commands' | 'unread' | 'givenTwice'> {
  const unread: Refused[] = [];
  const commands: CommandLine[] = [];
  const names = new Map<string, number[]>();
  for (const { line, ...item } of items) {
    const faults = 'fault' in item ? [item.fault] : faultsOf(item.json, line);
    if ('fault' in item || faults.length > 0) {
      unread.push(...faults);
      continue;
    }
    const command = item.json as Command;
    const { as } = command;
    const given = as === undefined ? [] : (names.get(as) ?? []);
    if (as !== undefined) names.set(as, [...given, line]);
    if (given.length === 0) commands.push({ line, command });
    else
      unread.push({
        line,
        pointer: '/as',
        rule: 'name-taken',
        detail: `the name "${as}" was given on line ${given[0]}`,
      });
  }
  return { commands, unread, givenTwice: new Map([...names].filter(([, lines]) => lines.length > 1)) };
}

function faultsOf(value: unknown, line: number): Refused[] {
  const read = parsedBy(commandSchema, value);
  if (!read.success) {
    return faultsFound(read.error.issues, '').map((fault) => ({ line, ...fault, rule: 'invalid-body' }));
  }
  const detail = unsayable(read.data);
  return detail === undefined ? [] : [{ line, pointer: '', rule: 'invalid-body', detail }];
}

/** Why canonical JSON, the form of events, cannot represent a command: half a surrogate pair, 1e999, deep nesting. */
function unsayable(value: Command): string | undefined {
  try {
    canonical(value);
    return undefined;
  } catch (error) {
    return error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
  }
}
