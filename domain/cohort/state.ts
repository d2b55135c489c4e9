import type * as z from 'zod';
import { type IndexFields, inRole, takingPart } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { appended } from '../kernel/growing.ts';
import { daysOfChange, type Lifecycle, type Reading, statusBy } from '../kernel/lifecycle.ts';
import { memoized } from '../kernel/memoized.ts';
import { factOf, openingOf } from '../kernel/recorded.ts';
import type { Count } from '../values/count.ts';
import type { Day } from '../values/partial-date.ts';
import { type StatedCount, shownCount, statedIn } from './counts.ts';
import type { cohortRecorded, countStated, identified, reconciled } from './events.ts';
import { type CohortFact, type Identified, identificationsIn, type Reconciled } from './identifications.ts';

type Recorded = z.infer<typeof cohortRecorded>;

export type CohortEvent =
  | RegistryEvent<'cohort.recorded', Recorded>
  | RegistryEvent<'cohort.count-stated', z.infer<typeof countStated>>
  | RegistryEvent<'cohort.identified', z.infer<typeof identified>>
  | RegistryEvent<'cohort.reconciled', z.infer<typeof reconciled>>;

export interface CohortState extends Omit<Recorded, 'speaksAs' | 'evidence'> {
  /** What each source says of how many there are. */
  readonly counts: readonly StatedCount[];
  readonly facts: readonly CohortFact[];
}

export const states = ['open', 'reconciled'] as const;

export const lifecycle: Lifecycle<(typeof states)[number], CohortFact['type']> = {
  start: 'open',
  steps: {
    'cohort.recorded': { after: ['open'], to: 'open' },
    'cohort.count-stated': { after: ['open'], rule: 'cohort-reconciled' },
    'cohort.identified': { after: ['open'], rule: 'cohort-reconciled' },
    'cohort.reconciled': { after: ['open'], to: 'reconciled', rule: 'cohort-reconciled' },
  },
};

export function evolve(state: CohortState | undefined, event: CohortEvent): CohortState {
  if (event.type === 'cohort.recorded') {
    const { speaksAs: _, evidence: __, ...said } = event.data;
    return { ...said, counts: [statedIn(event)], facts: [openingOf(event)] };
  }
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open a cohort`);
  switch (event.type) {
    case 'cohort.count-stated':
      return {
        ...state,
        counts: appended(state.counts, statedIn(event)),
        facts: appended(state.facts, factOf(event) as CohortFact),
      };
    case 'cohort.identified':
    case 'cohort.reconciled':
      return { ...state, facts: appended(state.facts, factOf(event) as CohortFact) };
    default:
      return event satisfies never;
  }
}

export const statusOn = ({ facts }: CohortState, day: Day, reading?: Reading) =>
  statusBy(lifecycle, facts, day, reading);
export const days = ({ facts }: CohortState): Day[] => daysOfChange(facts);

export const reconciliationOf = ({ facts }: CohortState): Reconciled | undefined => identificationsIn(facts).reconciled;

/**
 * Those who have been identified, each once: the record of an organization that was identified by its name before takes
 * the place of the name.
 */
export function identifiedIn({ facts }: Pick<CohortState, 'facts'>): Identified[] {
  const all = facts.filter((fact) => fact.type === 'cohort.identified');
  const hasRecord = new Set(
    all.flatMap(({ organization, record }) => (record === undefined ? [] : (organization ?? []))),
  );
  return all.filter(
    ({ organization, record }) => record !== undefined || organization === undefined || !hasRecord.has(organization),
  );
}

/** How many there are at least and at most, as far as that is known: none below zero. */
const less = ({ exact, min, max }: Count, known: number): Count => {
  const left = (number: number) => Math.max(0, number - known);
  if (exact !== undefined) return { exact: left(exact) };
  return { min: left(min ?? 0), ...(max === undefined ? {} : { max: left(max) }) };
};

/** As many as the source counts, and never fewer than were identified. */
const atLeast = ({ exact, min, max }: Count, known: number): Count => {
  if (exact !== undefined) return { exact: Math.max(exact, known) };
  return { min: Math.max(min ?? 0, known), ...(max === undefined ? {} : { max: Math.max(max, known) }) };
};

/** The count of the sources, or the exact number that it was reconciled to. */
export function tally(state: CohortState): { unnamed: Count; counted: Count } {
  const exact = reconciliationOf(state)?.exact;
  const count: Count = exact === undefined ? shownCount(state.counts).count : { exact };
  const known = identificationsIn(state.facts).count;
  return { unnamed: less(count, known), counted: atLeast(count, known) };
}

export function indexFields(state: CohortState): IndexFields {
  const { body, programme } = state;
  const bodies = body === undefined ? [] : [body];
  return {
    kind: state.subject,
    names: state.names ?? [],
    ...(state.on === undefined ? {} : { on: state.on }),
    ...(state.ceremony === undefined ? {} : { ceremony: state.ceremony }),
    // A number that was settled is not in dispute any more.
    ...(shownCount(state.counts).isContradictory && !reconciliationOf(state) && { isDisputed: true }),
    within: { ...(body === undefined ? {} : { body }), ...(programme === undefined ? {} : { programme }) },
    hosts: bodies,
    parties: [],
    // Those identified may be any number; the record tells them.
    ...takingPart(inRole('body', bodies)),
  };
}

const whoWas = memoized(({ type: _, version: __, ...one }: Identified): object => one);

export function present(state: CohortState): object {
  const { counts, facts, ...fields } = state;
  const { count } = shownCount(counts);
  const identified = identifiedIn(state).map(whoWas);
  const reconciled = reconciliationOf(state);
  return { ...fields, count, counts, identified, ...tally(state), ...(reconciled && { reconciled }), facts };
}
