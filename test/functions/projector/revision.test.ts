import { describe, expect, it } from 'vitest';
import { aggregates } from '../../../domain/catalog.ts';
import { digestAfter, EMPTY_DIGEST } from '../../../domain/projections/digest.ts';
import {
  allRows,
  applyCommit,
  isRecordStream,
  type Projection,
  type SealedRecord,
} from '../../../domain/projections/projection.ts';
import { projections } from '../../../domain/projections/projections.ts';
import { rowsByKey } from '../../../functions/projector/difference.ts';
import { sha256 } from '../../../functions/runtime/sha256.ts';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { acceptedCommits } from '../../support/accepted-history.ts';
import { recordsThen } from '../../support/last-revision.ts';

/** What each projection makes of the accepted history: the digest of all rows of every record, and of what it adds to others, after each of its commits. */
const pinned: Record<string, { revision: number; digest: string }> = {
  records: { revision: 10, digest: '5ef7aa2baf2ce3391524d46cad2d1fdf1b32d2bea296754370483856cc36b121' },
  relations: { revision: 1, digest: 'eaaab5851b3ed6c77a952db5d0301e83afd1d955e9a22e62b325a62bac46cafe' },
  statistics: { revision: 1, digest: '70fb4fa8d29b1ba9024a776a4ef900c0bcf26f73933d91e597bb2394d9865421' },
  search: { revision: 1, digest: '5effdcb96ebe866b0236668bc82b175873b0d2a6b7863897b6563c3d2d673c6f' },
};

/** What the release before had pinned, whose rows this one reads until its own are made. */
const pinnedThen = { revision: 9, digest: '57442101946a1bf378257e35434a0e544390e55d710bc4033e85058c888caca4' };

const history = acceptedCommits().filter(({ stream }) => isRecordStream(stream));

function digestOf(projection: Projection): string {
  const records = new Map<string, SealedRecord>();
  return history.reduce((digest, commit) => {
    const record = applyCommit(records.get(commit.stream), eventsOf(commit), commit.position);
    records.set(commit.stream, record);
    return digestAfter(
      sha256,
      digest,
      [],
      [
        ...[...rowsByKey(allRows(projection, record)).values()].map(({ text }) => text),
        ...(projection.sums?.(record) ?? []).map((row) => JSON.stringify(row)),
      ],
    );
  }, EMPTY_DIGEST);
}

describe('the rows of an accepted history', () => {
  it.each(projections)('are those that the revision of $name has always given', (projection) => {
    const { name, revision } = projection;
    expect(
      { revision, digest: digestOf(projection) },
      `a history that was accepted has other rows: raise the revision of the projection "${name}", so that its read model is built anew, and pin the new digest`,
    ).toEqual(pinned[name]);
  });
  it('are made for tests as the release before has made them', () => {
    expect({ revision: recordsThen.revision, digest: digestOf(recordsThen) }).toEqual(pinnedThen);
  });
  it('cover every aggregate that there was then, with corrections and retractions', () => {
    const streams = new Set(history.map(({ stream }) => stream.replace(/-[a-z2-7]{26}$/, '')));
    expect(aggregates.map(({ name }) => name)).toEqual(expect.arrayContaining([...streams]));
    expect(streams.size).toBe(8);
    const types = new Set(history.flatMap(eventsOf).map(({ type }) => type.split('.')[1]));
    for (const type of ['corrected', 'retracted', 'evidence-added']) expect(types).toContain(type);
  });
  it('have another digest when a single row differs', () => {
    const [records] = projections as [Projection];
    const fewer: Projection = { ...records, rows: (record) => records.rows(record).slice(1) };
    expect(digestOf(fewer)).not.toBe(digestOf(records));
  });
});
