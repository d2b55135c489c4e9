import { type Context, command, type Decision, type FoldedRecord } from '../kernel/aggregate.ts';
import { decideStep } from '../kernel/decide-step.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Refusal, type Result, refused } from '../kernel/refusal.ts';
import { identifiedInCohort } from '../record/events.ts';
import { areSame } from '../record/merges.ts';
import { indexFieldsOf } from '../record/record.ts';
import { mayAct } from '../record/rights.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { mostStated, rangeOf } from './counts.ts';
import { cohortRecorded, countStated, identified, reconciled } from './events.ts';
import { ownersOf, strangeOrganization, strangeRecord } from './fit.ts';
import { identificationsIn, knownAs, recordKey } from './identifications.ts';
import { type CohortState, lifecycle, reconciliationOf } from './state.ts';

const recordCohort = command({
  name: 'record-cohort',
  records: 'cohort.recorded',
  default: true,
  scope: 'registry/submit',
  summary: 'Record how many there are whom a source does not name',
  rules: ['cohort-of-nothing'],
  schema: submitted(cohortRecorded),
  example: { subject: 'intents', body: '#centre', count: { min: 31 }, on: '2023-02-23?', evidence },
  decide(data): Result<Decision> {
    if (data.body === undefined && data.programme === undefined && data.ceremony === undefined) {
      const detail = 'say which body, programme or ceremony they belong to';
      return refused({ rule: 'cohort-of-nothing', pointer: '', detail });
    }
    return accepted({ events: [{ type: 'cohort.recorded', data }] });
  },
});

/** The record of an organization may follow its name, but no organization is identified twice, and no record. */
function identifiedTwice(
  state: CohortState,
  organization: string | undefined,
  record: string | undefined,
  { lookup }: Context,
): Refusal[] {
  const pointer = record === undefined ? '/organization' : '/record';
  const { records } = identificationsIn(state.facts);
  const twice =
    (record !== undefined && records.has(recordKey(record, organization))) ||
    knownAs(state.facts, organization, lookup).some(({ hasRecord }) => record === undefined || hasRecord);
  return twice ? [{ rule: 'identified-already', pointer, detail: 'the cohort has identified it already' }] : [];
}

/** No more are identified than there are at most. */
function overfull(
  state: CohortState,
  organization: string | undefined,
  pointer: string,
  { lookup }: Context,
): Refusal[] {
  const { count } = identificationsIn(state.facts);
  const most = mostStated(state.counts);
  const replaces = knownAs(state.facts, organization, lookup).length > 0;
  return !replaces && count >= most
    ? [{ rule: 'cohort-full', pointer, detail: `the cohort counts ${most} at most, and all are identified` }]
    : [];
}

/** Whether a record can be identified here: by this submitter, and not in another cohort before. */
function recordFaults(state: CohortState, record: FoldedRecord, context: Context): Refusal[] {
  const { id, actor, lookup } = context;
  const pointer = '/record';
  if (!mayAct(record, actor, lookup)) {
    return [{ rule: 'right-lacking', pointer, detail: 'only its submitter, its host or a party to it may act on it' }];
  }
  if (record.cohort !== undefined && record.cohort !== id) {
    return [{ rule: 'identified-elsewhere', pointer, detail: `the record is identified in ${record.cohort}` }];
  }
  return strangeRecord(state, record, context);
}

/** Either an organization is named or a record; of a record that several share, also whose part of it is meant. */
function whomUnclear(
  organization: string | undefined,
  record: FoldedRecord | undefined,
  { lookup }: Context,
): Refusal[] {
  const owners = record ? ownersOf(record) : [];
  if (owners.length > 1) {
    const isNamed = owners.some((owner) => areSame(organization, owner, lookup));
    const detail = `several share the record: name one of them too, ${owners.join(' or ')}`;
    return isNamed ? [] : [{ rule: 'identify-one', pointer: '/organization', detail }];
  }
  const detail = 'name either an organization or a record';
  return (organization === undefined) === (record === undefined) ? [{ rule: 'identify-one', pointer: '', detail }] : [];
}

/** A cohort that was reconciled is closed, whatever the days of the facts: its number has been settled. */
const closed = (state: CohortState): Refusal[] =>
  reconciliationOf(state)
    ? [{ rule: 'cohort-reconciled', pointer: '', detail: 'nothing more is recorded of a cohort that was reconciled' }]
    : [];

const identify = command({
  name: 'identify-in-cohort',
  records: 'cohort.identified',
  alsoMakes: ['agreement.identified-in-cohort', 'membership.identified-in-cohort', 'award.identified-in-cohort'],
  act: 'identify',
  scope: 'registry/submit',
  summary: 'Name one of those whom the cohort counts',
  rules: [
    'cohort-reconciled',
    'identify-one',
    'not-of-this-cohort',
    'identified-already',
    'identified-elsewhere',
    'cohort-full',
    'right-lacking',
  ],
  schema: submitted(identified),
  // Whose record it is, and what it belongs to: the cohort may know these organizations under other ids.
  reads(data, { body }: CohortState, lookup) {
    const record = data.record === undefined ? undefined : lookup(data.record);
    return [body, ...(record ? [...ownersOf(record), indexFieldsOf(record).within?.body] : [])].flatMap(
      (id) => id ?? [],
    );
  },
  example: { organization: '#company', evidence },
  decide(data, state: CohortState, context: Context): Result<Decision> {
    const record = data.record === undefined ? undefined : context.lookup(data.record);
    const unclear = whomUnclear(data.organization, record, context);
    if (unclear.length > 0) return refused(...closed(state), ...unclear);
    const organization = data.organization ?? (record && ownersOf(record)[0]);
    const strange = record ? recordFaults(state, record, context) : strangeOrganization(state, organization, context);
    const faults = [...closed(state), ...strange];
    if (faults.length > 0) return refused(...faults);
    const pointer = record ? '/record' : '/organization';
    const twice = identifiedTwice(state, organization, data.record, context);
    const countFaults = twice.length > 0 ? twice : overfull(state, organization, pointer, context);
    if (countFaults.length > 0) return refused(...countFaults);
    const fact = { ...data, ...(organization === undefined ? {} : { organization }) };
    const { id: cohort } = context;
    const as = state.subject === 'intents' || state.subject === 'members' ? { subject: state.subject } : {};
    return accepted({
      events: [{ type: 'cohort.identified', data: fact }],
      others: record
        ? [
            {
              id: record.id,
              events: [identifiedInCohort(record.aggregate.name, { cohort, ...as, evidence: data.evidence })],
            },
          ]
        : [],
    });
  },
});

/** Those who are identified are certain: no number below theirs is right. */
function belowIdentified(state: CohortState, most: number, pointer: string): Refusal[] {
  const known = identificationsIn(state.facts).count;
  return most < known ? [{ rule: 'below-identified', pointer, detail: `${known} are identified already` }] : [];
}

const stateCount = command({
  name: 'state-cohort-count',
  records: 'cohort.count-stated',
  act: 'state-count',
  scope: 'registry/submit',
  by: 'anyone',
  summary: 'Record how many another source counts',
  rules: ['cohort-reconciled', 'below-identified'],
  schema: submitted(countStated),
  example: { count: { exact: 35 }, on: '2023-02-23?', evidence },
  decide(data, state: CohortState, context: Context): Result<Decision> {
    const faults = [...closed(state), ...belowIdentified(state, rangeOf(data.count).most, '/count')];
    if (faults.length > 0) return refused(...faults);
    return decideStep(lifecycle, state.facts, { type: 'cohort.count-stated', data }, context);
  },
});

const reconcile = command({
  name: 'reconcile-cohort',
  records: 'cohort.reconciled',
  act: 'reconcile',
  scope: 'registry/submit',
  summary: 'Settle the number of those whom the cohort counts, and close it',
  rules: ['cohort-reconciled', 'contradicts-history', 'below-identified'],
  schema: submitted(reconciled),
  example: { exact: 33, on: '2023-12', evidence },
  decide(data, state: CohortState, context: Context): Result<Decision> {
    const faults = closed(state);
    if (faults.length > 0) return refused(...faults);
    const below = belowIdentified(state, data.exact, '/exact');
    return decideStep(lifecycle, state.facts, { type: 'cohort.reconciled', data }, context, below);
  },
});

export const commands = [recordCohort, stateCount, identify, reconcile];
