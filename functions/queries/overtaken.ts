import { OVERTAKEN_BYTES, OVERTAKEN_EVENTS, OVERTAKEN_RECORDS, SHOWN } from '../../domain/bounds.ts';
import { rulesOnOthers } from '../../domain/catalog.ts';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { countFirst } from '../../domain/kernel/bisect.ts';
import type { ReadEvent } from '../../domain/kernel/event.ts';
import type { Refusal } from '../../domain/kernel/refusal.ts';
import type { Rule } from '../../domain/problems.ts';
import { isRecordStream } from '../../domain/projections/projection.ts';
import type { Summary } from '../../domain/projections/records.ts';
import { fold } from '../../domain/record/record.ts';
import { referencesIn } from '../../domain/values/ids.ts';
import { slicesOf } from '../../domain/values/lists.ts';
import type { Commit } from '../stores/commits.ts';
import { eventsOf } from '../stores/event-store.ts';
import { lastPositionOf } from '../stores/log-items.ts';
import { refusalsOf } from './judge-anew.ts';
import type { ReplayDeps, ReplayedCommit } from './replay.ts';
import { attempted } from './set-aside.ts';

/** An event of a record that another record's act has overtaken. */
export interface Overtaken {
  /** The rule that the event would have been refused by. */
  readonly rule: Rule;
  /** The other record. */
  readonly record: string;
  readonly detail: string;
}

interface Answer {
  readonly overtaken?: readonly Overtaken[];
  /** How many events were not judged, because that takes more than one answer reads. */
  readonly unjudged?: number;
}

interface Deps extends ReplayDeps {
  readonly summaries: (ids: readonly string[]) => Promise<ReadonlyMap<string, Summary>>;
  readonly registrars: readonly string[];
}

/**
 * How long before an event another act was recorded that may have overtaken it: a decision takes as long as the function
 * may run, half a minute, and clocks differ.
 */
const CLOSE = 60_000;
/** Acts on others among which the one is searched for that has overtaken an event. */
const MAX_SUSPECTS = 10;
const READ_AT_ONCE = 10;

interface OtherCommit extends Commit {
  /** Of its last event. */
  readonly position: number;
}

/**
 * Finds the events of a record that were overtaken. Each event is decided anew on all other records as they stood at the
 * position before it. It was overtaken where it is refused, and would not be without an act on another record that was
 * recorded shortly before: so what a later release refuses, or what never was to be refused, is not taken for overtaken.
 *
 * The answer depends on other streams, but only on positions before an event of the record: for a version of the record it
 * never changes. It costs one read of rows, and the events of those other records to which anything was ever added.
 */
export function createOvertaken({ commits, log, summaries, registrars }: Deps) {
  /** The records that these events rest on, as far as anything was added to them after their opening. */
  async function changedAround(id: string, events: readonly ReadEvent[]): Promise<string[]> {
    const named = referencesIn(events.map(({ data, onbehalfof }) => [data, onbehalfof]));
    const seen = new Map<string, Summary | undefined>([[id, undefined]]);
    for (let next = named.map((reference) => reference.id); next.length > 0; ) {
      const fresh = [...new Set(next)].filter((one) => isRecordStream(one) && !seen.has(one));
      const some = fresh.slice(0, OVERTAKEN_RECORDS + 1 - seen.size);
      const rows = some.length === 0 ? new Map<string, Summary>() : await summaries(some);
      for (const one of some) seen.set(one, rows.get(one));
      next = [...rows.values()].flatMap(({ ceremony = [], mergedInto = [], within = {} }) =>
        [ceremony, mergedInto, ...Object.values(within)].flat(),
      );
    }
    return [...seen].flatMap(([one, row]) => (row && row.version > 1 ? [one] : []));
  }

  /** The sealed commits of other streams, each stream read once. @throws TooMuch */
  function readerOfOthers() {
    const streams = new Map<string, Promise<readonly OtherCommit[]>>();
    let bytes = 0;
    async function load(stream: string): Promise<readonly OtherCommit[]> {
      const markers = await log.streamMarkers(stream, Number.MAX_SAFE_INTEGER);
      const positions = new Map(markers.map((marker) => [marker.version, lastPositionOf(marker)]));
      const read: OtherCommit[] = [];
      for await (const commit of commits.readForwards(stream, 0, markers.at(-1)?.version ?? 0)) {
        bytes += commit.events.reduce((sum, event) => sum + Buffer.byteLength(event), 0);
        if (bytes > OVERTAKEN_BYTES) throw new TooMuch();
        read.push({ ...commit, position: positions.get(commit.version) as number });
      }
      return read;
    }
    return (stream: string) => {
      const reading = streams.get(stream) ?? load(stream);
      streams.set(stream, reading);
      return reading;
    };
  }

  return async function overtakenIn(record: FoldedRecord, own: readonly ReplayedCommit[]): Promise<Answer> {
    const changed = await changedAround(
      record.id,
      own.flatMap(({ events }) => events),
    );
    if (changed.length === 0) return {};
    const read = readerOfOthers();
    try {
      for (const some of slicesOf(changed, READ_AT_ONCE)) await Promise.all(some.map(read));
      const others = (await Promise.all(changed.map(read))).flat().filter(({ version }) => version > 1);
      return await judge(record, own, { suspectsOf: suspectsAmong(others), read, registrars });
    } catch (error) {
      if (error instanceof TooMuch) return { unjudged: own.reduce((sum, { events }) => sum + events.length, 0) };
      throw error;
    }
  };
}

class TooMuch extends Error {}

interface Others {
  /** What may have overtaken a commit. */
  readonly suspectsOf: (commit: ReplayedCommit) => readonly OtherCommit[];
  readonly read: (stream: string) => Promise<readonly OtherCommit[]>;
  readonly registrars: readonly string[];
}

async function judge({ aggregate }: FoldedRecord, own: readonly ReplayedCommit[], around: Others): Promise<Answer> {
  const overtaken: Overtaken[] = [];
  let [judged, unjudged] = [0, 0];
  let before: FoldedRecord | undefined;
  let unfolded: ReadEvent[] = [];
  for (const commit of own) {
    const suspects = around.suspectsOf(commit);
    for (const [index, event] of commit.events.entries()) {
      if (suspects.length > 0 && (judged === OVERTAKEN_EVENTS || overtaken.length >= SHOWN)) unjudged += 1;
      else if (suspects.length > 0) {
        judged += 1;
        before = fold(aggregate, unfolded, before);
        unfolded = [];
        const found = await attempted(() => overtakersOf({ event, before, commit }, suspects, around));
        if (!found) unjudged += 1;
        const position = commit.position + index;
        for (const { rule, record, detail } of found ?? []) {
          overtaken.push({ rule, record, detail: `${event.type} at position ${position}: ${detail}` });
        }
      }
      unfolded.push(event);
    }
  }
  return {
    ...(overtaken.length > 0 && { overtaken: overtaken.slice(0, SHOWN) }),
    ...(unjudged > 0 && { unjudged }),
  };
}

/** What is recorded from then on may have overtaken the commit. */
const closeTo = ({ events }: ReplayedCommit): string =>
  new Date(Date.parse(events[0]?.time ?? '') - CLOSE).toISOString();

/** Of some commits those that other requests have recorded shortly before one, with a position before it; newest first. */
function suspectsAmong(some: readonly OtherCommit[]): Others['suspectsOf'] {
  const others = some.toSorted((one, other) => one.position - other.position);
  let latest = '';
  const latestUpTo = others.map(({ recordedAt }) => (latest = recordedAt > latest ? recordedAt : latest));
  return (commit) => {
    const since = closeTo(commit);
    const suspects: OtherCommit[] = [];
    let at = countFirst(others.length, (place) => (others[place] as OtherCommit).position < commit.position) - 1;
    for (; at >= 0 && (latestUpTo[at] as string) >= since && suspects.length < MAX_SUSPECTS; at -= 1) {
      const other = others[at] as OtherCommit;
      if (other.recordedAt >= since && other.requestHash !== commit.requestHash) suspects.push(other);
    }
    return suspects;
  };
}

interface Asked {
  readonly event: ReadEvent;
  readonly before: FoldedRecord | undefined;
  readonly commit: ReplayedCommit;
}

/** By which acts an event was overtaken: without them it is not refused. */
async function overtakersOf(
  { event, before, commit }: Asked,
  suspects: readonly OtherCommit[],
  { read, registrars }: Others,
): Promise<(Refusal & { record: string })[]> {
  /** A request writes to several streams at once: a stream ends where one of these requests has written to it. */
  const since = closeTo(commit);
  const refusedWithout = (...requests: readonly string[]) => {
    const isAfter = ({ position, recordedAt, requestHash }: OtherCommit) =>
      position >= commit.position || (recordedAt >= since && requests.includes(requestHash));
    const eventsBefore = async (stream: string) => {
      const all = await read(stream);
      const end = all.findIndex(isAfter);
      return (end < 0 ? all : all.slice(0, end)).flatMap(eventsOf);
    };
    return refusalsOf({ event, before }, eventsBefore, registrars);
  };
  const refused = (await refusedWithout(commit.requestHash)).filter(({ rule }) => rulesOnOthers[rule]);
  const found: (Refusal & { record: string })[] = [];
  for (const { stream, requestHash } of suspects) {
    const left = refused.filter((refusal) => !found.some((one) => same(one, refusal)));
    if (left.length === 0) break;
    const without = await refusedWithout(commit.requestHash, requestHash);
    const vanished = left.filter((refusal) => !without.some((one) => same(one, refusal)));
    found.push(...vanished.map((refusal) => ({ ...refusal, record: stream })));
  }
  return found;
}

const same = (one: Refusal, other: Refusal): boolean => one.rule === other.rule && one.pointer === other.pointer;
