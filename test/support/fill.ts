import { canonical } from '../../functions/runtime/canonical.ts';
import type { Commit } from '../../functions/stores/commits.ts';
import { createEventStore } from '../../functions/stores/event-store.ts';
import { putCommits } from './commits.ts';
import type { TestEngine } from './engine.ts';

const EVENTS_PER_COMMIT = 100;
const LARGE = 14_000;

/** How large the next event is, so that the bytes that are left end with one. */
const nextSize = (left: number) => (left > 2 * LARGE ? LARGE : left > LARGE ? Math.floor(left / 2) : left);

/** How far a record is filled: with so many events, whose data may differ, or with so many bytes. */
export type Filling =
  | { readonly events: number; readonly vary?: (index: number) => object }
  | { readonly bytes: number };

/**
 * Makes a record as large as a test needs it, past the commands: with copies of its last event, padded in a note of it
 * where bytes are asked for.
 */
export async function fillRecord(
  { documents }: Pick<TestEngine, 'documents'>,
  table: string,
  id: string,
  to: Filling,
): Promise<void> {
  const { head, commits } = await createEventStore({ documents, table }).load(id);
  const last = JSON.parse(commits.at(-1)?.events.at(-1) ?? '{}');
  const copyWith = (version: number, more: object = {}) =>
    canonical({ ...last, id: `${id}/${version}`, streamversion: version, data: { ...last.data, ...more } });
  const copy = (version: number, note: number) =>
    copyWith(version, { notes: [{ text: 'x'.repeat(note), lang: 'en' }] });
  const copies: string[] = [];
  if ('events' in to) {
    for (let version = head.version + 1; version <= to.events; version++) {
      copies.push(copyWith(version, to.vary?.(copies.length)));
    }
  } else {
    const stored = commits.flatMap(({ events }) => events).reduce((sum, event) => sum + Buffer.byteLength(event), 0);
    for (let left = to.bytes - stored; left > 0; left -= Buffer.byteLength(copies.at(-1) ?? '')) {
      const version = head.version + copies.length + 1;
      copies.push(copy(version, nextSize(left) - Buffer.byteLength(copy(version, 0))));
    }
  }
  await putCommits(documents, table, commitsOf(id, head, copies, 'bytes' in to ? 10 : EVENTS_PER_COMMIT));
}

function commitsOf(
  stream: string,
  head: { version: number; lastCommit: number; recordedAt: string },
  events: readonly string[],
  each: number,
): Commit[] {
  return Array.from({ length: Math.ceil(events.length / each) }, (_, index): Commit => {
    const version = head.version + 1 + index * each;
    return {
      stream,
      version,
      previous: index === 0 ? head.lastCommit : version - each,
      events: events.slice(index * each, (index + 1) * each),
      commandId: `filling-${version}`,
      requestHash: `hash-${stream}-${version}`,
      recordedAt: head.recordedAt,
    };
  });
}
