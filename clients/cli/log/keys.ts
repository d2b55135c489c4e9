import { type Checkpoint, openCheckpoint } from '../../../domain/log/checkpoint.ts';
import { parseVerifierKey, type VerifierKey } from '../../../domain/log/note.ts';
import { isFault } from '../../../domain/log/read.ts';
import { readIfThere } from '../files.ts';
import { textOf } from '../http.ts';
import { Failure, type Terminal, UsageError } from '../usage.ts';
import { digest, verifySignature } from './crypto.ts';
import { LogFault } from './fault.ts';
import type { LogSource } from './source.ts';

/** The verifier key that has to have signed the checkpoints. */
export interface TrustedKey {
  readonly text: string;
  readonly key: VerifierKey;
  /** The key came from the log itself, so it shows that the log is consistent, not whose log it is. */
  readonly isFirstUse: boolean;
}

/** The key that `--vkey` names: its text, or a file that holds it. @throws UsageError */
export async function keyGiven(given: string): Promise<TrustedKey> {
  const bytes = parses(given) ? undefined : await readIfThere(given);
  const text = (bytes ? textOf(bytes) : given).trim();
  const read = parseVerifierKey(digest, text);
  if (!isFault(read)) return { text, key: read.value, isFirstUse: false };
  throw new UsageError(`--vkey ${given} is neither a verifier key nor a file that holds one: ${read.fault}.`);
}

const parses = (text: string): boolean => !isFault(parseVerifierKey(digest, text));

/**
 * The key to trust: the given one, else the saved one, else the one that the log publishes.
 *
 * @throws Failure when the given and the saved key differ
 */
export async function chooseKey(
  source: LogSource,
  { given, saved }: { readonly given?: string | undefined; readonly saved?: string | undefined },
  { err }: Pick<Terminal, 'err'>,
): Promise<TrustedKey> {
  const trusted = given === undefined ? undefined : await keyGiven(given);
  if (trusted && saved !== undefined && trusted.text !== saved) {
    throw new Failure(`The state file belongs to the log of ${saved}, not to that of --vkey ${trusted.text}.`);
  }
  if (trusted) return trusted;
  const text = saved ?? (await publishedText(source, 'vkey')).replace(/\n$/, '');
  const read = parseVerifierKey(digest, text);
  if (isFault(read)) throw new LogFault(saved === undefined ? 'vkey' : 'state file, vkey', read.fault);
  if (saved === undefined) err(`warning: ${text} was trusted on first use; give --vkey to hold the log to its key.`);
  return { text, key: read.value, isFirstUse: saved === undefined };
}

/** A text that every published log has. @throws LogFault when it is missing */
async function publishedText(source: LogSource, path: string): Promise<string> {
  const bytes = await source.object(path);
  if (bytes) return textOf(bytes);
  throw new LogFault(path, `it is missing in ${source.name}: no log is published there, or not yet`);
}

/** A checkpoint with the signed note that it was read from. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: string;
}

/** @throws LogFault when the key has not signed it */
export async function openedCheckpoint(note: string, { key }: Pick<TrustedKey, 'key'>, place = 'checkpoint') {
  const read = await openCheckpoint(note, key, verifySignature);
  if (isFault(read)) throw new LogFault(place, read.fault);
  return { ...read.value, note };
}

/** The current checkpoint of a log. @throws LogFault when it is missing or the key has not signed it */
export async function checkpointOf(source: LogSource, key: TrustedKey): Promise<SignedCheckpoint> {
  return openedCheckpoint(await publishedText(source, 'checkpoint'), key);
}
