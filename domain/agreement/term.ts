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
  /** What the terms are put into order by. */
  readonly key: string;
}

type Renewal = Extract<AgreementFact, { type: 'agreement.renewed' }>;
const isRenewal = (fact: AgreementFact): fact is Renewal => fact.type === 'agreement.renewed';

/** Before all days, and behind them. */
const [EVER, NEVER]: readonly [Day, Day] = ['', '~'];

const earliest = (on: PartialDate | undefined): Day => (on === undefined ? EVER : daysOf(on).earliest);

function termOfRenewal({ version, on, until }: Renewal): Term {
  const key = `${earliest(on)} ${on ?? ''} ${until}`;
  return { version, end: dayAfter(until), from: on === undefined ? undefined : daysOf(on).earliest, key };
}

const byKey = (a: Term, b: Term) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.version - b.version);

/** The terms of an agreement, the one of its registration first, each in force until the next one is. */
function termsOf(until: PartialDate | undefined, facts: readonly AgreementFact[]): Term[] {
  const renewals = facts.filter(isRenewal).map(termOfRenewal);
  renewals.sort(byKey);
  const first: Term[] = until === undefined ? [] : [{ version: 1, end: dayAfter(until), from: undefined, key: EVER }];
  return [...first, ...renewals];
}

/** Whether a term ends before the next one begins, which so revives the agreement, or is the last. */
const isOverBy = ({ end }: Term, next: Term | undefined): boolean =>
  end !== undefined && (next === undefined || (next.from !== undefined && next.from >= end));

function runsAt(terms: readonly Term[], on: PartialDate): boolean {
  const { latest } = daysOf(on);
  // The terms are in the order of these days.
  const begun = countFirst(terms.length, (place) => (terms[place]?.from ?? EVER) <= latest);
  const end = terms[begun - 1]?.end;
  const next = dayAfter(on);
  return end !== undefined && next !== undefined && next < end;
}

/** The days at the end of a term that a recorded expiry may tell of. */
interface Span {
  readonly first: Day;
  readonly last: Day;
}

const spanOf = ({ on }: TermFact): Span => ({
  first: earliest(on),
  last: (on === undefined ? undefined : dayAfter(on)) ?? NEVER,
});

const holds = ({ first, last }: Span, end: Day): boolean => first <= end && end <= last;

/** Tells whether one of several spans holds the end of a term. */
function tellingOf(spans: readonly Span[]): (end: Day) => boolean {
  const begun = spans.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  let furthest = EVER;
  const lasts = begun.map(({ last }) => {
    furthest = max(furthest, last);
    return furthest;
  });
  return (end) =>
    (lasts[countFirst(begun.length, (place) => (begun[place]?.first ?? NEVER) <= end) - 1] ?? EVER) >= end;
}

const expiry = ({ end, version }: Term): TermFact => ({ type: 'agreement.expired', on: end, version, bySelf: true });

const steps: readonly string[] = [
  'agreement.suspended',
  'agreement.suspension-ended',
  'agreement.resumed',
  'agreement.expired',
  'agreement.renewed',
  'agreement.terminated',
  'agreement.annulled',
] satisfies TermStep[];

/** A fact of the whole as its lifecycle sees it. */
function factOfTerm(fact: AgreementFact, revives: boolean): TermFact {
  const { type, on, version } = fact as TermFact;
  if (type === 'agreement.suspended') {
    const { until } = fact as { until?: PartialDate };
    return { type, on, version, ends: until === undefined ? undefined : dayAfter(until) };
  }
  return { type, on, version, ...(revives && { leadsTo: 'running' }) };
}

/** The facts of the whole as its lifecycle sees them. */
export interface TermHistory {
  /** Those that are recorded, but for expiries that the term belies. */
  readonly own: readonly TermFact[];
  /** The ends that the term brings about, and nobody has recorded. */
  readonly bySelf: readonly TermFact[];
}

/** What was made of a list of facts, and what it takes to go on with it when the list has grown. */
interface Made extends TermHistory {
  readonly until: PartialDate | undefined;
  readonly own: TermFact[];
  readonly terms: Term[];
  bySelf: readonly TermFact[];
  /** Of the expiries that are recorded: what they may tell of, and the last day that one of them names. */
  readonly spans: Span[];
  lastExpiry: Day;
  /** The first day on which somebody may have ended it. */
  ended: Day;
  /** How many facts it was made of. */
  length: number;
}

type Facts = { readonly until?: PartialDate | undefined; readonly facts: readonly AgreementFact[] };

const max = (a: Day, b: Day): Day => (a > b ? a : b);
const min = (a: Day, b: Day): Day => (a < b ? a : b);

/** The last day that a recorded expiry names. */
const expiryDay = ({ type, on }: TermFact): Day =>
  type === 'agreement.expired' && on !== undefined ? daysOf(on).latest : EVER;

const isExpiry = ({ type }: TermFact): boolean => type === 'agreement.expired';
const isEnding = ({ type }: TermFact): boolean => type === 'agreement.terminated' || type === 'agreement.annulled';

function make({ until, facts }: Facts): Made {
  const terms = termsOf(until, facts);
  const isOver = terms.map((term, place) => isOverBy(term, terms[place + 1]));
  const revived = new Set(terms.slice(1).flatMap(({ version }, place) => (isOver[place] ? [version] : [])));
  const recorded = facts.filter(({ type }) => steps.includes(type));
  const own = recorded
    .filter((fact) => fact.type !== 'agreement.expired' || fact.on === undefined || !runsAt(terms, fact.on))
    .map((fact) => factOfTerm(fact, isRenewal(fact) && revived.has(fact.version)));
  const spans = own.filter(isExpiry).map(spanOf);
  const isTold = tellingOf(spans);
  // What was ended before the end of its term does not expire.
  const ended = own.filter(isEnding).reduce((first, { on }) => min(first, earliest(on)), NEVER);
  const bySelf = terms.filter(({ end = NEVER }, place) => isOver[place] && end < ended && !isTold(end)).map(expiry);
  const lastExpiry = recorded.reduce((last, fact) => max(last, expiryDay(fact as TermFact)), EVER);
  return { until, own, terms, bySelf, spans, lastExpiry, ended, length: facts.length };
}

/** Goes on with one more fact; `false` where it changes what was made of those before it. */
function goOn(made: Made, fact: AgreementFact): boolean {
  if (!steps.includes(fact.type)) return true;
  if (isRenewal(fact)) return renew(made, fact);
  made.lastExpiry = max(made.lastExpiry, expiryDay(fact as TermFact));
  const one = factOfTerm(fact, false);
  if (isExpiry(one) && one.on !== undefined && runsAt(made.terms, one.on)) return true;
  made.own.push(one);
  if (isExpiry(one)) {
    const span = spanOf(one);
    made.spans.push(span);
    made.bySelf = made.bySelf.filter(({ on = EVER }) => !holds(span, on));
  }
  if (isEnding(one)) {
    made.ended = min(made.ended, earliest(one.on));
    made.bySelf = made.bySelf.filter(({ on = EVER }) => on < made.ended);
  }
  return true;
}

/** Goes on with a renewal that comes after all others, and after all expiries that are recorded. */
function renew(made: Made, renewal: Renewal): boolean {
  const [term, last] = [termOfRenewal(renewal), made.terms.at(-1)];
  if (last && byKey(term, last) < 0) return false;
  if (made.lastExpiry !== EVER && (term.from ?? EVER) <= made.lastExpiry) return false;
  const revives = last !== undefined && isOverBy(last, term);
  if (last && !revives) made.bySelf = made.bySelf.filter(({ version }) => version !== last.version);
  made.terms.push(term);
  made.own.push(factOfTerm(renewal, revives));
  const { end = NEVER } = term;
  const expires = end < made.ended && !made.spans.some((span) => holds(span, end));
  if (expires) made.bySelf = [...made.bySelf, expiry(term)];
  return true;
}

const histories = new WeakMap<readonly AgreementFact[], Made>();

function madeOf(agreement: Facts): Made {
  const { facts, until } = agreement;
  const known = histories.get(facts);
  if (known && known.until === until && known.length <= facts.length) {
    while (known.length < facts.length && goOn(known, facts[known.length] as AgreementFact)) known.length += 1;
    if (known.length === facts.length) return known;
  }
  const made = make(agreement);
  histories.set(facts, made);
  return made;
}

export const termOf = (agreement: Facts): TermHistory => madeOf(agreement);

/** All facts of the whole in one list. */
export function termFacts(agreement: Facts): readonly TermFact[] {
  const { own, bySelf } = termOf(agreement);
  return bySelf.length === 0 ? own : [...own, ...bySelf];
}

/** Whether the term certainly still runs when the agreement is said to have expired; its last day may be named as the end. */
export const termRunsAt = (agreement: Facts, on: PartialDate): boolean => runsAt(madeOf(agreement).terms, on);
