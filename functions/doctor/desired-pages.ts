import { equalBytes } from '../../domain/log/bytes.ts';
import { type Commit, keyText } from '../stores/commits.ts';
import type { LogPage, Marker } from '../stores/log-items.ts';
import type { LogEnd } from '../stores/log-repair.ts';
import { stepOf } from '../stores/log-step.ts';
import type { LogStore } from '../stores/log-store.ts';
import { publishedPageBytes } from '../stores/published-page.ts';
import type { Sealable } from '../stores/sealable.ts';

/**
 * A page that the log has to have, and the log's end before and after it: because it is in the signed tree, because the
 * publisher wrote it and died before the checkpoint, or because it was sealed and all its commits are still there.
 */
export interface DesiredPage {
  readonly page: LogPage;
  readonly markers: readonly Marker[];
  readonly commits: readonly Commit[];
  readonly before: LogEnd;
  readonly after: LogEnd;
}

/** The page of these commits after `before`: the step of the log that a sequencer would take. */
export function pageAfter(before: LogEnd, sealed: readonly Sealable[], sealedAt: string): DesiredPage {
  const tables = { events: '', log: '' };
  const { page, markers, head } = stepOf({ ...before, tables }, sealed, Date.parse(sealedAt), tables);
  const { size, root, frontier } = head;
  const after: LogEnd = { size, root, frontier, sealedAt: page.sealedAt };
  return { page, markers, commits: sealed.map(({ commit }) => commit), before, after };
}

/** The bytes that the publisher writes for the page. */
export function publishedBytes({ page, commits }: Pick<DesiredPage, 'page' | 'commits'>): Uint8Array {
  const byKey = new Map(commits.map((commit) => [keyText(commit), commit]));
  return publishedPageBytes(page, (sealed) => byKey.get(keyText(sealed)) as Commit);
}

/**
 * The condition of a desired page in the log table: `whole`, with its markers and instant; `incomplete`, with something
 * missing or changed; `absent`; or `other`, with other positions in its place.
 */
export type PageCondition = 'whole' | 'incomplete' | 'absent' | 'other';

/** Also returns how many of the page's markers are right. */
export async function conditionOf(
  { page, markers }: Pick<DesiredPage, 'page' | 'markers'>,
  log: Pick<LogStore, 'pagesBeginning' | 'markers' | 'lastOfInstant'>,
): Promise<{ how: PageCondition; marked: number }> {
  const found = await Array.fromAsync(log.pagesBeginning(page.first, page.size));
  const [there] = found;
  const [marks, last = -1] = await Promise.all([log.markers(markers), log.lastOfInstant(page)]);
  const marked = markers.filter((marker) => sameMarker(marks.get(keyText(marker)), marker)).length;
  if (!there) return { how: 'absent', marked };
  if (found.length > 1 || !samePositions(there, page)) return { how: 'other', marked };
  const isWhole = sameText(there, page) && last >= page.size - 1 && marked === markers.length;
  return { how: isWhole ? 'whole' : 'incomplete', marked };
}

const samePositions = (one: LogPage, other: LogPage): boolean =>
  one.first === other.first &&
  one.size === other.size &&
  one.leaves.every((leaf, at) => equalBytes(leaf, other.leaves[at] ?? new Uint8Array()));

const sameText = (one: LogPage, other: LogPage): boolean => {
  const text = ({ sealedAt, commits }: LogPage) =>
    JSON.stringify([sealedAt, commits.map((row) => [row.stream, row.version, row.count, row.requestHash])]);
  return text(one) === text(other) && equalBytes(one.root, other.root);
};

const sameMarker = (found: Marker | undefined, marker: Marker): boolean =>
  found?.position === marker.position && found.count === marker.count && equalBytes(found.hash, marker.hash);

export const sameEnd = (one: LogEnd, other: LogEnd): boolean =>
  one.size === other.size &&
  one.sealedAt === other.sealedAt &&
  equalBytes(one.root, other.root) &&
  one.frontier.length === other.frontier.length &&
  one.frontier.every((hash, at) => equalBytes(hash, other.frontier[at] ?? new Uint8Array()));
