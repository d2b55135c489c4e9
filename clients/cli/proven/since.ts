import { READ_MODELS, STATED } from '../../../domain/bookkeeping.ts';
import type { Checkpoint } from '../../../domain/log/checkpoint.ts';
import { edgeOf, partialTiles, tileIn } from '../../../domain/log/tiles.ts';
import { isRecordStream } from '../../../domain/projections/projection.ts';
import { eventIn } from '../compare/fold.ts';
import type { Log } from '../log/blame.ts';
import { contradiction, isExtension } from '../log/fork.ts';
import { checkpointOf, type TrustedKey } from '../log/keys.ts';
import { type LogSource, tileOf } from '../log/source.ts';
import { walk } from '../log/walk.ts';
import { Unproven } from './unproven.ts';

/** What the log has behind a proven answer. */
export interface Since {
  readonly checkpoint: Checkpoint;
  /** Position of the newest statement, where it is a later one than that of the answer. */
  readonly later: number | undefined;
  /** The records with events that the answer does not cover. */
  readonly changed: ReadonlySet<string>;
  /** How many events the answer does not cover. */
  readonly behind: number;
}

/**
 * Takes the newest checkpoint, which has to extend the one of the proof, and reads the entries that the answer does not
 * cover. @throws Unproven, LogFault
 */
export async function readSince(
  source: LogSource,
  key: TrustedKey,
  {
    checkpoint: proven,
    index,
    position,
  }: { readonly checkpoint: Checkpoint; readonly index: number; readonly position: number },
): Promise<Since> {
  const newest = await checkpointOf(source, key);
  // A checkpoint that is cached somewhere may be older than the one in the proof.
  const [older, checkpoint] = newest.size < proven.size ? [newest, proven] : [proven, newest];
  await refuseFork(older, { source, checkpoint });
  const from = position + 1;
  const changed = new Set<string>();
  let later: number | undefined;
  for await (const { first, entries } of walk({ source, checkpoint }, await startAt(from, source, checkpoint))) {
    for (const [at, entry] of entries.entries()) {
      const { subject, type } = eventIn(entry, first + at);
      if (isRecordStream(subject)) changed.add(subject);
      if (subject === READ_MODELS && type === STATED && first + at > index) later = first + at;
    }
  }
  return { checkpoint, later, changed, behind: checkpoint.size - from };
}

/** @throws Unproven where two signed checkpoints are not of one log */
async function refuseFork(older: Checkpoint, log: Log): Promise<void> {
  const fault = contradiction(older, log.checkpoint);
  if (fault) throw new Unproven(fault.message);
  if (await isExtension(older, log)) return;
  throw new Unproven(
    `the log was forked: its ${log.checkpoint.size} entries do not begin with the ${older.size} of another checkpoint`,
  );
}

/** The edge of the first entries, from tiles that hold only if the walk from there comes to the signed root. */
async function startAt(size: number, source: LogSource, checkpoint: Checkpoint) {
  const tiles = partialTiles(size).map(async (tile) => {
    const { hashes } = await tileOf(source, tileIn(checkpoint.size, tile.level, tile.index));
    return { ...tile, hashes: hashes.slice(0, tile.width) };
  });
  const edge = edgeOf(size, await Promise.all(tiles));
  return { edge, compared: edge };
}
