import { keptBeside } from '../kernel/beside.ts';
import { isStatusOpenOn, type Lifecycle, type Reading, statusBy, statusesByDay } from '../kernel/lifecycle.ts';
import type { Day } from '../values/partial-date.ts';
import type { AwardFact } from './events.ts';
import { type AwardPart, type ConferredOn, partsIn } from './recipients.ts';

/** What became of an award, and of the parts that several have of it: one of them may decline while the others accept. */

export const states = ['none', 'conferred', 'declined', 'revoked'] as const;
export type AwardStatus = (typeof states)[number];

/** Only what was conferred can be declined or revoked. */
export const lifecycle: Lifecycle<AwardStatus, AwardFact['type']> = {
  start: 'none',
  steps: {
    'award.conferred': { after: ['none'], to: 'conferred' },
    'award.declined': { after: ['conferred'], to: 'declined', rule: 'not-conferred' },
    'award.revoked': { after: ['conferred'], to: 'revoked', rule: 'not-conferred' },
    'award.reinstated': { after: ['declined', 'revoked'], skips: ['conferred'], to: 'conferred' },
  },
};

/** The facts about all of the award, and for each part that has facts of its own these and those. */
interface Shared {
  readonly whole: AwardFact[];
  readonly own: Map<AwardPart, AwardFact[]>;
}

const sharedOut = keptBeside<AwardFact, Shared>(
  () => ({ whole: [], own: new Map() }),
  ({ whole, own }, fact) => {
    const part = 'recipient' in fact ? fact.recipient : undefined;
    if (part !== undefined) {
      const facts = own.get(part) ?? [...whole];
      facts.push(fact);
      own.set(part, facts);
      return;
    }
    whole.push(fact);
    for (const facts of own.values()) facts.push(fact);
  },
);

export interface AwardFacts extends ConferredOn {
  readonly facts: readonly AwardFact[];
}

/** The facts about one part. */
export function factsOfPart({ facts }: Pick<AwardFacts, 'facts'>, part: AwardPart): readonly AwardFact[] {
  const { whole, own } = sharedOut(facts);
  return own.size === 0 ? facts : (own.get(part) ?? whole);
}

/** The facts about each of the parts; once, where all have the same. */
export function factsByPart(award: AwardFacts): readonly (readonly AwardFact[])[] {
  const all = new Set(partsIn(award).map((part) => factsOfPart(award, part)));
  return all.size === 0 ? [award.facts] : [...all];
}

/** An award stands as long as one part of it does. */
const ranking: readonly AwardStatus[] = ['conferred', 'revoked', 'declined', 'none'];
const ofAll = (statuses: readonly AwardStatus[]): AwardStatus =>
  ranking.find((status) => statuses.includes(status)) ?? 'none';

export const statusOn = (award: AwardFacts, day: Day, reading?: Reading): AwardStatus =>
  ofAll(factsByPart(award).map((facts) => statusBy(lifecycle, facts, day, reading)));

export function statusesEachDay(award: AwardFacts, days: readonly Day[]): AwardStatus[] {
  const parts = factsByPart(award).map((facts) => statusesByDay(lifecycle, facts, days));
  return days.map((_, at) => ofAll(parts.map((statuses) => statuses[at] as AwardStatus)));
}

export function isOpenInParts(award: AwardFacts, day: Day): boolean {
  const parts = factsByPart(award);
  const open = parts.filter((facts) => isStatusOpenOn(lifecycle, facts, day));
  const stands = parts.some(
    (facts) => !open.includes(facts) && statusBy(lifecycle, facts, day, 'certain') === 'conferred',
  );
  return open.length > 0 && !stands;
}

/** The state of each part, where they have facts of their own. */
export function statesOfParts(award: AwardFacts, day: Day): readonly AwardStatus[] | undefined {
  if (sharedOut(award.facts).own.size === 0) return undefined;
  return partsIn(award).map((part) => statusBy(lifecycle, factsOfPart(award, part), day));
}

export const partStatus = (award: AwardFacts, part: AwardPart, day: Day): AwardStatus =>
  statusBy(lifecycle, factsOfPart(award, part), day);
