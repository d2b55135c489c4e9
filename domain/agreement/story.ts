import { countFirst } from '../kernel/bisect.ts';
import {
  daysOfChange,
  happenedBy,
  isStatusOpenOn,
  lastBy,
  lastByDay,
  statusBy,
  statusesByDay,
} from '../kernel/lifecycle.ts';
import { memoized } from '../kernel/memoized.ts';
import { certainlyBefore, type Day, daysOf, LAST_DAY, type PartialDate } from '../values/partial-date.ts';
import { type EntryFact, placeOf } from './entries.ts';
import { hasLeft, type PartyStatus, partyLifecycle, termLifecycle } from './lifecycle.ts';
import { type AgreementParty, isOriginal, type PartyFact } from './parties.ts';
import { factsOfParty, inheritancesOf, joinedOn, lineOf, NO_DAY, standingOn } from './standing.ts';
import { type AgreementState, factsOf } from './state.ts';
import { statusOn } from './status.ts';
import { termFacts } from './term.ts';

/** The story of each party: how it stands on a day, and since when. */

export const partyStates = [
  'unsigned',
  'declined',
  'signed',
  'subject-to-approval',
  'signature-withdrawn',
  'consented',
  'provisional',
  'bound',
  'notice-given',
  'withdrawn',
  'succeeded',
  'released',
] as const;
type PartyState = (typeof partyStates)[number];

interface Standing {
  readonly state: PartyState;
  readonly since?: PartialDate | undefined;
}

/** A day from which a party stands as it does because of one of its facts. */
interface Turn {
  readonly day: Day;
  readonly status: PartyStatus;
  readonly last: PartyFact | undefined;
}

/** All that tells how one party stands, on whatever day. */
interface Life {
  readonly party: AgreementParty;
  readonly facts: readonly PartyFact[];
  readonly joined: Day | undefined;
  readonly turns: readonly Turn[];
  /** The turns at which it came to stand for consent, after it had not. */
  readonly consents: readonly Turn[];
  /** When it took the place of another one, where it stands as that one stood. */
  readonly succeeded: { readonly on: PartialDate | undefined } | undefined;
  readonly isOriginal: boolean;
  /** The entries into force for itself, and those for all. */
  readonly own: readonly EntryFact[];
  readonly forAll: readonly EntryFact[];
  /** When notices of withdrawal take effect, by the versions of their events. */
  readonly effects: ReadonlyMap<number, PartialDate>;
}

const CONSENTING: readonly PartyStatus[] = ['signed', 'consenting', 'leaving'];
const OUTSIDE: readonly PartyStatus[] = ['declined', 'signature-withdrawn'];
const isOutside = (status: PartyStatus) => hasLeft(status) || OUTSIDE.includes(status);
const CONSENT: readonly PartyFact['type'][] = [
  'agreement.signed',
  'agreement.signature-confirmed',
  'agreement.acceded',
];

const earliest = (on: PartialDate | undefined): Day => (on === undefined ? NO_DAY : daysOf(on).earliest);
const latest = (on: PartialDate | undefined): Day => (on === undefined ? LAST_DAY : daysOf(on).latest);

function turnsOf(facts: readonly PartyFact[]): Turn[] {
  const days = [NO_DAY, ...new Set(daysOfChange(facts).sort())];
  const [statuses, last] = [statusesByDay(partyLifecycle, facts, days), lastByDay(partyLifecycle, facts, days)];
  return days.map((day, at) => ({ day, status: statuses[at] ?? 'none', last: last[at] }));
}

const livesOf = memoized((state: AgreementState): readonly Life[] => {
  const { parties } = state;
  const entries = Map.groupBy(factsOf(state, 'agreement.entered-into-force'), (entry) => placeOf(parties, entry));
  const notices = factsOf(state, 'agreement.withdrawal-notified');
  const effects = new Map(notices.map(({ version, takesEffectOn }) => [version, takesEffectOn]));
  return parties.map((party, place): Life => {
    const facts = factsOfParty(state, place);
    const turns = turnsOf(facts);
    const stands = (turn: Turn | undefined) => turn !== undefined && CONSENTING.includes(turn.status);
    const line = lineOf(state, place);
    return {
      party,
      facts,
      joined: joinedOn(party, facts),
      turns,
      consents: turns.filter((turn, at) => stands(turn) && !stands(turns[at - 1])),
      succeeded: inheritancesOf(state, place)[0],
      isOriginal: line.some((one) => isOriginal(parties[one] as AgreementParty)),
      own: line.flatMap((one) => entries.get(one) ?? []),
      forAll: entries.get(undefined) ?? [],
      effects,
    };
  });
});

/** What of the entries into force counts: those that may have come by a day, or those that must have. */
type Counts = (entry: EntryFact) => boolean;

const first = (entries: readonly EntryFact[]): EntryFact | undefined =>
  entries.toSorted((a, b) => (earliest(a.on) < earliest(b.on) ? -1 : earliest(a.on) > earliest(b.on) ? 1 : 0))[0];

/** The entry by which it is in force for a party that has consented, or of which no source tells whether it has. */
function definitiveFor({ facts, consents, own, forAll, isOriginal: isRequired }: Life, turn: Turn, counts: Counts) {
  const definitive = own.filter(({ provisional }) => !provisional);
  const ofAll = forAll.filter((entry) => !entry.provisional && counts(entry));
  if (turn.status === 'none') {
    if (facts.some(({ type }) => CONSENT.includes(type))) return undefined;
    return first(definitive.filter(counts)) ?? (isRequired ? first(ofAll) : undefined);
  }
  if (!CONSENTING.includes(turn.status)) return undefined;
  // Each entry of its own belongs to the last consent that may have come before it.
  const consentBy = (day: Day) =>
    Math.max(0, countFirst(consents.length, (at) => (consents[at] as Turn).day <= day) - 1);
  const now = consentBy(turn.day);
  const itsOwn = definitive.filter(({ on }) => consentBy(latest(on)) === now);
  if (itsOwn.length > 0) return first(itsOwn.filter(counts));
  return first(ofAll.filter(({ on }) => (consents[now] as Turn).day <= latest(on)));
}

/** The entry by which a party applies the agreement provisionally. */
function provisionalFor(
  { turns, joined = LAST_DAY, own, forAll, isOriginal: isRequired }: Life,
  turn: Turn,
  counts: Counts,
) {
  if (isOutside(turn.status) || turn.status === 'succeeded') return undefined;
  const left = turns.findLast(({ day, status }) => day <= turn.day && isOutside(status))?.day ?? NO_DAY;
  const applies = (entry: EntryFact) => entry.provisional && counts(entry) && left <= latest(entry.on);
  const ofAll = forAll.filter((entry) => applies(entry) && (isRequired || joined <= latest(entry.on)));
  return first([...own.filter(applies), ...ofAll]);
}

/** The last act of consent of a party that stands for it. */
const consentOf = ({ turns }: Life, { day }: Turn): PartyFact | undefined =>
  turns.findLast((turn) => turn.day <= day && turn.last !== undefined && CONSENT.includes(turn.last.type))?.last;

function outOfForce(life: Life, turn: Turn): Standing {
  const { status, last } = turn;
  const since = last?.on;
  switch (status) {
    case 'none':
      return { state: 'unsigned' };
    case 'unconfirmed':
      return { state: 'subject-to-approval', since };
    case 'signed':
    case 'consenting': {
      const consent = consentOf(life, turn);
      return { state: consent?.type === 'agreement.signed' ? 'signed' : 'consented', since: (consent ?? last)?.on };
    }
    case 'leaving':
      return { state: 'notice-given', since };
    case 'gone':
    case 'left':
      return { state: 'withdrawn', since: status === 'gone' ? life.effects.get(last?.version ?? 0) : since };
    default:
      return { state: status, since };
  }
}

function standingOf(life: Life, day: Day, counts: Counts): Standing {
  if (life.joined === undefined || life.joined > day) return { state: 'unsigned' };
  const turn = life.turns[countFirst(life.turns.length, (at) => (life.turns[at] as Turn).day <= day) - 1] as Turn;
  if (turn.status === 'leaving') return outOfForce(life, turn);
  const definitive = definitiveFor(life, turn, counts);
  if (definitive) return { state: 'bound', since: definitive.on };
  const provisional = provisionalFor(life, turn, counts);
  return provisional ? { state: 'provisional', since: provisional.on } : outOfForce(life, turn);
}

/** A successor stands as it does since it has taken the place, where the other one stood so before. */
function sinceItsOwn({ succeeded }: Life, { state, since }: Standing): Standing {
  if (!succeeded || state === 'unsigned') return { state, since };
  return { state, since: earliest(since) < earliest(succeeded.on) ? succeeded.on : since };
}

const IN_FORCE: readonly PartyState[] = ['bound', 'provisional', 'notice-given'];
const ENDS: readonly string[] = ['expired', 'terminated', 'annulled'];

/** Whether the end of the agreement has released its parties, and when: it may have ended because all but one have left. */
function releaseOn(state: AgreementState, day: Day, standings: readonly Standing[]) {
  const facts = termFacts(state);
  const [may, must] = [statusOn(state, day), statusOn(state, day, 'certain')];
  const isEndOfTerm = may === statusBy(termLifecycle, facts, day);
  const withdrawals = standings.flatMap((one) => (one.state === 'withdrawn' && one.since ? [one.since] : []));
  const lastToLeave = withdrawals.reduce<PartialDate | undefined>(
    (last, on) => (earliest(last) < earliest(on) ? on : last),
    undefined,
  );
  return {
    hasEnded: ENDS.includes(may),
    isOpen: ENDS.includes(may) !== ENDS.includes(must),
    on: isEndOfTerm ? lastBy(termLifecycle, facts, day)?.on : lastToLeave,
  };
}

/** Whether an entry is as late as it is for a party only if the dates are read as they are. */
const isDoubtful = ({ consents, forAll }: Life, day: Day): boolean => {
  const consent = consents.findLast((turn) => turn.day <= day);
  const on = consent?.last?.on;
  if (!consent || on === undefined) return false;
  return forAll.some(
    (entry) => entry.on !== undefined && latest(entry.on) < consent.day && !certainlyBefore(entry.on, on),
  );
};

function isOpenOn(life: Life, day: Day, standing: Standing): boolean {
  const { party, facts } = life;
  const [may, must] = [standingOn(party, facts, day), standingOn(party, facts, day, 'certain')];
  if (may !== must || isStatusOpenOn(partyLifecycle, facts, day)) return true;
  const certain = standingOf(life, day, happenedBy(day, 'certain'));
  return certain.state !== standing.state || (standing.state !== 'bound' && isDoubtful(life, day));
}

/** The parties, each with its state on a day, since when that is so, and whether the dates make it certain. */
export function partiesOn(state: AgreementState, day: Day): object[] {
  const lives = livesOf(state);
  const standings = lives.map((life) => standingOf(life, day, happenedBy(day)));
  const release = releaseOn(state, day, standings);
  return lives.map((life, place) => {
    const standing = standings[place] as Standing;
    const mayBeReleased = IN_FORCE.includes(standing.state);
    const isReleased = mayBeReleased && release.hasEnded;
    const { state: shown, since } = isReleased
      ? { state: 'released' as const, since: release.on }
      : sinceItsOwn(life, standing);
    const isOpen = isOpenOn(life, day, standing) || (mayBeReleased && release.isOpen);
    return {
      ...life.party,
      state: shown,
      ...(since !== undefined && { since }),
      certainty: isOpen ? 'possible' : 'certain',
    };
  });
}
