import type { Moment } from '../answers/lists.ts';
import type { ShortName } from '../answers/parts.ts';
import type { Summary } from '../answers/record.ts';
import { NAMED, STAY_FACTS, SUMMARY_NAMES, SUMMARY_PARTICIPANTS } from '../bounds.ts';
import type { FoldedRecord, Period } from '../kernel/aggregate.ts';
import { hashOfMatchKey } from '../organization/match-keys.ts';
import { nextDue } from '../record/due.ts';
import { hasOtherNames, listedNames } from '../record/held.ts';
import { indexFieldsOf, periodsOf, standingOf } from '../record/record.ts';
import { referencesIn } from '../values/ids.ts';
import type { Name } from '../values/names.ts';
import { type Day, dayOf, daysOf, FIRST_DAY, LAST_DAY, type PartialDate } from '../values/partial-date.ts';
import { endOf } from '../values/utf8-order.ts';
import { activityRows, listRows, participantsOf, stateIn, totals } from './list-rows.ts';
import {
  type AppliedCommit,
  numberAt,
  numberOf,
  type Projection,
  type Row,
  type SealedRecord,
  sortable,
} from './projection.ts';
import { clientRows, disputeRows } from './registrar-rows.ts';

/** The records whose names a record's page may show, where its summary does not name just them. */
export interface NamedRow {
  readonly id: string;
  /** Missing where they are more than a page shows. */
  readonly ids?: readonly string[];
}

/** What the programme of a ceremony says beside its summary. */
export interface ProgrammeRow {
  readonly roles: readonly object[];
  readonly unnamed: readonly object[];
  /** Whether it has more roles than the row. */
  readonly moreRoles?: true;
}

/** What a roster says of one stay in a body. */
export interface Stay extends Omit<Period, 'version' | 'facts'> {
  readonly from: PartialDate | 'unknown';
  /** The membership. */
  readonly id: string;
  /** The register number of the stay. */
  readonly number: string;
  /** The facts of the stay, unless they are more than a row holds: then they are read from the membership's events. */
  readonly facts?: Period['facts'];
  readonly factCount: number;
}

/** One thing that two records of one organization would share. */
export interface MatchKey {
  readonly id: string;
  /** `name:` or `identifier:` and the normalised form. */
  readonly likeness: string;
}

/** A day that changes a record by having come: see `nextDue`. */
export interface Due {
  readonly id: string;
  readonly day: Day;
}

/** The partitions of `records` beside its lists, and how their rows are sorted. */
export const recordRow = (id: string) => `record/${id}`;
export const namedRow = (id: string) => `named/${id}`;
export const programmeRow = (id: string) => `programme/${id}`;
/** Stays that last, as `<first day>/<version>/<id>`; those that are over, as `<last day>/<version>/<id>`. */
export const liveRosterOf = (body: string) => `roster/${body}/live`;
export const endedRosterOf = (body: string) => `roster/${body}/ended`;
export const TIMELINE = 'timeline';
/** The days that are due, as `<day>/<id>`. */
export const DUE = 'due';
/** Names and identifiers of organizations, as `<key of the normalised form>/<id>`: what is alike stands together. */
export const MATCH_KEYS = 'likenesses';
/** A sort key behind all rows of a day. */
export const endOfDay = (day: Day): string => endOf(`${day}/`);

export const shortName = ({ value, lang, kind, form }: Name): ShortName => ({
  // In the order in which rows are stored (RFC 8785).
  ...(form === undefined ? {} : { form }),
  ...(kind === undefined ? {} : { kind }),
  lang,
  value,
});

export function summaryOf(sealed: SealedRecord): Summary {
  const { record } = sealed;
  const { aggregate } = record;
  const fields = indexFieldsOf(record);
  const participants = participantsOf(record, fields);
  return {
    id: record.id,
    collection: aggregate.collection,
    number: numberOf(sealed),
    version: record.version,
    ...(fields.kind === undefined ? {} : { kind: fields.kind }),
    names: listedNames(record).slice(0, SUMMARY_NAMES).map(shortName),
    ...(hasOtherNames(record) && { otherNames: true as const }),
    ...(fields.on === undefined ? {} : { on: fields.on }),
    ...(fields.ceremony === undefined ? {} : { ceremony: fields.ceremony }),
    ...(fields.within === undefined ? {} : { within: fields.within }),
    participants: participants.slice(0, SUMMARY_PARTICIPANTS),
    participantCount: participants.length,
    ...aggregate.listed?.(record.state, dayOf(record.changedAt)),
    state: stateIn(record),
    standing: standingOf(record),
    recordedAt: record.recordedAt,
    ...(fields.mergedInto === undefined ? {} : { mergedInto: fields.mergedInto }),
    ...(fields.absorbed === undefined ? {} : { absorbed: fields.absorbed }),
  };
}

function rows(sealed: SealedRecord): Row[] {
  const { record } = sealed;
  const fields = indexFieldsOf(record);
  const summary = summaryOf(sealed);
  const itself: Row = { partition: recordRow(record.id), sort: record.id, value: summary };
  // What was merged is no entry of its own any more: lists show the organization that it is.
  if (fields.mergedInto !== undefined) return [itself, ...matchKeyRows(record)];
  return [
    itself,
    ...namedRows(sealed, summary),
    ...programmeRows(sealed),
    ...listRows(sealed, fields),
    ...activityRows(sealed, fields),
    ...rosterRows(sealed),
    ...dueRows(record),
    ...matchKeyRows(record),
    ...clientRows(sealed),
    ...disputeRows(sealed),
  ];
}

/** The other records that a summary names, in the order of their ids. */
export const namedInSummary = (summary: Pick<Summary, 'id'>): string[] => {
  const ids = new Set(referencesIn(summary).map(({ id }) => id));
  ids.delete(summary.id);
  return [...ids].sort();
};

/** The other records that a record names, in that order. */
export const namedInOrder = ({ named }: Pick<SealedRecord, 'named'>): string[] => [...named].sort();

/** So that a page tells whether it has changed without the record's events. Mostly its summary tells it. */
function namedRows(sealed: SealedRecord, summary: Summary): Row[] {
  const { id } = sealed.record;
  const [ids, told] = [namedInOrder(sealed), namedInSummary(summary)];
  if (ids.length === told.length && ids.every((one, place) => one === told[place])) return [];
  const value: NamedRow = { id, ...(ids.length <= NAMED && { ids }) };
  return [{ partition: namedRow(id), sort: id, value }];
}

/** What a programme shows of a ceremony, so that it is read without the ceremony's events. */
function programmeRows({ record: { id, aggregate, state } }: SealedRecord): Row[] {
  const value = aggregate.programme?.(state);
  return value ? [{ partition: programmeRow(id), sort: id, value }] : [];
}

function ofCommit({ record, first }: SealedRecord, { position, version, types, recordedAt }: AppliedCommit): Row[] {
  const { id, aggregate } = record;
  const { collection, letter } = aggregate;
  const moment: Moment = { id, collection, number: `${letter}-${first}`, version, position, types, recordedAt };
  return [{ partition: TIMELINE, sort: `${sortable(position)}/${id}`, value: moment }];
}

/** What a register of organizations is looked through by for one that may be another. */
function matchKeyRows({ id, aggregate, state, isRetracted }: FoldedRecord): Row[] {
  const keys = isRetracted ? [] : (aggregate.matching?.keys(state) ?? []);
  const rowOf = (matchKey: string): [string, Row] => {
    const sort = `${hashOfMatchKey(matchKey)}/${id}`;
    const value: MatchKey = { id, likeness: matchKey };
    return [sort, { partition: MATCH_KEYS, sort, value }];
  };
  return [...new Map(keys.map(rowOf)).values()];
}

function rosterRows(sealed: SealedRecord): Row[] {
  const { id } = sealed.record;
  return periodsOf(sealed.record).flatMap(({ version, from, facts, ...period }): Row[] => {
    if (from === undefined) return [];
    const stay: Stay = {
      id,
      number: numberAt(sealed, version),
      from,
      ...period,
      ...(facts.length <= STAY_FACTS && { facts }),
      factCount: facts.length,
    };
    const bound = period.to === undefined ? firstDayOf(from) : lastDayOf(period.to);
    const sort = `${bound}/${sortable(version)}/${id}`;
    const partition = period.to === undefined ? liveRosterOf(period.body) : endedRosterOf(period.body);
    return [{ partition, sort, value: stay }];
  });
}

const firstDayOf = (date: PartialDate | 'unknown'): Day => (date === 'unknown' ? FIRST_DAY : daysOf(date).earliest);
const lastDayOf = (date: PartialDate | 'unknown'): Day => (date === 'unknown' ? LAST_DAY : daysOf(date).latest);

function dueRows(record: FoldedRecord): Row[] {
  const day = nextDue(record);
  if (day === undefined) return [];
  const due: Due = { id: record.id, day };
  return [{ partition: DUE, sort: `${day}/${record.id}`, value: due }];
}

/** Every collection's records with what they name, lists and how long these are, the activity, match keys and clients of organizations, the timeline, open disputes, and the days that are due. */
export const records: Projection = { name: 'records', revision: 10, rows, ofCommit, sums: totals };

/**
 * For reads that are answered from the rows of the last revision until those of this one are whole: see
 * domain/reading/last-revision.ts and docs/decisions/0036.
 */
export const recordsOrLast: Projection = { ...records, reads: [9] };
