import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { repeatedKey, sayRepeated } from '../../../domain/values/repeated-key.ts';
import { canonical } from '../canonical.ts';
import { isMissing } from '../files.ts';
import { Failure, UsageError } from '../usage.ts';
import { lineCounter, linesOfCommands } from './lines.ts';

const command = z.object({
  command: z.string(),
  as: z.string().optional(),
  target: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});
export type Command = z.infer<typeof command>;

const submission = z.object({
  client: z.string().optional(),
  commands: z.array(z.unknown()),
});

/** A command with the line of the file on which it begins. */
export interface CommandLine {
  readonly line: number;
  readonly command: Command;
}

export interface SubmissionFile {
  readonly name: string;
  /** The client that the file names as its submitter. */
  readonly client: string | undefined;
  readonly commands: readonly CommandLine[];
}

/**
 * Reads a file like those under `examples/`, a JSON object with the commands in order, or NDJSON with a command on each
 * line.
 *
 * @throws UsageError when there is no such file
 * @throws Failure that names every line that is no command
 */
export async function readSubmission(path: string): Promise<SubmissionFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (isMissing(error)) throw new UsageError(`${path}: there is no such file.`);
    throw error;
  });
  const text = textIn(path, bytes);
  const { client, items } = /\.(?:ndjson|jsonl)$/.test(path) ? readLines(path, text) : readObject(path, text);
  const faults: string[] = [];
  const names = new Map<string, number>();
  const commands: CommandLine[] = [];
  for (const { line, value } of items) {
    const parsed = command.strict().safeParse(value);
    if (!parsed.success) {
      faults.push(
        ...parsed.error.issues.map(({ path: at, message }) => `${path}:${line}: /${at.join('/')}: ${message}`),
      );
      continue;
    }
    const unsayable = faultOf(parsed.data);
    if (unsayable !== undefined) faults.push(`${path}:${line}: ${unsayable}`);
    const { as } = parsed.data;
    const earlier = as === undefined ? undefined : names.get(as);
    if (earlier !== undefined) faults.push(`${path}:${line}: the name "${as}" was given on line ${earlier}`);
    if (as !== undefined) names.set(as, line);
    commands.push({ line, command: parsed.data });
  }
  if (faults.length > 0) throw new Failure(`Nothing was submitted.\n${faults.join('\n')}`);
  return { name: path, client, commands };
}

/** The text without a byte order mark. Other encodings are refused, lest names be recorded with � in them. */
function textIn(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(`${path}: it is not UTF-8. Nothing was submitted.`);
  }
}

/** Why canonical JSON, the form of events, cannot represent a command: half a surrogate pair, 1e999, deep nesting. */
function faultOf(value: Command): string | undefined {
  try {
    canonical(value);
    return undefined;
  } catch (error) {
    return error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
  }
}

interface Items {
  readonly client?: string | undefined;
  readonly items: readonly { readonly line: number; readonly value: unknown }[];
}

function readObject(path: string, text: string): Items {
  const parsed = submission.safeParse(parse(path, 1, text));
  if (!parsed.success) throw new Failure(`${path}: a submission is a JSON object with a list of "commands".`);
  const lines = linesOfCommands(text);
  const items = parsed.data.commands.map((value, index) => ({ line: lines[index] ?? 1, value }));
  return { client: parsed.data.client, items };
}

function readLines(path: string, text: string): Items {
  const lines = text.split('\n').map((line, index) => ({ line: index + 1, text: line }));
  const full = lines.filter((one) => one.text.trim() !== '');
  return { items: full.map(({ line, text: json }) => ({ line, value: parse(path, line, json) })) };
}

function parse(path: string, line: number, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure(`${path}:${line}: ${(error as Error).message}`);
  }
  const repeated = repeatedKey(text);
  if (!repeated) return value;
  const again = line - 1 + lineCounter(text)(repeated.offset);
  throw new Failure(`${path}:${again}: ${sayRepeated(repeated)}. Nothing was submitted.`);
}
