import { COMPARISONS, OVERTAKEN_EVENTS, OVERTAKEN_FOLDED, SHOWN } from '../../domain/bounds.ts';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { countFirst } from '../../domain/kernel/bisect.ts';
import type { ReadEvent } from '../../domain/kernel/event.ts';
import type { Refusal } from '../../domain/kernel/refusal.ts';
import type { Rule } from '../../domain/problems.ts';
import { fold } from '../../domain/record/record.ts';
import { wholesOf } from '../../domain/record/rights.ts';
import { type AroundDeps, namedBy, type OtherCommit, readAround, requestOf, restsOnOthers } from './around.ts';
import { refusalsOf } from './judge-anew.ts';
import type { ReplayedCommit } from './replay.ts';
import { attempted } from './set-aside.ts';
import { charge, type Effort, type ReadStanding, remakes, roundsOf, standingBefore } from './standing.ts';

/** An event of a record that another record's act has overtaken. */
interface Overtaken {
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

/**
 * How long before an event another act was recorded that may have overtaken it: a decision takes as long as the function
 * may run, half a minute, and clocks differ.
 */
const CLOSE = 60_000;
/** Acts on others among which the one is searched for that has overtaken an event. */
const MAX_SUSPECTS = 10;

/**
 * Finds the events of a record that were overtaken. Each event is decided anew on all other records as they stood at the
 * position before it. It was overtaken where it is refused, and would not be without an act on another record that was
 * recorded shortly before: so what a later release refuses, or what never was to be refused, is not taken for overtaken.
 *
 * The answer depends on other streams, but only on positions before an event of the record: for a version of the record it
 * never changes.
 */
export function createOvertaken({ registrars, ...deps }: AroundDeps & { readonly registrars: readonly string[] }) {
  return async function overtakenIn(record: FoldedRecord, own: readonly ReplayedCommit[]): Promise<Answer> {
    const { added, leftOut, read } = await readAround(record.id, own, deps);
    const effort = { bytes: OVERTAKEN_FOLDED, work: { left: COMPARISONS } };
    const { overtaken, unjudged } = await judge(record, own, {
      suspectsOf: suspectsAmong(added),
      leftOut,
      standing: standingBefore(read, effort),
      registrars,
      effort,
    });
    return {
      ...(overtaken.length > 0 && { overtaken: overtaken.slice(0, SHOWN) }),
      ...(unjudged > 0 && { unjudged }),
    };
  };
}

interface Others {
  /** What may have overtaken a commit. */
  readonly suspectsOf: (commit: ReplayedCommit) => readonly OtherCommit[];
  /** Records that were not looked at. */
  readonly leftOut: ReadonlySet<string>;
  readonly standing: ReadStanding;
  readonly registrars: readonly string[];
  readonly effort: Effort;
}

/** Judges the events that something came close to, and counts those that are not. */
async function judge(record: FoldedRecord, own: readonly ReplayedCommit[], around: Others) {
  const isCut = cutBy(around.leftOut, record, own);
  const overtaken: Overtaken[] = [];
  let [judged, unjudged, size] = [0, 0, 0];
  let before: FoldedRecord | undefined;
  let unfolded: ReadEvent[] = [];
  for (const commit of own) {
    const suspects = around.suspectsOf(commit);
    size += commit.bytes;
    for (const [index, event] of commit.events.entries()) {
      const isAsked = suspects.length > 0 && restsOnOthers(event);
      const isOver = judged === OVERTAKEN_EVENTS || overtaken.length >= SHOWN;
      let isOpen = isCut(event) || (isAsked && isOver);
      if (isAsked && !isOver) {
        judged += 1;
        const found = await attempted(async () => {
          charge(around.effort, unfolded.some(remakes) ? size * roundsOf(unfolded) : 0);
          before = fold(record.aggregate, unfolded, before);
          unfolded = [];
          const asked = { event, before, size, commit };
          return overtakersOf(asked, suspects, around);
        });
        isOpen ||= found === undefined;
        const at = `${event.type} at position ${commit.position + index}`;
        for (const { rule, record: id, detail } of found ?? [])
          overtaken.push({ rule, record: id, detail: `${at}: ${detail}` });
      }
      if (isOpen) unjudged += 1;
      unfolded.push(event);
    }
  }
  return { overtaken, unjudged };
}

/** Which events rest on a record that was left out: those that name it; all, where it tells who hosts the record or none names it. */
function cutBy(leftOut: ReadonlySet<string>, record: FoldedRecord, own: readonly ReplayedCommit[]) {
  if (leftOut.size === 0) return () => false;
  const wholes = wholesOf(record);
  const named = new Set(own.flatMap(({ events }) => events.flatMap(namedBy)));
  const isForAll = [...leftOut].some((id) => wholes.includes(id) || !named.has(id));
  return (event: ReadEvent) => restsOnOthers(event) && (isForAll || namedBy(event).some((id) => leftOut.has(id)));
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
    const [since, request] = [closeTo(commit), requestOf(commit)];
    const suspects: OtherCommit[] = [];
    let at = countFirst(others.length, (place) => (others[place] as OtherCommit).position < commit.position) - 1;
    for (; at >= 0 && (latestUpTo[at] as string) >= since && suspects.length < MAX_SUSPECTS; at -= 1) {
      const other = others[at] as OtherCommit;
      if (other.recordedAt >= since && other.request !== request) suspects.push(other);
    }
    return suspects;
  };
}

interface Asked {
  readonly event: ReadEvent;
  readonly before: FoldedRecord | undefined;
  /** UTF-8 bytes of what it is folded from. */
  readonly size: number;
  readonly commit: ReplayedCommit;
}

/** By which acts an event was overtaken: without them it is not refused. */
async function overtakersOf(
  { event, before, size, commit }: Asked,
  suspects: readonly OtherCommit[],
  { standing, registrars, effort }: Others,
): Promise<(Refusal & { record: string })[]> {
  const [since, own] = [closeTo(commit), requestOf(commit)];
  const isRemade = remakes(event) ? size : 0;
  /** A request writes to several streams at once: a stream ends where one of these requests has written to it. */
  const refusedWithout = (...requests: readonly string[]) => {
    charge(effort, isRemade);
    const isBefore = ({ version, position, recordedAt, request }: OtherCommit) =>
      // What the request itself has opened was there for its other commands.
      (version === 1 && request === own) ||
      (position < commit.position && !(recordedAt >= since && requests.includes(request)));
    return refusalsOf({ event, before }, (stream) => standing(stream, isBefore), { registrars, work: effort.work });
  };
  const refused = await refusedWithout(own);
  const found: (Refusal & { record: string })[] = [];
  for (const { stream, request } of suspects) {
    const left = refused.filter((refusal) => !found.some((one) => same(one, refusal)));
    if (left.length === 0) break;
    const without = await refusedWithout(own, request);
    const vanished = left.filter((refusal) => !without.some((one) => same(one, refusal)));
    found.push(...vanished.map((refusal) => ({ ...refusal, record: stream })));
  }
  return found;
}

const same = (one: Refusal, other: Refusal): boolean => one.rule === other.rule && one.pointer === other.pointer;
