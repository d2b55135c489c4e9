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
  const renewals = facts
    .filter(isRenewal)
    .map((fact) => ({ version: fact.version, end: dayAfter(fact.until), from: earliest(fact.on), renewal: fact }));
  const key = ({ from = '', renewal }: { from: Day | undefined; renewal: Renewal }) =>
    `${from} ${renewal.on ?? ''} ${renewal.until}`;
  renewals.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.version - b.version));
  const first: Term[] = until === undefined ? [] : [{ version: 1, end: dayAfter(until), from: undefined }];
  return [...first, ...renewals];
}

/** Terms that ended before the next one began, or that are the last, with the day of the end and the renewal after it. */
function expiries(until: PartialDate | undefined, facts: readonly AgreementFact[]) {
  const terms = termsOf(until, facts);
  return terms.flatMap(({ end, version }, index) => {
    const next = terms[index + 1];
    const ended = end !== undefined && (next === undefined || (next.from !== undefined && next.from >= end));
    return ended ? [{ end, version, revivedBy: next?.renewal }] : [];
  });
}

/** Whether the term certainly still runs when the agreement is said to have expired; its last day may be named as the end. */
export function termRunsAt(until: PartialDate | undefined, facts: readonly AgreementFact[], on: PartialDate): boolean {
  const { latest } = daysOf(on);
  const term = termsOf(until, facts).findLast(({ from }) => from === undefined || from <= latest);
  const next = dayAfter(on);
  return term?.end !== undefined && next !== undefined && next < term.end;
}

/** Whether a recorded expiry tells of the end of a term. */
function tellsOf({ type, on }: TermFact, end: Day): boolean {
  if (type !== 'agreement.expired') return false;
  if (on === undefined) return true;
  const next = dayAfter(on);
  return daysOf(on).earliest <= end && (next === undefined || next >= end);
}

/** What was ended before the end of its term does not expire. */
const endsBy = ({ type, on }: TermFact, end: Day): boolean =>
  (type === 'agreement.terminated' || type === 'agreement.annulled') &&
  (on === undefined || daysOf(on).earliest <= end);

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
export function termFacts(until: PartialDate | undefined, facts: readonly AgreementFact[]): TermFact[] {
  const ends = expiries(until, facts);
  const own = facts.filter(({ type }) => steps.includes(type)) as TermFact[];
  const kept = own.flatMap((fact): TermFact[] => {
    const { type, on, version } = fact;
    if (type === 'agreement.suspended') {
      const { until: pause } = fact as { until?: PartialDate };
      return [{ type, on, version, ends: pause === undefined ? undefined : dayAfter(pause) }];
    }
    if (type === 'agreement.renewed') {
      const revives = ends.some(({ revivedBy }) => revivedBy?.version === version);
      return [{ type, on, version, ...(revives && { leadsTo: 'running' }) }];
    }
    if (type !== 'agreement.expired' || on === undefined) return [{ type, on, version }];
    return termRunsAt(until, facts, on) ? [] : [{ type, on, version }];
  });
  const bySelf = ends
    .filter(({ end }) => !kept.some((fact) => tellsOf(fact, end) || endsBy(fact, end)))
    .map(({ end, version }): TermFact => ({ type: 'agreement.expired', on: end, version, bySelf: true }));
  return [...kept, ...bySelf];
}
