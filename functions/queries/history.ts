import { CHANGES_BYTES, CHANGES_SHOWN, PAGE_BYTES } from '../../domain/bounds.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { type Change, changesBetween, presentRecord } from '../../domain/presentation.ts';
import { applyCommits, type SealedRecord } from '../../domain/projections/projection.ts';
import { bytesOf } from '../../domain/reading/pages.ts';
import { gatherEvidence } from '../../domain/record/evidence.ts';
import { withPosition } from '../stores/commits.ts';
import { eventsOf } from '../stores/event-store.ts';

interface SealedCommit {
  readonly commit: { readonly events: readonly string[] };
  /** Of its first event. */
  readonly position: number;
}

/** An event as it was recorded, and where the record is another than before. */
interface HistoryItem extends RegistryEvent {
  readonly position: number;
  readonly changes: readonly Change[];
  /** How many more places changed than are told. */
  readonly changesLeftOut?: number;
}

export interface HistoryPage {
  readonly items: readonly HistoryItem[];
  /** Version of the last event of the page. */
  readonly next?: string;
}

interface Range {
  readonly limit: number;
  /** Version of the event after which the page begins. */
  readonly after: number;
}

/** The events of a record after a version, each with what it changed. What stands before the page is folded once. */
export async function historyPage(
  commits: AsyncIterable<SealedCommit> | Iterable<SealedCommit>,
  range: Range,
): Promise<HistoryPage> {
  const { limit, after } = range;
  const recorded: RecordedEvent[] = [];
  for await (const sealed of commits) {
    recorded.push(...recordedIn(sealed));
    if (recorded.length > after + limit) break;
  }
  const before = applyCommits(undefined, recorded.slice(0, after));
  const items: HistoryItem[] = [];
  let bytes = 0;
  for (const item of itemsOf(before, recorded.slice(after))) {
    bytes += bytesOf(item);
    const isFull = items.length === limit || (items.length > 0 && bytes > PAGE_BYTES);
    if (isFull) return { items, next: String(after + items.length) };
    items.push(item);
  }
  return { items };
}

/** One event by itself, and its text as it was recorded. */
interface RecordedEvent {
  readonly events: readonly [RegistryEvent];
  readonly position: number;
  readonly text: string;
}

const recordedIn = ({ commit, position }: SealedCommit): RecordedEvent[] =>
  eventsOf(commit).map((event, index) => ({
    events: [event],
    position: position + index,
    text: commit.events[index] as string,
  }));

function* itemsOf(before: SealedRecord | undefined, recorded: readonly RecordedEvent[]): Generator<HistoryItem> {
  const evidenceOfVersion = gatherEvidence();
  const present = (sealed: SealedRecord) => presentRecord(sealed, undefined, evidenceOfVersion(sealed.record));
  let [record, was]: [SealedRecord | undefined, object] = [before, before ? present(before) : {}];
  for (const one of recorded) {
    record = applyCommits(record, [one]);
    const is = record ? present(record) : {};
    yield { ...JSON.parse(withPosition(one.text, one.position)), ...told(changesBetween(was, is)) };
    was = is;
  }
}

/** A page without changes that are none once words stand in the place of ids: the same words have another id each time. */
export const withoutSame = (page: HistoryPage): HistoryPage => ({
  ...page,
  items: page.items.map((item) => ({
    ...item,
    changes: item.changes.filter(({ was, is }) => was === undefined || JSON.stringify(was) !== JSON.stringify(is)),
  })),
});

/** As many changes as one event may tell. */
function told(all: readonly Change[]): Pick<HistoryItem, 'changes' | 'changesLeftOut'> {
  let bytes = 0;
  const changes = all.slice(0, CHANGES_SHOWN);
  const end = changes.findIndex((change) => {
    bytes += bytesOf(change);
    return bytes > CHANGES_BYTES;
  });
  const shown = end < 0 ? changes : changes.slice(0, end);
  return { changes: shown, ...(shown.length < all.length && { changesLeftOut: all.length - shown.length }) };
}
