/** Checkpoints (C2SP tlog-checkpoint, https://c2sp.org/tlog-checkpoint), without extension lines. */
import { fromBase64, toBase64, wholeNumber } from './bytes.ts';
import { HASH_BYTES } from './merkle.ts';
import { openNote, type VerifierKey, type VerifySignature } from './note.ts';
import { fault, isFault, type Read, value } from './read.ts';

/** What a log commits to: its name, its number of leaves, and their root. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The text of the note: origin, size and base64 root, each on its own line. */
export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`;

export function parseCheckpoint(text: string): Read<Checkpoint> {
  const [origin = '', digits = '', encoded = '', end, ...extensions] = text.split('\n');
  const size = wholeNumber(digits);
  const root = fromBase64(encoded);
  if (origin === '' || size === undefined) return fault('a checkpoint begins with an origin and a size');
  if (isFault(root) || root.value.length !== HASH_BYTES) return fault('the third line of a checkpoint is a root hash');
  if (end !== '' || extensions.length > 0) return fault('the checkpoint has lines that nobody can audit');
  return value({ origin, size, root: root.value });
}

/** The checkpoint in a note that the key has signed, of the log that has the key's name. */
export async function openCheckpoint(
  note: string,
  key: VerifierKey,
  verify: VerifySignature,
): Promise<Read<Checkpoint>> {
  const text = await openNote(note, key, verify);
  if (isFault(text)) return fault(`the checkpoint does not hold: ${text.fault}`);
  const read = parseCheckpoint(text.value);
  if (isFault(read) || read.value.origin === key.name) return read;
  return fault(`the checkpoint is of the log ${read.value.origin}, not of ${key.name}`);
}
