import { fromBase64 } from '../../../domain/log/bytes.ts';
import type { Checkpoint } from '../../../domain/log/checkpoint.ts';
import { leafHash } from '../../../domain/log/merkle.ts';
import { verifyInclusion } from '../../../domain/log/proofs.ts';
import { isFault } from '../../../domain/log/read.ts';
import { applyCommits, isRecordStream } from '../../../domain/projections/projection.ts';
import type { Replayed, RowSources } from '../../../domain/reading/question.ts';
import { commitsOfStream, eventIn, type PositionedEvent, sealedEvents } from '../compare/fold.ts';
import { digest } from '../log/crypto.ts';
import { Unproven } from './unproven.ts';

/** An event in the tree of the checkpoint of a proof. */
export interface ProvenEntry {
  readonly entry: string;
  readonly index: number;
  readonly path: readonly string[];
}

/** The events, each of which is in the tree. @throws Unproven */
export function provenEvents(entries: readonly ProvenEntry[], { size, root }: Checkpoint): PositionedEvent[] {
  return entries.map(({ entry, index, path }) => {
    const bytes = Buffer.from(entry);
    const hashes = path.map(fromBase64);
    const isIncluded =
      !hashes.some(isFault) &&
      verifyInclusion(digest, {
        index,
        size,
        leaf: leafHash(digest, bytes),
        path: hashes.flatMap((hash) => (isFault(hash) ? [] : [hash.value])),
        root,
      });
    if (!isIncluded) throw new Unproven(`the event that is told of position ${index} is not the one in the log`);
    return { ...eventIn(bytes, index), position: index };
  });
}

/** Folds records from proven events. @throws Unproven where events are missing */
export function replayedFrom(events: readonly PositionedEvent[], leftOut: number): RowSources['replayed'] {
  return async ({ id, version }): Promise<Replayed> => {
    const own = events.filter(({ subject, streamversion }) => subject === id && streamversion <= version);
    const inOrder = own.toSorted((one, other) => one.streamversion - other.streamversion);
    const missing = Array.from({ length: version }, (_, at) => at + 1).find(
      (due, at) => inOrder[at]?.streamversion !== due || inOrder[at]?.id !== `${id}/${due}`,
    );
    if (missing !== undefined) {
      const more = leftOut > 0 ? `: ${leftOut} are left out, which registry history and registry proof show` : '';
      throw new Unproven(`the event ${id}/${missing} is not proven${more}`);
    }
    const commits = commitsOfStream(inOrder).map(sealedEvents);
    const sealed = isRecordStream(id) ? applyCommits(undefined, commits) : undefined;
    if (!sealed) throw new Unproven(`the record ${id} has no events`);
    return { sealed, commits };
  };
}
