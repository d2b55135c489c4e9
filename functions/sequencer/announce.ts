import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { leafHash } from '../../domain/log/merkle.ts';
import { packedStream, slicesOf } from '../../domain/values/lists.ts';
import type { Alarm } from '../runtime/alarms.ts';
import { type Backoff, RetryableError, retry } from '../runtime/backoff.ts';
import { sha256 } from '../runtime/sha256.ts';
import { type Commits, keyText, withPosition } from '../stores/commits.ts';
import { type LogPage, type PageCommit, type TableNames, whyNotContinued } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';

/** Sends the events to the bus that are sealed and not announced. Never throws: sealing must not wait for a bus. */
export type Announcer = () => Promise<void>;

export type AnnouncerDeps = {
  log: LogStore;
  commits: Pick<Commits, 'readCommits'>;
  tables: TableNames;
  bus: Pick<EventBridgeClient, 'send'>;
  busName: string;
  /** The registry's origin: the `Source` of every entry. */
  source: string;
  clock: () => number;
  backoff: Backoff;
  alarm: Alarm;
  /** How long one call may take, in milliseconds. */
  budget?: number;
};

/** AWS limits of one PutEvents call. */
const ENTRIES_PER_CALL = 10;
const BYTES_PER_CALL = 256 * 1024;

/** Commits in memory at a time; each has at most 400 KB. */
const COMMITS_PER_READ = 25;
const ATTEMPTS = 3;

type BusEntry = PutEventsRequestEntry & { position: number };

/**
 * Every sealed event goes to the bus in order of position, then one `log.sealed` {from, to} (from ≤ position < to).
 * Last, the cursor moves past what the bus has accepted, on condition that it is where it was. What fails or crashes
 * before is announced again: events arrive at least once, and subscribers drop duplicates by `id`.
 */
export function createAnnouncer(deps: AnnouncerDeps): Announcer {
  const { log, tables, clock, alarm, budget = 2000 } = deps;

  async function announce(): Promise<void> {
    const deadline = clock() + budget;
    const head = await log.readHead();
    const from = await log.announced();
    if (!head || from >= head.size) return;
    const refusal = whyNotContinued(head, tables);
    if (refusal) throw new Error(refusal);

    const { next, failure } = await putEvents(deps, from, head.size, deadline);
    if (next > from) {
      await put(deps, [sealedMessage(deps, from, next)], deadline);
      await log.advanceAnnounced(from, next);
    }
    if (failure) throw failure;
  }

  return async () => {
    try {
      await announce();
    } catch (error) {
      alarm('AnnouncingAlarm', 'the bus was not told everything that is sealed', { error });
    }
  };
}

/** Sends until the deadline or a failure of the bus; `next` is the first position that the bus has not accepted. */
async function putEvents(deps: AnnouncerDeps, from: number, to: number, deadline: number) {
  let next = from;
  try {
    for await (const call of calls(entries(deps, from, to))) {
      await put(deps, call, deadline, (accepted) => {
        next = accepted.position + 1;
      });
      if (deps.clock() >= deadline) return { next };
    }
    return { next: to };
  } catch (failure) {
    return { next, failure };
  }
}

/**
 * One PutEvents call, and further ones for its entries that failed. `passed` is called for each entry, in order, as
 * soon as it and all before it are accepted. @throws if in the end some are not
 */
async function put(
  deps: AnnouncerDeps,
  call: BusEntry[],
  deadline: number,
  passed: (entry: BusEntry) => void = () => {},
) {
  const waiting = [...call];
  const accepted = new Set<BusEntry>();
  const attempt = async (): Promise<void> => {
    const left = waiting.filter((entry) => !accepted.has(entry));
    const results = await send(deps, left, deadline);
    for (const [index, entry] of left.entries()) if (results[index]?.EventId) accepted.add(entry);
    for (let entry = waiting[0]; entry && accepted.has(entry); entry = waiting[0]) {
      passed(entry);
      waiting.shift();
    }
    if (waiting.length === 0) return;
    const refused = results.find((result) => result.ErrorCode);
    throw new RetryableError(`the bus did not accept position ${waiting[0]?.position}: ${refused?.ErrorCode}`);
  };
  const isTransient = (error: unknown) => error instanceof RetryableError && deps.clock() < deadline;
  await retry(attempt, { attempts: ATTEMPTS, backoff: deps.backoff, isTransient });
}

async function send(
  { bus, clock }: AnnouncerDeps,
  left: BusEntry[],
  deadline: number,
): Promise<PutEventsResultEntry[]> {
  const command = new PutEventsCommand({ Entries: left.map(({ position: _, ...entry }) => entry) });
  // A bus that hangs costs the rest of the budget; `log.sealed` after the last call still gets 250 ms.
  const abortSignal = AbortSignal.timeout(Math.max(250, deadline - clock()));
  return (await bus.send(command, { abortSignal })).Entries ?? [];
}

function sealedMessage({ busName, source }: AnnouncerDeps, from: number, to: number): BusEntry {
  const Detail = JSON.stringify({ from, to });
  return { EventBusName: busName, Source: source, DetailType: 'log.sealed', Detail, position: from };
}

/** The entries of all events with `from` ≤ position < `to`. @throws where the log has lost a page */
async function* entries(deps: AnnouncerDeps, from: number, to: number): AsyncGenerator<BusEntry> {
  let reached = from;
  for await (const page of deps.log.readPages(from, to)) {
    if (page.first > reached) break;
    reached = page.size;
    const sealed = page.commits.filter(({ position, count }) => position < to && position + count > from);
    for (const slice of slicesOf(sealed, COMMITS_PER_READ)) {
      const found = await deps.commits.readCommits(slice);
      for (const commit of slice) {
        const events = found.get(keyText(commit))?.events ?? [];
        for (const entry of entriesOf(deps, page, commit, events)) {
          if (entry.position >= from && entry.position < to) yield entry;
        }
      }
    }
  }
  if (reached >= to) return;
  deps.alarm('TamperAlarm', 'the log has no page for a sealed position', { position: reached });
  throw new Error(`nobody can tell what was sealed at position ${reached}`);
}

/**
 * Only what was sealed is announced: an event that is gone, or not the one that its leaf was made from, raises the
 * alarm and is skipped, since nothing can bring it back, and it must not hold up the events after it.
 */
function* entriesOf(deps: AnnouncerDeps, page: LogPage, commit: PageCommit, events: string[]): Generator<BusEntry> {
  for (let index = 0; index < commit.count; index += 1) {
    const position = commit.position + index;
    const event = events[index];
    const leaf = page.leaves[position - page.first];
    if (
      typeof event !== 'string' ||
      !leaf ||
      !leafHash(sha256, Buffer.from(event)).every((byte, at) => byte === leaf[at])
    ) {
      deps.alarm('TamperAlarm', 'a sealed event is not what was sealed', { position, event: keyText(commit), index });
      continue;
    }
    const { type } = JSON.parse(event) as { type: string };
    const Detail = withPosition(event, position);
    yield { EventBusName: deps.busName, Source: deps.source, DetailType: type, Detail, position };
  }
}

/** Entries in calls, by number and by bytes. Entries before a failure are still sent. */
async function* calls(all: AsyncIterable<BusEntry>): AsyncGenerator<BusEntry[]> {
  let failure: { error: unknown } | undefined;
  async function* untilFailure() {
    try {
      yield* all;
    } catch (error) {
      failure = { error };
    }
  }
  yield* packedStream(untilFailure(), ENTRIES_PER_CALL, { of: entryBytes, max: BYTES_PER_CALL });
  if (failure) throw failure.error;
}

/** As EventBridge counts (user guide, "Calculating PutEvents event entry size"); 14 bytes are the time's. */
const entryBytes = ({ Source, DetailType, Detail }: BusEntry): number =>
  14 + Buffer.byteLength(`${Source}${DetailType}${Detail}`);
