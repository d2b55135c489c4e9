import { personPointers } from '../../../domain/person/pointers.ts';
import { packed } from '../../../domain/values/lists.ts';
import type { CommandLine } from './read-file.ts';

/** The limits of one `POST /v1/submissions` (docs/api.md): 99 commands, and less than 256 KiB. */
const MAX_COMMANDS = 99;
/** Of the 100 actions of a transaction, each stream and each name takes one, and the submission itself takes one. */
const MAX_ACTIONS = 99;
const MAX_BYTES = 256 * 1024 - 1024;
/** How much longer an id is than the shortest `"#name"` that it replaces. */
const BYTES_FOR_AN_ID = 60;

export interface Chunk<Line extends CommandLine = CommandLine> {
  /** 1, 2, 3 … within the file. */
  readonly number: number;
  readonly commands: readonly Line[];
}

/** The most bytes that a command can take in a body after its names were replaced by ids. */
function bytesOf({ command }: CommandLine): number {
  const json = JSON.stringify(command);
  return Buffer.byteLength(json) + 1 + (json.match(/"#/g)?.length ?? 0) * BYTES_FOR_AN_ID;
}

/** The actions of a command as far as its data show: its record, its reservations and persons. */
function actionsOf({ command: { data } }: CommandLine): number {
  const [identifiers, recipients] = [data.identifiers, data.recipients].map((all) =>
    Array.isArray(all) ? all.length : 0,
  ) as [number, number];
  const others = ['identifier', 'client', 'recipient'].filter((field) => Object.hasOwn(data, field)).length;
  return 1 + identifiers + recipients + others + personPointers(data).length;
}

/**
 * Divides commands into submissions that the registry accepts. The same file is always divided in the same way, so that
 * its submissions get the same keys again.
 */
export const chunksOf = <Line extends CommandLine>(commands: readonly Line[]): Chunk<Line>[] =>
  [...packed(commands, MAX_COMMANDS, { of: bytesOf, max: MAX_BYTES }, { of: actionsOf, max: MAX_ACTIONS })].map(
    (chunk, index) => ({ number: index + 1, commands: chunk }),
  );
