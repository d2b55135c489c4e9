import {
  type AttributeValue,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { COMMIT_EVENTS } from '../../domain/bounds.ts';
import { upcast } from '../../domain/catalog.ts';
import type { ReadEvent, RegistryEvent } from '../../domain/kernel/event.ts';
import type { Rule } from '../../domain/problems.ts';
import { isConditionFailed, isContention, isThrottling } from '../runtime/aws-errors.ts';
import { canonical } from '../runtime/canonical.ts';
import { type Commit, commitReader } from './commits.ts';
import type { VaultPut } from './vault.ts';

/**
 * The only code that writes the events table, the only source of truth.
 *
 * - One item is one commit: the events of one decision about one stream. Its key is the version of its first event.
 * - A commit is put only after the end of a stream that was read consistently (`StreamHead`), on condition that its key
 *   is free. So versions have no gaps, and of two writers of one stream only one succeeds.
 * - Commits to several streams are one transaction, together with the names that go into the vault.
 * - A guard is the end of a stream that a decision rests on and does not write: nothing may have come after it.
 * - Nothing here updates or deletes an item. The doctor puts commits back that a restore has lost (`putBack`), on the
 *   same condition.
 */

declare const observed: unique symbol;

/** Where a stream ended when it was read. Only the store makes one, so that callers cannot choose a version themselves. */
export interface StreamHead {
  readonly [observed]: true;
  readonly stream: string;
  /** Version of the last event; 0 for a stream that does not exist yet. */
  readonly version: number;
  /** Key of the last commit; 0 likewise. */
  readonly lastCommit: number;
  /** When the last commit was recorded. */
  readonly recordedAt: string;
}

export interface LoadedStream {
  readonly head: StreamHead;
  /** UTF-8 bytes of all its events. */
  readonly bytes: number;
  readonly commits: readonly Commit[];
}

export interface Append {
  readonly head: StreamHead;
  readonly events: readonly RegistryEvent[];
  readonly commandId: string;
  readonly requestHash: string;
  readonly recordedAt: string;
}

/** An append over one of the caps of the log's format; nothing was written. */
export interface CapExceeded {
  readonly rule: Rule;
  readonly detail: string;
}

type Rehearsed =
  | { readonly outcome: 'appended'; readonly commits: readonly Commit[] }
  | ({ readonly outcome: 'cap' } & CapExceeded);

export type AppendResult =
  | Rehearsed
  /**
   * The key is taken, by another commit or by this one on an earlier attempt: `winners` has the commit. Without
   * winners, another transaction held the streams, or something came after a guard: what is there is no commit of these
   * streams. Load the streams again.
   */
  | { readonly outcome: 'conflict'; readonly winners: readonly Commit[] }
  /** The table is throttled; nothing was written. */
  | { readonly outcome: 'throttled' };

/** UTF-8 bytes of an event. */
export const MAX_EVENT_BYTES = 16 * 1024;
const MAX_COMMIT_BYTES = 300_000;
const MAX_ACTIONS = 100;
const MAX_SUBMISSION_BYTES = 3_500_000;

/** UTF-8 bytes of events as they are stored. */
export const bytesOfEvents = (events: readonly string[]): number =>
  events.reduce((sum, event) => sum + Buffer.byteLength(event), 0);

/** The events of a commit, parsed and upcast, for folding and deciding. */
export const eventsOf = ({ events }: { readonly events: readonly string[] }): ReadEvent[] =>
  events.map((event) => upcast(JSON.parse(event)));

const texts = new WeakMap<RegistryEvent, string>();

/** An event as it is stored. Its canonical JSON is made once, since an event does not change. */
export function eventText(event: RegistryEvent): string {
  const text = texts.get(event) ?? canonical(event);
  texts.set(event, text);
  return text;
}

export type EventStore = ReturnType<typeof createEventStore>;

export function createEventStore({ documents, table }: { documents: DynamoDBDocumentClient; table: string }) {
  const { readForwards, readBackwards } = commitReader({ documents, table });

  /** All commits of a stream, oldest first, and its end. Strongly consistent. */
  async function load(stream: string): Promise<LoadedStream> {
    const commits = await Array.fromAsync(readForwards(stream));
    const bytes = commits.reduce((sum, { events }) => sum + bytesOfEvents(events), 0);
    return { head: headAfter(stream, commits.at(-1)), bytes, commits };
  }

  /** The end of a stream and its last commit, however long it is. Strongly consistent. */
  async function end(stream: string): Promise<{ readonly head: StreamHead; readonly last: Commit | undefined }> {
    const { value } = await readBackwards(stream, undefined, 1).next();
    const last = value ?? undefined;
    return { head: headAfter(stream, last), last };
  }

  /** The commit that holds the event of a stream with this version. Strongly consistent. */
  async function commitWith(stream: string, version: number): Promise<Commit | undefined> {
    const { value } = await readBackwards(stream, version + 1, 1).next();
    return value ?? undefined;
  }

  /** What `append` would write, checked against the caps. Writes nothing. */
  function rehearse(
    appends: readonly Append[],
    beside: readonly VaultPut[] = [],
    guards: readonly StreamHead[] = [],
  ): Rehearsed {
    const commits = appends.map(commitOf);
    if (commits.length === 0) throw new Error('nothing to append');
    const cap = capOf(commits, { persons: beside.length, guards: guards.length });
    return cap ? { outcome: 'cap', ...cap } : { outcome: 'appended', commits };
  }

  /** Writes all appends and the puts into the vault beside them, or none. Each append and each guard is of another stream. */
  async function append(
    appends: readonly Append[],
    beside: readonly VaultPut[] = [],
    guards: readonly StreamHead[] = [],
  ): Promise<AppendResult> {
    const rehearsed = rehearse(appends, beside, guards);
    if (rehearsed.outcome === 'cap') return rehearsed;
    try {
      await write(rehearsed.commits, beside, guards);
      return rehearsed;
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async function write(
    commits: readonly Commit[],
    beside: readonly VaultPut[],
    guards: readonly StreamHead[],
  ): Promise<void> {
    const puts = [...commits.map(itemOf), ...beside].map((one) => ({ Put: one }));
    const checks = guards.map((head) => ({ ConditionCheck: nothingAfter(head) }));
    const [only, ...others] = [...puts, ...checks];
    if (only && 'Put' in only && others.length === 0) await documents.send(new PutCommand(only.Put));
    else await documents.send(new TransactWriteCommand({ TransactItems: [...puts, ...checks] }));
  }

  const isFree = {
    TableName: table,
    ConditionExpression: 'attribute_not_exists(#stream)',
    ExpressionAttributeNames: { '#stream': 'stream' },
  };
  const itemOf = (commit: Commit) => ({
    ...isFree,
    Item: commit,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  });
  /** Whatever commit comes next has this key. */
  const nothingAfter = ({ stream, version }: StreamHead) => ({ ...isFree, Key: { stream, version: version + 1 } });

  /**
   * Puts back a published commit that a restore has lost. Returns another commit if that has its key; that one stays.
   */
  async function putBack(commit: Commit): Promise<Commit | undefined> {
    try {
      await documents.send(new PutCommand(itemOf(commit)));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const [there] = shown(error.Item);
      if (!there) throw error;
      return sameCommit(commit, there) ? undefined : there;
    }
  }

  return { load, end, commitWith, append, rehearse, putBack };
}

const headAfter = (stream: string, last: Commit | undefined) =>
  ({
    stream,
    version: last ? last.version + last.events.length - 1 : 0,
    lastCommit: last?.version ?? 0,
    recordedAt: last?.recordedAt ?? '',
  }) as StreamHead;

/** Whether two items are the same commit in all attributes. */
export function sameCommit(one: Commit, other: Commit): boolean {
  const parts = ({ stream, version, previous, events, commandId, requestHash, recordedAt }: Commit) =>
    JSON.stringify([stream, version, previous, events, commandId, requestHash, recordedAt]);
  return parts(one) === parts(other);
}

/** The outcome of an append that failed. @throws an error that does not tell the outcome */
function outcomeOf(error: unknown): AppendResult {
  if (error instanceof ConditionalCheckFailedException) return { outcome: 'conflict', winners: shown(error.Item) };
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  if (isConditionFailed(error) || isContention(error)) {
    return { outcome: 'conflict', winners: reasons.flatMap(({ Item }) => shown(Item)) };
  }
  if (isThrottling(error)) return { outcome: 'throttled' };
  throw error;
}

/** The item that has the key. The document client does not unmarshal the items of errors. */
const shown = (item: Record<string, AttributeValue> | undefined) => (item ? [unmarshall(item) as Commit] : []);

function commitOf({ head, events, commandId, requestHash, recordedAt }: Append): Commit {
  return {
    stream: head.stream,
    version: head.version + 1,
    previous: head.lastCommit,
    events: events.map(eventText),
    commandId,
    requestHash,
    recordedAt,
  };
}

function capOf(
  commits: readonly Commit[],
  { persons, guards }: { readonly persons: number; readonly guards: number },
): CapExceeded | undefined {
  if (commits.length + persons + guards > MAX_ACTIONS) {
    const written = `${commits.length} streams${persons === 0 ? '' : ` and ${persons} names`} are written`;
    const guarded = guards === 0 ? '' : ` and ${guards} more streams are guarded`;
    return { rule: 'cap-actions', detail: `${written}${guarded}; at most ${MAX_ACTIONS} at once` };
  }
  for (const { stream, events } of commits) {
    if (events.length === 0) throw new Error(`${stream}: an append has events`);
    if (events.length > COMMIT_EVENTS) {
      return {
        rule: 'cap-commit-events',
        detail: `${events.length} events for ${stream}; at most ${COMMIT_EVENTS}`,
      };
    }
    const largest = Math.max(...events.map((event) => Buffer.byteLength(event)));
    if (largest > MAX_EVENT_BYTES) {
      return {
        rule: 'cap-event-bytes',
        detail: `an event of ${largest} bytes for ${stream}; at most ${MAX_EVENT_BYTES}`,
      };
    }
    if (bytesOfEvents(events) > MAX_COMMIT_BYTES) {
      return {
        rule: 'cap-commit-bytes',
        detail: `${bytesOfEvents(events)} bytes for ${stream}; at most ${MAX_COMMIT_BYTES}`,
      };
    }
  }
  const total = commits.reduce((sum, { events }) => sum + bytesOfEvents(events), 0);
  return total > MAX_SUBMISSION_BYTES
    ? { rule: 'cap-submission-bytes', detail: `${total} bytes; at most ${MAX_SUBMISSION_BYTES}` }
    : undefined;
}
