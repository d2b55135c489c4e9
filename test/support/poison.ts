import type { Projection, Row, SealedRecord } from '../../domain/projections/projection.ts';
import type { SummedRow } from '../../domain/projections/sums.ts';
import { type Commit, type Commits, keyText } from '../../functions/stores/commits.ts';

/**
 * A record that a build cannot take: its projection throws `from` a version on, or at `once` version only; or gives a row
 * that is too `large` from a version on; or the build cannot read the commit that begins at a version.
 */
export interface Poison {
  readonly kind: 'from' | 'once' | 'large' | 'unread';
  readonly version: number;
}

/** Poisons by the ids of records. */
export type Poisons = ReadonlyMap<string, Poison>;

/** Whether a build with this poison can take the record as it is after a commit. */
export function takes(poison: Poison | undefined, commit: { readonly version: number; readonly end: number }): boolean {
  if (!poison) return true;
  if (poison.kind === 'once') return commit.end !== poison.version;
  if (poison.kind === 'unread') return commit.version < poison.version;
  return commit.end < poison.version;
}

/** The projection of a build that has these poisons. */
export function poisoned(projection: Projection, poisons: Poisons): Projection {
  const rows = (sealed: SealedRecord): readonly Row[] => {
    const { id, version } = sealed.record;
    const poison = poisons.get(id);
    const own = projection.rows(sealed);
    if (!poison || takes(poison, { version: 0, end: version })) return own;
    if (poison.kind !== 'large') throw new Error(`${id} is not taken\nat version ${version}`);
    return [...own, { partition: `large/${id}`, sort: id, value: { text: 'x'.repeat(70_000) } }];
  };
  return { ...projection, rows };
}

/** The commits as that build reads them. */
export function unread<Reader extends Pick<Commits, 'readCommits' | 'readForwards'>>(
  commits: Reader,
  poisons: Poisons,
): Pick<Commits, 'readCommits' | 'readForwards'> {
  const later = (commit: Commit): Commit => {
    const poison = poisons.get(commit.stream);
    if (poison?.kind !== 'unread' || commit.version !== poison.version) return commit;
    return { ...commit, events: commit.events.map((event) => event.replace(/(\/schemas\/[^/"]+\/)\d+"/, '$1999"')) };
  };
  return {
    async readCommits(keys) {
      const found = await commits.readCommits(keys);
      return new Map([...found.values()].map((commit) => [keyText(commit), later(commit)]));
    },
    async *readForwards(...range) {
      for await (const commit of commits.readForwards(...range)) yield later(commit);
    },
  };
}

/**
 * A projection that gives some records, at each version, more rows than fit into one transaction. All records share rows,
 * in which counters come and go.
 */
export function widened(projection: Projection, records: ReadonlySet<string>, count = 120): Projection {
  const rows = (sealed: SealedRecord): readonly Row[] => {
    const { id, version } = sealed.record;
    const own = projection.rows(sealed);
    if (!records.has(id)) return own;
    const wide = Array.from({ length: count }, (_, index) => ({
      partition: `wide/${index}`,
      sort: `${index % 3 === 0 ? version : 0}/${id}`,
      value: { version },
    }));
    return [...own, ...wide];
  };
  const sums = (sealed: SealedRecord): readonly SummedRow[] => {
    const { id, version, aggregate } = sealed.record;
    const shared = Array.from({ length: records.has(id) ? 40 : 2 }, (_, index) => ({
      partition: `shared/${aggregate.collection}`,
      sort: `${(version + index) % 60}`,
      add: { records: 1, [`at ${version % 3}`]: version },
    }));
    return [...(projection.sums?.(sealed) ?? []), ...shared];
  };
  return { ...projection, rows, sums };
}
