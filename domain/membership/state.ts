import type { IndexFields } from '../kernel/aggregate.ts';
import { madeBeside } from '../kernel/beside.ts';
import type { EventDraft } from '../kernel/event.ts';
import { appended } from '../kernel/growing.ts';
import type { DatedFact } from '../kernel/history.ts';
import {
  daysOfChange,
  happenedBy,
  inOrder,
  lastBy,
  lastByDay,
  type Reading,
  statusBy,
  statusesByDay,
} from '../kernel/lifecycle.ts';
import { memoized } from '../kernel/memoized.ts';
import { factOf } from '../kernel/recorded.ts';
import { type Day, dayAfter, type PartialDate } from '../values/partial-date.ts';
import type { MembershipEvent, MembershipFact } from './events.ts';
import {
  beginnings,
  endings,
  isOfMember,
  type MembershipStatus,
  type MembershipStep,
  membershipLifecycle,
  ranks,
} from './lifecycle.ts';

export interface MembershipState {
  readonly body: string;
  readonly organization: string;
  /** Everything that happened between them, as it arrived. */
  readonly facts: readonly MembershipFact[];
}

/** A fact of a membership without the two that it is between. */
const betweenThem = memoized(
  ({ body: _, organization: __, ...fact }: object & Partial<MembershipState>) => fact as MembershipFact,
);

export function evolve(state: MembershipState | undefined, event: MembershipEvent): MembershipState {
  const { body = '', organization = '' } = event.data as Partial<MembershipState>;
  if (!state && body === '') throw new Error(`${event.id}: ${event.type} cannot open a membership`);
  const before: MembershipState = state ?? { body, organization, facts: [] };
  return { ...before, facts: appended(before.facts, betweenThem(factOf(event))) };
}

/** A fact as the lifecycle sees it: a suspension with a term ends by itself. */
export interface TimedFact extends DatedFact<MembershipStep> {
  readonly class?: string;
}

const timedFacts = madeBeside((fact: MembershipFact): TimedFact => {
  const ends = fact.type === 'membership.suspended' && fact.until !== undefined ? dayAfter(fact.until) : undefined;
  return {
    type: fact.type,
    version: fact.version,
    ...(fact.on !== undefined && { on: fact.on }),
    ...(ends !== undefined && { ends }),
    ...('class' in fact && fact.class !== undefined && { class: fact.class }),
  };
});

export const timed = ({ facts }: Pick<MembershipState, 'facts'>): readonly TimedFact[] => timedFacts(facts);

/** Whether the facts begin with one of a member: nobody tells since when it was one. */
export const isBeginningUntold = (facts: readonly TimedFact[]): boolean => {
  const [first] = inOrder(facts, ranks);
  return first !== undefined && isOfMember(first.type);
};

/** Before a source tells of a member for the first time, it may have been one already. */
const whereUntold = (status: MembershipStatus, facts: readonly TimedFact[], reading?: Reading): MembershipStatus =>
  status === 'none' && reading !== 'certain' && isBeginningUntold(facts) ? 'member' : status;

export const statusBetween = (facts: readonly TimedFact[], day: Day, reading?: Reading): MembershipStatus =>
  whereUntold(statusBy(membershipLifecycle, facts, day, reading), facts, reading);

export const statusOn = (state: MembershipState, day: Day, reading?: Reading): MembershipStatus =>
  statusBetween(timed(state), day, reading);

export const statusesIn = (state: MembershipState, some: readonly Day[]): MembershipStatus[] =>
  statusesByDay(membershipLifecycle, timed(state), some).map((status) => whereUntold(status, timed(state)));

export const days = (state: MembershipState): Day[] => daysOfChange(timed(state));

/** A suspension's term is over. */
export function due(state: MembershipState, day: Day): EventDraft | undefined {
  const last = lastBy(membershipLifecycle, timed(state), day);
  if (last?.ends !== day) return undefined;
  const evidence = [{ source: { locator: `version ${last.version} of this record` }, basis: 'inferred' }];
  return { type: 'membership.suspension-ended', data: { on: day, evidence } };
}

/** The days on which the term of a suspension is over that nothing has ended before. */
export function dueDays(state: MembershipState): Day[] {
  const facts = timed(state);
  const ends = [...new Set(facts.flatMap((fact) => fact.ends ?? []))].sort();
  const last = ends.length === 0 ? [] : lastByDay(membershipLifecycle, facts, ends);
  return ends.filter((day, at) => last[at]?.ends === day);
}

type Said = { readonly on?: PartialDate; readonly class?: string; readonly ceremony?: string };

/** What the last fact says that says anything of it, in the order that the dates give. */
const lastSaid = <Key extends keyof Said>(facts: readonly MembershipFact[], key: Key): Said[Key] | undefined =>
  (inOrder(facts as readonly DatedFact[], ranks) as readonly Said[]).findLast((fact) => fact[key] !== undefined)?.[key];

/** A membership is dated by its last admission; before that, by the application or the intent, else by what is told first. */
function dateOf({ facts }: MembershipState): PartialDate | undefined {
  const dated = (type: MembershipStep) =>
    lastSaid(
      facts.filter((fact) => fact.type === type),
      'on',
    );
  const told = inOrder(facts as readonly DatedFact<MembershipStep>[], ranks).filter(({ type }) => isOfMember(type));
  return (
    dated('membership.admitted') ??
    dated('membership.applied') ??
    dated('membership.intent-declared') ??
    told.find(({ on }) => on !== undefined)?.on
  );
}

export const indexFields = (state: MembershipState): IndexFields => {
  const { body, organization, facts } = state;
  const [on, ceremony] = [dateOf(state), lastSaid(facts, 'ceremony')];
  return {
    names: [],
    ...(on === undefined ? {} : { on }),
    ...(ceremony === undefined ? {} : { ceremony }),
    within: { body },
    hosts: [body],
    hostsAlone: true,
    parties: [body, organization],
    participants: [body, organization],
  };
};

/** The class on a day, as far as the facts since the last beginning tell it. */
export function classOn(facts: readonly TimedFact[], day: Day, reading?: Reading): string | undefined {
  const happened = inOrder(facts, ranks).filter(happenedBy(day, reading));
  const since = happened.findLastIndex(({ type }, index) => {
    const before = happened[index - 1];
    return beginnings.includes(type) && (before === undefined || endings.includes(before.type));
  });
  return happened.slice(Math.max(since, 0)).findLast((fact) => fact.class !== undefined)?.class;
}

/** The membership with its class on the day, and the ceremony that the last of its facts names. */
export function present(state: MembershipState, day: Day): object {
  const [membershipClass, ceremony] = [classOn(timed(state), day), lastSaid(state.facts, 'ceremony')];
  const { facts, ...fields } = state;
  return {
    ...fields,
    ...(membershipClass === undefined ? {} : { class: membershipClass }),
    ...(ceremony === undefined ? {} : { ceremony }),
    facts,
  };
}
