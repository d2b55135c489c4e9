import { type IndexFields, inRole, takingPart } from '../kernel/aggregate.ts';
import { madeBeside } from '../kernel/beside.ts';
import type { EventDraft } from '../kernel/event.ts';
import { appended } from '../kernel/growing.ts';
import { type DatedFact, seenAs } from '../kernel/history.ts';
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
import { orderingOf } from '../kernel/ordering.ts';
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
  const seen: TimedFact = {
    type: fact.type,
    version: fact.version,
    ...(fact.on !== undefined && { on: fact.on }),
    ...(ends !== undefined && { ends }),
    ...('class' in fact && fact.class !== undefined && { class: fact.class }),
  };
  return seenAs(seen, fact);
});

export const timed = ({ facts }: Pick<MembershipState, 'facts'>): readonly TimedFact[] => timedFacts(facts);

/** Whether facts that begin with this one begin with one of a member: nobody tells since when it was one. */
export const isBeginningUntold = (first: TimedFact | undefined): boolean =>
  first !== undefined && isOfMember(first.type);

/** Before a source tells of a member for the first time, it may have been one already. */
export const whereUntold = (
  status: MembershipStatus,
  first: TimedFact | undefined,
  reading?: Reading,
): MembershipStatus => (status === 'none' && reading !== 'certain' && isBeginningUntold(first) ? 'member' : status);

const firstOf = (facts: readonly TimedFact[]): TimedFact | undefined =>
  orderingOf(membershipLifecycle, facts).all[0]?.fact;

export const statusOn = (state: MembershipState, day: Day, reading?: Reading): MembershipStatus => {
  const facts = timed(state);
  return whereUntold(statusBy(membershipLifecycle, facts, day, reading), firstOf(facts), reading);
};

export const statusesIn = (state: MembershipState, some: readonly Day[]): MembershipStatus[] => {
  const facts = timed(state);
  return statusesByDay(membershipLifecycle, facts, some).map((status) => whereUntold(status, firstOf(facts)));
};

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

/** Everything that happened, in its order. */
const ordered = (state: MembershipState): MembershipFact[] =>
  orderingOf(membershipLifecycle, timed(state)).all.map(({ index }) => state.facts[index] as MembershipFact);

/** What the last fact says that says anything of it. */
const lastSaid = <Key extends keyof Said>(facts: readonly Said[], key: Key): Said[Key] | undefined =>
  facts.findLast((fact) => fact[key] !== undefined)?.[key];

/** A membership is dated by its last admission; before that, by the application or the intent, else by what is told first. */
function dateOf(facts: readonly MembershipFact[]): PartialDate | undefined {
  const dated = (type: MembershipStep) => lastSaid(facts.filter((fact) => fact.type === type) as readonly Said[], 'on');
  return (
    dated('membership.admitted') ??
    dated('membership.applied') ??
    dated('membership.intent-declared') ??
    facts.find(({ type, on }) => isOfMember(type) && on !== undefined)?.on
  );
}

export const indexFields = (state: MembershipState): IndexFields => {
  const { body, organization } = state;
  const facts = ordered(state);
  const [on, ceremony] = [dateOf(facts), lastSaid(facts as readonly Said[], 'ceremony')];
  return {
    names: [],
    ...(on === undefined ? {} : { on }),
    ...(ceremony === undefined ? {} : { ceremony }),
    within: { body },
    hosts: [body],
    hostsAlone: true,
    parties: [body, organization],
    ...takingPart([...inRole('body', [body]), ...inRole('member', [organization])]),
  };
};

/** The class on a day, as far as the facts since the last beginning tell it. They are in their order. */
export function classOn(facts: readonly TimedFact[], day: Day, reading?: Reading): string | undefined {
  const happened = facts.filter(happenedBy(day, reading));
  const since = happened.findLastIndex(({ type }, index) => {
    const before = happened[index - 1];
    return beginnings.includes(type) && (before === undefined || endings.includes(before.type));
  });
  return happened.slice(Math.max(since, 0)).findLast((fact) => fact.class !== undefined)?.class;
}

/** The membership with its class on the day, and the ceremony that the last of its facts names. */
export function present(state: MembershipState, day: Day): object {
  const membershipClass = classOn(inOrder(membershipLifecycle, timed(state)), day);
  const ceremony = lastSaid(ordered(state) as readonly Said[], 'ceremony');
  const { facts, ...fields } = state;
  return {
    ...fields,
    ...(membershipClass === undefined ? {} : { class: membershipClass }),
    ...(ceremony === undefined ? {} : { ceremony }),
    facts,
  };
}
