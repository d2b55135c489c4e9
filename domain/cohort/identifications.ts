import type * as z from 'zod';
import type { Lookup } from '../kernel/aggregate.ts';
import { keptBeside } from '../kernel/beside.ts';
import { memoized } from '../kernel/memoized.ts';
import type { FactOf } from '../kernel/recorded.ts';
import { idsOf } from '../record/merges.ts';
import type { cohortRecorded, countStated, identified, reconciled } from './events.ts';

export type Identified = FactOf<'cohort.identified', z.infer<typeof identified>>;
export type Reconciled = FactOf<'cohort.reconciled', z.infer<typeof reconciled>>;
export type CohortFact =
  | FactOf<'cohort.recorded', Pick<z.infer<typeof cohortRecorded>, 'on'>>
  | FactOf<'cohort.count-stated', z.infer<typeof countStated>>
  | Identified
  | Reconciled;

/** Who has been identified, by what rules ask for. */
interface Identifications {
  /** How many: a name that a record has taken the place of does not count. */
  count: number;
  /** Each with the organization whose it is, as several may share one: see `recordKey`. */
  readonly records: Set<string>;
  readonly organizations: Map<string, Known>;
  reconciled: Reconciled | undefined;
}

/** Under what an organization has been identified. */
interface Known {
  readonly names: number;
  readonly hasRecord: boolean;
}

export const recordKey = (record: string, organization: string | undefined): string =>
  `${record} ${organization ?? ''}`;

function learn(known: Identifications, fact: CohortFact): void {
  if (fact.type === 'cohort.reconciled') known.reconciled ??= fact;
  if (fact.type !== 'cohort.identified') return;
  const { organization, record } = fact;
  const { names, hasRecord } = known.organizations.get(organization ?? '') ?? { names: 0, hasRecord: false };
  if (record !== undefined) {
    known.records.add(recordKey(record, organization));
    known.count += hasRecord ? 1 : 1 - names;
  } else if (!hasRecord) known.count += 1;
  if (organization === undefined) return;
  known.organizations.set(organization, {
    names: record === undefined ? names + 1 : names,
    hasRecord: hasRecord || record !== undefined,
  });
}

export const identificationsIn: (facts: readonly CohortFact[]) => Readonly<Identifications> = keptBeside(
  (): Identifications => ({ count: 0, records: new Set(), organizations: new Map(), reconciled: undefined }),
  learn,
);

/** Under what one organization has been identified, whichever of its ids was given. */
export function knownAs(facts: readonly CohortFact[], organization: string | undefined, lookup: Lookup): Known[] {
  if (organization === undefined) return [];
  const { organizations } = identificationsIn(facts);
  const others = lookup.ifRead(organization) ? [] : namingMerged(lookup)(facts);
  const ids = [
    organization,
    ...idsOf(organization, lookup),
    ...others.filter((other) => idsOf(other, lookup).includes(organization)),
  ];
  return [...new Set(ids)].flatMap((id) => organizations.get(id) ?? []);
}

/** The organizations that were identified and know other ids of theirs: they tell of one that nobody read. */
const namingMerged = memoized((lookup: Lookup) =>
  keptBeside<CohortFact, string[]>(
    () => [],
    (found, fact) => {
      const organization = fact.type === 'cohort.identified' ? fact.organization : undefined;
      if (organization !== undefined && idsOf(organization, lookup).length > 1) found.push(organization);
    },
  ),
);
