import type { Summary } from '../answers/record.ts';
import type { FoldedRecord, IndexFields } from '../kernel/aggregate.ts';
import { indexFieldsOf, statusOf } from '../record/record.ts';
import { type Day, dayOf, daysOf } from '../values/partial-date.ts';
import { type Row, type SealedRecord, sortable } from './projection.ts';
import type { SummedRow } from './sums.ts';

/**
 * The lists of `records`: of all records of a collection, and of those of one organization, ceremony, body, programme, kind
 * or state. Each is a partition of pointers, read from the end: latest first. How many pointers it has stands in a counter
 * that they share.
 */

/** An entry of a list: what filters can say of a record without its summary. The sort key ends in the record's id. */
export type Pointer = Pick<Summary, 'kind' | 'on' | 'within'>;

/** An entry of an organization's activity: the roles that it has in the record, each once. */
export interface ActivityEntry {
  readonly roles: readonly string[];
}

export const listOf = (collection: string) => `list/${collection}`;
export const listOfOrganization = (collection: string, id: string) => `list/${collection}/organization/${id}`;
export const listOfCeremony = (collection: string, id: string) => `list/${collection}/ceremony/${id}`;
/** The list of a further parameter, such as the memberships of a body. */
export const listWithin = (collection: string, parameter: string, id: string) =>
  `list/${collection}/${parameter}/${id}`;
export const listOfKind = (collection: string, kind: string) => `list/${collection}/kind/${kind}`;
export const listOfState = (collection: string, state: string) => `list/${collection}/state/${state}`;
export const activityOf = (organization: string) => `activity/${organization}`;

/** The row that counts the records of a collection, or those that name a record. */
export const totalsOf = (whole: string) => ({ partition: `total/${whole}`, sort: 'total' });

/** Where the length of a list stands: the row, and the counter in it. */
export function counterOf(list: string): { readonly row: ReturnType<typeof totalsOf>; readonly counter: string } {
  const [, collection = '', by, whole = ''] = list.split('/');
  if (by === undefined) return { row: totalsOf(collection), counter: 'all' };
  if (by === 'kind' || by === 'state') return { row: totalsOf(collection), counter: `${by}/${whole}` };
  const counter = by === 'organization' || by === 'ceremony' ? collection : `${collection}/${by}`;
  return { row: totalsOf(whole), counter };
}

const ROLE = 'role/';
const roleCounter = (collection: string, role: string) => `${ROLE}${collection}/${role}`;

/** The collection and the role that a counter is about; undefined for one of another kind. */
export function roleIn(counter: string): { readonly collection: string; readonly role: string } | undefined {
  if (!counter.startsWith(ROLE)) return undefined;
  const [collection = '', role = ''] = counter.slice(ROLE.length).split('/');
  return { collection, role };
}

/** The organizations that take part in a record, each once. */
export const participantsOf = ({ id }: Pick<FoldedRecord, 'id'>, { participants }: IndexFields): string[] =>
  [...new Set(participants)].filter((organization) => organization !== id);

/** In which roles each of them does. */
export function rolesIn({ id }: FoldedRecord, { roles }: IndexFields): Map<string, string[]> {
  const all = Map.groupBy(roles, ({ organization }) => organization);
  all.delete(id);
  return new Map([...all].map(([organization, some]) => [organization, [...new Set(some.map(({ role }) => role))]]));
}

/** Time passes without events: rows tell the state of the day on which their record last changed. */
export const stateIn = (record: FoldedRecord): string => statusOf(record, dayOf(record.changedAt));

/** The lists in which a record stands. */
function listsOf(record: FoldedRecord, fields: IndexFields): string[] {
  const { collection } = record.aggregate;
  const { kind, ceremony, within = {} } = fields;
  return [
    listOf(collection),
    ...(kind === undefined ? [] : [listOfKind(collection, kind)]),
    listOfState(collection, stateIn(record)),
    ...participantsOf(record, fields).map((organization) => listOfOrganization(collection, organization)),
    ...(ceremony === undefined ? [] : [listOfCeremony(collection, ceremony)]),
    ...Object.entries(within).map(([parameter, whole]) => listWithin(collection, parameter, whole)),
  ];
}

/** Facts whose day nobody states stand before all others. */
const NO_DAY: Day = '0000-00-00';

const earliestDay = ({ on }: Pick<IndexFields, 'on'>): Day => (on === undefined ? NO_DAY : daysOf(on).earliest);

function pointerOf({ kind, on, within }: IndexFields): Pointer {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(on === undefined ? {} : { on }),
    ...(within === undefined ? {} : { within }),
  };
}

/** The record's entries in its lists. They say nothing that changes with every act. */
export function listRows({ record, first }: SealedRecord, fields: IndexFields): Row[] {
  const sort = `${earliestDay(fields)}/${sortable(first)}/${record.id}`;
  const value = pointerOf(fields);
  return listsOf(record, fields).map((partition) => ({ partition, sort, value }));
}

export function activityRows({ record, first }: SealedRecord, fields: IndexFields): Row[] {
  const sort = `${sortable(first)}/${record.id}`;
  return [...rolesIn(record, fields)].map(([organization, roles]): Row => {
    const value: ActivityEntry = { roles };
    return { partition: activityOf(organization), sort, value };
  });
}

/** One for each list in which a record stands, and for each role of an organization in it; what was retracted counts, too. */
export function totals({ record }: SealedRecord): SummedRow[] {
  const fields = indexFieldsOf(record);
  if (fields.mergedInto !== undefined) return [];
  const { collection } = record.aggregate;
  const one = (row: ReturnType<typeof totalsOf>, counter: string): SummedRow => ({ ...row, add: { [counter]: 1 } });
  return [
    ...listsOf(record, fields).map((list) => {
      const { row, counter } = counterOf(list);
      return one(row, counter);
    }),
    ...[...rolesIn(record, fields)].flatMap(([organization, some]) =>
      some.map((role) => one(totalsOf(organization), roleCounter(collection, role))),
    ),
  ];
}
