import { keptBeside } from '../kernel/beside.ts';
import type { RegistryEvent, SpeaksAs } from '../kernel/event.ts';
import type { Count } from '../values/count.ts';
import type { Evidence } from '../values/evidence.ts';
import type { PartialDate } from '../values/partial-date.ts';

/** What sources say of how many there are. They may contradict each other: each count stands. */

/** A count as one event states it. */
export interface StatedCount {
  /** Version of the event. */
  readonly version: number;
  readonly count: Count;
  readonly on?: PartialDate;
  /** How far it has come on the evidence ladder by itself. */
  readonly standing: 'reported' | 'hosted';
  readonly evidence: Evidence;
}

interface Stating {
  readonly count: Count;
  readonly on?: PartialDate | undefined;
  readonly evidence: Evidence;
  readonly speaksAs: SpeaksAs;
}

export const statedIn = ({ streamversion, data }: RegistryEvent<string, Stating>): StatedCount => ({
  version: streamversion,
  count: data.count,
  ...(data.on === undefined ? {} : { on: data.on }),
  standing: data.speaksAs === 'host' ? 'hosted' : 'reported',
  evidence: data.evidence,
});

interface Range {
  readonly least: number;
  readonly most: number;
}

export const rangeOf = ({ exact, min = 0, max = Number.POSITIVE_INFINITY }: Count): Range =>
  exact === undefined ? { least: min, most: max } : { least: exact, most: exact };

function countOf({ least, most }: Range): Count {
  if (least === most) return { exact: least };
  if (most === Number.POSITIVE_INFINITY) return { min: least };
  return { ...(least > 0 && { min: least }), max: most };
}

/** What several counts come to. */
interface Tally {
  /** The numbers that all of them allow: none where `least` is above `most`. */
  readonly common: Range;
  /** From the least number that one of them allows to the greatest. */
  readonly whole: Range;
  /** The count itself where there is one alone. */
  readonly only: Count | undefined;
}

const together = (one: Tally, count: Count): Tally => {
  const { least, most } = rangeOf(count);
  const { common, whole } = one;
  return {
    common: { least: Math.max(common.least, least), most: Math.min(common.most, most) },
    whole: { least: Math.min(whole.least, least), most: Math.max(whole.most, most) },
    only: undefined,
  };
};

const talliesOf = keptBeside<StatedCount, Partial<Record<StatedCount['standing'], Tally>>>(
  () => ({}),
  (tallies, { count, standing }) => {
    const before = tallies[standing];
    const range = rangeOf(count);
    tallies[standing] = before ? together(before, count) : { common: range, whole: range, only: count };
  },
);

/**
 * The count that a record shows, whatever the order in which its counts arrived: what those of the host leave open, else
 * what those of all others do. Counts that contradict each other leave open all that lies between them.
 */
export function shownCount(counts: readonly StatedCount[]): {
  readonly count: Count;
  readonly isContradictory: boolean;
} {
  const { hosted, reported } = talliesOf(counts);
  const tally = hosted ?? reported;
  if (!tally) throw new Error('a cohort is opened by a count');
  const { common, whole, only } = tally;
  const isContradictory = common.least > common.most;
  return { count: only ?? countOf(isContradictory ? whole : common), isContradictory };
}

/** The greatest number that a count allows, of the host's where there are such: one source does not rule out what another allows. */
export function mostStated(counts: readonly StatedCount[]): number {
  const { hosted, reported } = talliesOf(counts);
  return (hosted ?? reported)?.whole.most ?? Number.POSITIVE_INFINITY;
}
