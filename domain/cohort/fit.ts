import type { Context, FoldedRecord, Lookup } from '../kernel/aggregate.ts';
import type { DatedFact } from '../kernel/history.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { areSame } from '../record/merges.ts';
import { indexFieldsOf } from '../record/record.ts';
import { type Day, daysOf, type PartialDate } from '../values/partial-date.ts';
import type { CohortState } from './state.ts';

/** Whom and what a cohort counts, and what therefore does not fit it. */

/** The records of what a cohort counts; guests and who is on a shortlist have none. */
const aggregateOfSubject = {
  intents: 'membership',
  members: 'membership',
  recipients: 'award',
  shortlists: undefined,
  honourees: 'award',
  agreements: 'agreement',
  guests: undefined,
} as const;

const strange = (pointer: string, detail: string): Refusal => ({ rule: 'not-of-this-cohort', pointer, detail });

/** Whose record it is: several organizations may share an award. Agreements are nobody's. */
export function ownersOf(record: FoldedRecord): string[] {
  const { parties, within = {} } = indexFieldsOf(record);
  return record.aggregate.name === 'agreement' ? [] : parties.filter((party) => party !== within.body);
}

const isAnother = (one: string | undefined, other: string | undefined, lookup: Lookup) =>
  one !== undefined && other !== undefined && one !== other && !areSame(one, other, lookup);

const hasCome = (on: PartialDate | 'unknown', today: Day) => on === 'unknown' || daysOf(on).earliest <= today;

/** Intent is not membership: each is told by facts of its own, in one record. */
const beginnings: Readonly<Partial<Record<CohortState['subject'], readonly string[]>>> = {
  intents: ['membership.intent-declared', 'membership.applied'],
  members: ['membership.admitted'],
};

/** A dated fact as states keep it, with all that its event says. */
interface Told extends DatedFact {
  readonly ceremony?: string;
}
const beginningsIn = ({ state }: FoldedRecord, subject: CohortState['subject']) =>
  (state as { readonly facts: readonly Told[] }).facts.filter(({ type }) => beginnings[subject]?.includes(type));

function isOfSubject(subject: CohortState['subject'], record: FoldedRecord, today: Day): boolean {
  if (subject === 'intents') return beginningsIn(record, subject).length > 0;
  if (subject !== 'members') return true;
  // A source may tell of a member without telling of its admission.
  const periods = record.aggregate.periods?.of(record.state) ?? [];
  return periods.some(({ from }) => from !== undefined && hasCome(from, today));
}

/** Where what the cohort counts happened, as far as the record says: a record of several beginnings may name several. */
function ceremoniesOf(subject: CohortState['subject'], record: FoldedRecord): (string | undefined)[] {
  if (!beginnings[subject]) return [indexFieldsOf(record).ceremony];
  return beginningsIn(record, subject).map(({ ceremony }) => ceremony);
}

/** A ceremony with all that it is a part of, and whether all of that is known. */
function wholesOf(ceremony: string, lookup: Lookup): { readonly ids: string[]; readonly known: boolean } {
  const record = lookup.ifRead(ceremony);
  const whole = record && indexFieldsOf(record).ceremony;
  const above = whole === undefined ? { ids: [], known: record !== undefined } : wholesOf(whole, lookup);
  return { ...above, ids: [ceremony, ...above.ids] };
}

/** Whether two ceremonies certainly are apart: neither is the other, nor a part of it. */
function areApart(one: string, other: string, lookup: Lookup): boolean {
  const [first, second] = [wholesOf(one, lookup), wholesOf(other, lookup)];
  return first.known && second.known && !first.ids.includes(other) && !second.ids.includes(one);
}

/** Whether a record tells of everything that the cohort could count in it that it happened elsewhere. */
function isElsewhere({ subject, ceremony }: CohortState, record: FoldedRecord, lookup: Lookup): boolean {
  if (ceremony === undefined) return false;
  const ceremonies = ceremoniesOf(subject, record);
  return ceremonies.length > 0 && ceremonies.every((at) => at !== undefined && areApart(ceremony, at, lookup));
}

/** A record is of what the cohort counts, and not of another body, programme or ceremony. */
export function strangeRecord(cohort: CohortState, record: FoldedRecord, { today, lookup }: Context): Refusal[] {
  const { subject, body, programme } = cohort;
  const pointer = '/record';
  const expected = aggregateOfSubject[subject];
  if (expected === undefined) return [strange(pointer, `${subject} have no records`)];
  if (record.aggregate.name !== expected) {
    return [strange(pointer, `a cohort of ${subject} counts records of kind ${expected}`)];
  }
  const { within = {} } = indexFieldsOf(record);
  if (isAnother(body, within.body, lookup) || isAnother(programme, within.programme, lookup)) {
    return [strange(pointer, 'the record belongs to another body or programme')];
  }
  if (!isOfSubject(subject, record, today)) return [strange(pointer, `the record tells of no ${subject}`)];
  return isElsewhere(cohort, record, lookup)
    ? [strange(pointer, 'it happened at a ceremony that is no part of that of the cohort')]
    : [];
}

/** Agreements are no organizations, and a body does not join itself. */
export function strangeOrganization(
  { subject, body }: CohortState,
  organization: string | undefined,
  { lookup }: Context,
): Refusal[] {
  const pointer = '/organization';
  if (subject === 'agreements') return [strange(pointer, 'a cohort of agreements counts records of kind agreement')];
  const joins = subject === 'intents' || subject === 'members';
  return joins && areSame(organization, body, lookup) ? [strange(pointer, 'a body is no member of itself')] : [];
}
