import { personPointers } from '../../../domain/person/pointers.ts';
import type { CommandLine } from './read-file.ts';

/** What one `POST /v1/submissions` takes (docs/api.md): so many commands, and less than 256 KiB. */
const MAX_COMMANDS = 99;
/** Each stream and each name that is written is one action of 100, and the submission itself is one. */
const MAX_ACTIONS = 99;
const MAX_BYTES = 256 * 1024 - 1024;
/** By how much an id is longer than the shortest `"#name"` that it replaces. */
const BYTES_FOR_AN_ID = 60;

export interface Chunk {
  /** 1, 2, 3 … within the file. */
  readonly number: number;
  readonly commands: readonly CommandLine[];
}

/** How large a command can be in a body, whatever ids its names will have. */
function bytesOf({ command }: CommandLine): number {
  const json = JSON.stringify(command);
  return Buffer.byteLength(json) + 1 + (json.match(/"#/g)?.length ?? 0) * BYTES_FOR_AN_ID;
}

/** How many streams and names a command writes, as far as its data tell: its record, what it reserves, and persons. */
function actionsOf({ command: { data } }: CommandLine): number {
  const identifiers = Array.isArray(data.identifiers) ? data.identifiers.length : 0;
  const others = ['identifier', 'client', 'recipient'].filter((field) => Object.hasOwn(data, field)).length;
  return 1 + identifiers + others + personPointers(data).length;
}

/**
 * Commands in submissions that the registry takes. They are cut the same way whenever the same file is cut, so that the
 * keys of the submissions are the same again.
 */
export function chunksOf(commands: readonly CommandLine[]): Chunk[] {
  const chunks: CommandLine[][] = [];
  let bytes = 0;
  let actions = 0;
  for (const command of commands) {
    const chunk = chunks.at(-1);
    const [moreBytes, moreActions] = [bytesOf(command), actionsOf(command)];
    const fits = bytes + moreBytes <= MAX_BYTES && actions + moreActions <= MAX_ACTIONS;
    if (chunk && chunk.length < MAX_COMMANDS && fits) {
      chunk.push(command);
      bytes += moreBytes;
      actions += moreActions;
    } else {
      chunks.push([command]);
      bytes = moreBytes;
      actions = moreActions;
    }
  }
  return chunks.map((chunk, index) => ({ number: index + 1, commands: chunk }));
}
