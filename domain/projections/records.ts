import type { FoldedRecord, IndexFields, Period } from '../kernel/aggregate.ts';
import { hashOfMatchKey } from '../organization/match-keys.ts';
import { nextDue } from '../record/due.ts';
import { indexFieldsOf, periodsOf, type Standing, standingOf, statusOf } from '../record/record.ts';
import type { Name } from '../values/names.ts';
import { type Day, daysOf, FIRST_DAY, LAST_DAY, type PartialDate } from '../values/partial-date.ts';
import { numberAt, numberOf, type Projection, type Row, type SealedRecord } from './projection.ts';

/** What a list says of a record. */
export interface Summary {
  readonly id: string;
  readonly collection: string;
  /** The register number: the collection's letter and the position of the record's first event. */
  readonly number: string;
  readonly version: number;
  readonly kind?: string;
  readonly names: readonly Name[];
  readonly on?: PartialDate;
  readonly ceremony?: string;
  /** What it belongs to, such as `{body: …}` of a membership. */
  readonly within?: Readonly<Record<string, string>>;
  /** The organizations that take part in it. */
  readonly participants: readonly string[];
  readonly state: string;
  readonly standing: Standing;
  readonly recordedAt: string;
  /** Of an organization: the one that it was merged into, and those that were merged into it. */
  readonly mergedInto?: string;
  readonly absorbed?: readonly string[];
}

/** What the timeline says of one commit. */
export interface Moment {
  readonly id: string;
  readonly collection: string;
  /** The register number under which the record was opened. */
  readonly number: string;
  /** Version and position of the commit's last event. */
  readonly version: number;
  readonly position: number;
  readonly types: readonly string[];
  readonly recordedAt: string;
}

/** What a roster says of one stay in a body. */
export interface Stay extends Omit<Period, 'version'> {
  readonly from: PartialDate | 'unknown';
  /** The membership. */
  readonly id: string;
  /** The register number of the stay. */
  readonly number: string;
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

/** The partitions of `records`, and how their rows are sorted. Lists are read from the end: latest first. */
export const recordRow = (id: string) => `record/${id}`;
export const listOf = (collection: string) => `list/${collection}`;
export const listOfOrganization = (collection: string, id: string) => `list/${collection}/organization/${id}`;
export const listOfCeremony = (collection: string, id: string) => `list/${collection}/ceremony/${id}`;
/** The list of a further parameter, such as the memberships of a body. */
export const listWithin = (collection: string, parameter: string, id: string) =>
  `list/${collection}/${parameter}/${id}`;
/** Stays that last, as `<first day>/<version>/<id>`; those that are over, as `<last day>/<version>/<id>`. */
export const liveRosterOf = (body: string) => `roster/${body}/live`;
export const endedRosterOf = (body: string) => `roster/${body}/ended`;
export const activityOf = (organization: string) => `activity/${organization}`;
export const TIMELINE = 'timeline';
/** The days that are due, as `<day>/<id>`. */
export const DUE = 'due';
/** Names and identifiers of organizations, as `<key of the normalised form>/<id>`: what is alike stands together. */
export const MATCH_KEYS = 'likenesses';
/** A sort key behind all rows of a day. */
export const endOfDay = (day: Day): string => `${day}/~`;

/** Facts whose day nobody states stand before all others. */
const NO_DAY: Day = '0000-00-00';

/** Positions sort as text; 12 digits last for a million years at a thousand events a minute. */
const sortable = (position: number) => String(position).padStart(12, '0');

const earliestDay = ({ on }: Pick<IndexFields, 'on'>): Day => (on === undefined ? NO_DAY : daysOf(on).earliest);

export function summaryOf(sealed: SealedRecord): Summary {
  const { record } = sealed;
  const { aggregate } = record;
  const facets = indexFieldsOf(record);
  return {
    id: record.id,
    collection: aggregate.collection,
    number: numberOf(sealed),
    version: record.version,
    ...(facets.kind === undefined ? {} : { kind: facets.kind }),
    names: facets.names,
    ...(facets.on === undefined ? {} : { on: facets.on }),
    ...(facets.ceremony === undefined ? {} : { ceremony: facets.ceremony }),
    ...(facets.within === undefined ? {} : { within: facets.within }),
    participants: [...new Set(facets.participants)].filter((id) => id !== record.id),
    // Time passes without events: a row tells the state of the day on which its record last changed.
    state: statusOf(record, record.changedAt.slice(0, 10)),
    standing: standingOf(record),
    recordedAt: record.recordedAt,
    ...(facets.mergedInto === undefined ? {} : { mergedInto: facets.mergedInto }),
    ...(facets.absorbed === undefined ? {} : { absorbed: facets.absorbed }),
  };
}

function rows(sealed: SealedRecord): Row[] {
  const { record, first, commits } = sealed;
  const summary = summaryOf(sealed);
  const { id, collection, participants, ceremony, within = {} } = summary;
  const opened = `${record.aggregate.letter}-${first}`;
  const byPosition = (position: number) => `${sortable(position)}/${id}`;
  const moments = commits.map(({ position, version, types, recordedAt }): Row => {
    const moment: Moment = { id: record.id, collection, number: opened, version, position, types, recordedAt };
    return { partition: TIMELINE, sort: byPosition(position), value: moment };
  });
  const itself: Row = { partition: recordRow(id), sort: id, value: summary };
  // What was merged is no entry of its own any more: lists show the organization that it is.
  if (summary.mergedInto !== undefined) return [itself, ...matchKeyRows(record), ...moments];
  const byDay = `${earliestDay(summary)}/${sortable(first)}/${id}`;
  return [
    itself,
    { partition: listOf(collection), sort: byDay, value: summary },
    ...participants.flatMap((organization): Row[] => [
      { partition: listOfOrganization(collection, organization), sort: byDay, value: summary },
      { partition: activityOf(organization), sort: byPosition(first), value: summary },
    ]),
    ...(ceremony === undefined
      ? []
      : [{ partition: listOfCeremony(collection, ceremony), sort: byDay, value: summary }]),
    ...Object.entries(within).map(
      ([parameter, whole]): Row => ({
        partition: listWithin(collection, parameter, whole),
        sort: byDay,
        value: summary,
      }),
    ),
    ...rosterRows(sealed),
    ...dueRows(record),
    ...matchKeyRows(record),
    ...moments,
  ];
}

/** What a register of organizations is looked through by for one that may be another. */
function matchKeyRows({ id, aggregate, state, isRetracted }: FoldedRecord): Row[] {
  const likenesses = isRetracted ? [] : (aggregate.matching?.keys(state) ?? []);
  const rowOf = (likeness: string): [string, Row] => {
    const sort = `${hashOfMatchKey(likeness)}/${id}`;
    const value: MatchKey = { id, likeness };
    return [sort, { partition: MATCH_KEYS, sort, value }];
  };
  return [...new Map(likenesses.map(rowOf)).values()];
}

function rosterRows(sealed: SealedRecord): Row[] {
  const { id } = sealed.record;
  return periodsOf(sealed.record).flatMap(({ version, from, ...period }): Row[] => {
    if (from === undefined) return [];
    const stay: Stay = { id, number: numberAt(sealed, version), from, ...period };
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

/** Every collection's records and lists, the activity and likenesses of organizations, the timeline, and the days that are due. */
export const records: Projection = { name: 'records', revision: 4, rows };
