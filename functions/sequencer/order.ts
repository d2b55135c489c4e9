import { type Commit, type CommitKey, type Commits, keyText } from '../stores/commits.ts';
import { isReservedName, type Marker } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import { follows, isUnreadable, keyOf, readCommit, type Sealable, type Unreadable } from '../stores/sealable.ts';

/**
 * Which commits can be sealed next, and in which order.
 *
 * The stream of the events table delivers at least once, and in order for one item only: two commits of one stream are
 * two items, so they may arrive in the wrong order or in different batches. A batch shows only that its commits exist.
 * A commit is sealed if it has a marker; predecessors that are not sealed are read from the table and come first.
 */
export type SealingPlan = {
  /** Each after its predecessor, otherwise as they arrived. */
  ready: Sealable[];
  /** These, and what follows them in their streams, stay unsealed. */
  unreadable: Unreadable[];
  /** Sealed with other bytes than they have now. */
  tampered: Marker[];
  /** Keys of the batch that are sealed already, as `keyText`. */
  done: string[];
  /** A chain was too long for one plan: seal what is ready, then plan again. */
  more: boolean;
};

/** Unsealed commits of one stream that are read at a time. */
const CHAIN = 200;

type Found = Sealable | Unreadable;
type Chain = { chain: Sealable[]; unreadable: Unreadable[]; more: boolean };
export type Sources = {
  log: Pick<LogStore, 'markers' | 'lastMarker'>;
  commits: Pick<Commits, 'readForwards'>;
};

export async function sealingPlanOf(batch: readonly Partial<Commit>[], sources: Sources): Promise<SealingPlan> {
  const plan: SealingPlan = { ready: [], unreadable: [], tampered: [], done: [], more: false };
  const arrived = [...new Map(batch.map((item) => [keyText(item as Commit), readCommit(item)])).values()];
  const markers = await sources.log.markers(arrived.flatMap(markersToRead));

  const unsealed = new Map<string, Found[]>();
  for (const found of arrived) {
    const key = keyOf(found);
    const marker = markers.get(keyText(key));
    if (!mayHaveMarker(key)) plan.unreadable.push(found as Unreadable);
    else if (!marker) unsealed.set(key.stream, [...(unsealed.get(key.stream) ?? []), found]);
    else {
      plan.done.push(keyText(key));
      if (isUnreadable(found) || !Buffer.from(found.hash).equals(marker.hash)) plan.tampered.push(marker);
    }
  }

  const chains = new Map<string, Sealable[]>();
  const follow = async ([stream, found]: [string, Found[]]) => {
    const { chain, unreadable, more } = await chainOf(found, markers, sources);
    chains.set(stream, chain);
    plan.unreadable.push(...unreadable);
    plan.more ||= more;
  };
  await Promise.all([...unsealed].map(follow));
  plan.ready = weave(arrived.map(keyOf), chains);
  return plan;
}

function markersToRead(found: Found) {
  const { stream, version } = keyOf(found);
  if (!mayHaveMarker({ stream, version })) return [];
  if (isUnreadable(found) || found.commit.previous === 0) return [{ stream, version }];
  return [
    { stream, version },
    { stream, version: found.commit.previous },
  ];
}

/** Whether a commit of this key can have a marker: not if the event store could not have written it. */
export const mayHaveMarker = ({ stream, version }: CommitKey) =>
  !isReservedName(stream) && Number.isSafeInteger(version);

/** The unsealed commits of one stream up to the last that arrived, without gaps; from the batch if it has them all. */
async function chainOf(arrived: Found[], markers: Map<string, Marker>, sources: Sources): Promise<Chain> {
  const chain = arrived.filter(isReadable).sort(byVersion);
  const first = chain[0]?.commit;
  const before = first && markers.get(keyText({ stream: first.stream, version: first.previous }));
  const whole =
    chain.length === arrived.length && chain.every((next, at) => follows(at ? after(chain[at - 1]) : before, next));
  return whole ? { chain, unreadable: [], more: false } : chainFromTable(arrived, sources);
}

/** The same from the table, after the last sealed commit. Stops at a commit that is unreadable or does not follow. */
async function chainFromTable(arrived: Found[], { log, commits }: Sources): Promise<Chain> {
  const keys = arrived.map(keyOf);
  const stream = (keys[0] as { stream: string }).stream;
  const last = await log.lastMarker(stream);
  const to = Math.max(...keys.map(({ version }) => version));
  const chain: Sealable[] = [];
  let before: Pick<Marker, 'version' | 'count'> | undefined = last;
  for await (const item of commits.readForwards(stream, last?.version, to)) {
    const next = readCommit(item);
    if (isUnreadable(next)) return { chain, unreadable: [next], more: false };
    if (!follows(before, next)) {
      const fault = `it does not follow version ${before?.version ?? 0}, the commit before it in its stream`;
      return { chain, unreadable: [{ ...keyOf(next), fault }], more: false };
    }
    chain.push(next);
    before = after(next);
    if (chain.length === CHAIN && next.commit.version < to) return { chain, unreadable: [], more: true };
  }
  return { chain, unreadable: await withoutPlace(arrived, chain, last, log), more: false };
}

/** The commits that arrived and have no place in their stream. */
async function withoutPlace(arrived: Found[], chain: Sealable[], last: Marker | undefined, log: Sources['log']) {
  const placed = new Set(chain.map((found) => keyText(found.commit)));
  const rest = arrived.filter((found) => !placed.has(keyText(keyOf(found))));
  // Read again: another sequencer may have sealed them since.
  const markers = await log.markers(rest.map(keyOf));
  const faultOf = (found: Found) => {
    if (isUnreadable(found)) return found.fault;
    return found.commit.version > (last?.version ?? 0)
      ? 'it is not in the events table any more'
      : 'it stands among commits that were sealed without it';
  };
  return rest
    .filter((found) => !markers.has(keyText(keyOf(found))))
    .map((found) => ({ ...keyOf(found), fault: faultOf(found) }));
}

/**
 * Merges the streams' chains into one order: each arrival of a commit takes its stream's chain up to the next version
 * that arrived. So the order of arrival changes only among commits of one stream.
 */
function weave(arrived: CommitKey[], chains: Map<string, Sealable[]>): Sealable[] {
  const versions = Map.groupBy(arrived, ({ stream }) => stream);
  for (const keys of versions.values()) keys.sort((a, b) => b.version - a.version);
  const rest = new Map([...chains].map(([stream, chain]) => [stream, chain.toReversed()]));
  const ready: Sealable[] = [];
  for (const { stream } of arrived) {
    const to = versions.get(stream)?.pop()?.version ?? 0;
    const chain = rest.get(stream) ?? [];
    for (let next = chain.at(-1); next && next.commit.version <= to; next = chain.at(-1)) {
      ready.push(next);
      chain.pop();
    }
  }
  return ready;
}

const after = (found: Sealable | undefined) =>
  found && { version: found.commit.version, count: found.commit.events.length };

const isReadable = (found: Found): found is Sealable => !isUnreadable(found);

const byVersion = (a: Sealable, b: Sealable) => a.commit.version - b.commit.version;
