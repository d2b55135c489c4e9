import { countFirst } from '../kernel/bisect.ts';
import type { DatedFact } from '../kernel/history.ts';
import { type Day, dayAfter, daysOf, type PartialDate } from '../values/partial-date.ts';
import type { AgreementFact } from './events.ts';
import type { TermStep } from './lifecycle.ts';

/** What the term of an agreement brings about: when it expires by itself, and what a renewal revives. */

export interface TermFact extends DatedFact<TermStep> {
  /** The end that a term brought about, and nobody has recorded yet. */
  readonly bySelf?: true;
}

interface Term {
  readonly version: number;
  /** The first day that it covers no more; without it, it is open. */
  readonly end: Day | undefined;
  /** The first day on which it may count: a renewal may come after the end of the term before. */
  readonly from: Day | undefined;
  readonly renewal?: TermFact;
}

type Renewal = Extract<AgreementFact, { type: 'agreement.renewed' }>;
const isRenewal = (fact: AgreementFact): fact is Renewal => fact.type === 'agreement.renewed';

const earliest = (on: PartialDate | undefined): Day | undefined => (on === undefined ? undefined : daysOf(on).earliest);

/** The terms of an agreement, the one of its registration first, each in force until the next one is. */
function termsOf(until: PartialDate | undefined, facts: readonly AgreementFact[]): Term[] {
  const renewals = facts.filter(isRenewal).map((fact) => {
    const from = earliest(fact.on);
    const key = `${from ?? ''} ${fact.on ?? ''} ${fact.until}`;
    return { version: fact.version, end: dayAfter(fact.until), from, renewal: fact, key };
  });
  renewals.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.version - b.version));
  const first: Term[] = until === undefined ? [] : [{ version: 1, end: dayAfter(until), from: undefined }];
  return [...first, ...renewals];
}

/** Terms that ended before the next one began, or that are the last, with the day of the end and the renewal after it. */
const expiriesOf = (terms: readonly Term[]) =>
  terms.flatMap(({ end, version }, index) => {
    const next = terms[index + 1];
    const ended = end !== undefined && (next === undefined || (next.from !== undefined && next.from >= end));
    return ended ? [{ end, version, revivedBy: next?.renewal }] : [];
  });

/** Whether the term certainly still runs when the agreement is said to have expired; its last day may be named as the end. */
export const termRunsAt = (until: PartialDate | undefined, facts: readonly AgreementFact[], on: PartialDate): boolean =>
  runsAt(termsOf(until, facts), on);

function runsAt(terms: readonly Term[], on: PartialDate): boolean {
  const { latest } = daysOf(on);
  // The terms are in the order of these days.
  const begun = countFirst(terms.length, (place) => {
    const from = terms[place]?.from;
    return from === undefined || from <= latest;
  });
  const end = terms[begun - 1]?.end;
  const next = dayAfter(on);
  return end !== undefined && next !== undefined && next < end;
}

/** Behind all days. */
const NEVER: Day = '~';

/** Tells whether recorded expiries tell of the end of a term: whether it lies between their first and their last days. */
function tellingOf(facts: readonly TermFact[]): (end: Day) => boolean {
  const spans = facts
    .filter(({ type }) => type === 'agreement.expired')
    .map(({ on }) => ({ first: earliest(on) ?? '', last: (on === undefined ? undefined : dayAfter(on)) ?? NEVER }))
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  let furthest: Day = '';
  const lasts = spans.map(({ last }) => {
    furthest = last > furthest ? last : furthest;
    return furthest;
  });
  return (end) => {
    const begun = countFirst(spans.length, (place) => (spans[place]?.first ?? NEVER) <= end);
    return begun > 0 && (lasts[begun - 1] as Day) >= end;
  };
}

/** What was ended before the end of its term does not expire: the first day on which it may have been. */
const firstEnd = (facts: readonly TermFact[]): Day =>
  facts.reduce<Day>((first, { type, on }) => {
    if (type !== 'agreement.terminated' && type !== 'agreement.annulled') return first;
    const day = earliest(on) ?? '';
    return day < first ? day : first;
  }, NEVER);

const steps: readonly string[] = [
  'agreement.suspended',
  'agreement.suspension-ended',
  'agreement.resumed',
  'agreement.expired',
  'agreement.renewed',
  'agreement.terminated',
  'agreement.annulled',
] satisfies TermStep[];

/** The facts of the whole as its lifecycle sees them: with the ends that the term brings about, without those that it belies. */
export function termFacts(until: PartialDate | undefined, facts: readonly AgreementFact[]): readonly TermFact[] {
  const known = made.get(facts);
  if (known && known.length === facts.length && known.until === until) return known.facts;
  const all = makeTermFacts(until, facts);
  made.set(facts, { until, length: facts.length, facts: all });
  return all;
}

interface Made {
  readonly until: PartialDate | undefined;
  readonly length: number;
  readonly facts: readonly TermFact[];
}

/** What was made of lists of facts: several rules of one act ask for it. */
const made = new WeakMap<readonly AgreementFact[], Made>();

function makeTermFacts(until: PartialDate | undefined, facts: readonly AgreementFact[]): TermFact[] {
  const own = facts.filter(({ type }) => steps.includes(type)) as TermFact[];
  const terms = termsOf(until, facts);
  const ends = expiriesOf(terms);
  const revived = new Set(ends.map(({ revivedBy }) => revivedBy?.version));
  const kept = own.flatMap((fact): TermFact[] => {
    const { type, on, version } = fact;
    if (type === 'agreement.suspended') {
      const { until: pause } = fact as { until?: PartialDate };
      return [{ type, on, version, ends: pause === undefined ? undefined : dayAfter(pause) }];
    }
    if (type === 'agreement.renewed') {
      return [{ type, on, version, ...(revived.has(version) && { leadsTo: 'running' }) }];
    }
    if (type !== 'agreement.expired' || on === undefined) return [{ type, on, version }];
    return runsAt(terms, on) ? [] : [{ type, on, version }];
  });
  const [isTold, ended] = [tellingOf(kept), firstEnd(kept)];
  const bySelf = ends
    .filter(({ end }) => end < ended && !isTold(end))
    .map(({ end, version }): TermFact => ({ type: 'agreement.expired', on: end, version, bySelf: true }));
  return [...kept, ...bySelf];
}
