import * as z from 'zod';
import { answersIn } from '../answers/answers.ts';
import { anyEvent } from '../answers/events.ts';
import { logPosition } from '../answers/parts.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { withWordsLeftOut } from '../person/words-left-out.ts';
import { presentRecord } from '../presentation.ts';
import type { SealedRecord } from '../projections/projection.ts';
import { indexFieldsOf } from '../record/record.ts';
import { ref } from '../values/ids.ts';
import { type Cell, cellOf, columnsOf, firstName, layoutOf, type NestedList, type TableColumn } from './columns.ts';

/**
 * The whole register as tables: one for each collection, whose rows are its records; one for each field that is a list
 * of objects, such as parties and evidence, whose rows are the items of that list of all records; and one of all events.
 */

export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

/** A row of a table, its cells in the order of the columns. */
export interface TableRow {
  readonly table: string;
  readonly cells: readonly Cell[];
}

/** An item of a list of a record: which record, which list of which collection, and its place there, from 1. */
interface Item {
  readonly id: string;
  readonly collection: string;
  readonly place: number;
  readonly item: unknown;
}

const own = (name: string, kind: TableColumn['kind'], valueIn: (item: Item) => unknown): TableColumn => ({
  name,
  kind,
  valueIn: valueIn as TableColumn['valueIn'],
});
const ofItem: readonly TableColumn[] = [
  own('id', 'text', ({ id }) => id),
  own('collection', 'text', ({ collection }) => collection),
  own('place', 'integer', ({ place }) => place),
];

/** What a page does not show, because the address of a merged organization leads to the other one. */
const merged = { mergedInto: ref('organization').exactOptional() };

/** What a page says of itself, or reads besides the record. */
const beside = ['references', 'more', 'overtaken', 'unjudged', 'setAside', 'certainty', 'proof'];

const layouts = new Map(
  Object.entries(answersIn).map(([collection, { record }]) => {
    const shape = Object.fromEntries(Object.entries(record.shape).filter(([field]) => !beside.includes(field)));
    return [collection, layoutOf(z.object(collection === 'organizations' ? { ...shape, ...merged } : shape))];
  }),
);

/** A name of several words as names of collections are written. */
const kebab = (name: string): string =>
  name.replaceAll('_', '-').replaceAll(/[A-Z]/g, (sign) => `-${sign.toLowerCase()}`);

const listsByName = Map.groupBy(
  [...layouts.values()].flatMap(({ lists }) => lists),
  ({ name }) => name,
);

/** The columns of a field that is a list, in whatever collection: those of its objects, and their lists as JSON. */
function itemColumns(lists: readonly NestedList[]): readonly TableColumn[] {
  const items = [...new Set(lists.map(({ item }) => item))] as z.ZodType[];
  return columnsOf(z.union(items)).map(({ name, kind, valueIn }) => own(name, kind, ({ item }) => valueIn(item)));
}

const itemTables = new Map(
  [...listsByName].map(([name, lists]): [string, Table] => {
    const columns = [...ofItem, ...itemColumns(lists)];
    const twice = columns.filter((column, at) => columns.findIndex((one) => one.name === column.name) < at);
    // The record comes first: an item's own id is called by what it is.
    const renamed = columns.map((column) =>
      twice.includes(column) ? { ...column, name: `item_${column.name}` } : column,
    );
    return [name, { name: kebab(name), columns: renamed }];
  }),
);

const recordTables = new Map(
  [...layouts].map(([collection, layout]): [string, Table] => {
    const [id, ...others] = layout.columns;
    return [collection, { name: collection, columns: [id as TableColumn, ...firstName(layout), ...others] }];
  }),
);

const eventTable: Table = {
  name: 'events',
  columns: layoutOf(
    z.object({ ...anyEvent.pick({ id: true }).shape, position: logPosition, ...anyEvent.omit({ id: true }).shape }),
  ).columns,
};

export const tables: readonly Table[] = [...recordTables.values(), ...itemTables.values(), eventTable];

const rowOf = ({ name, columns }: Table, value: unknown): TableRow => ({
  table: name,
  cells: columns.map((column) => cellOf(column, value)),
});

/** The rows that a record makes: its own, and one for each item of its lists. */
export function rowsOfRecord(sealed: SealedRecord): TableRow[] {
  const { collection } = sealed.record.aggregate;
  const { mergedInto } = indexFieldsOf(sealed.record);
  const record = withWordsLeftOut({
    ...presentRecord(sealed),
    ...(mergedInto !== undefined && { mergedInto }),
  }) as { readonly id: string };
  const items = (layouts.get(collection)?.lists ?? []).flatMap(({ name, valueIn }) => {
    const table = itemTables.get(name) as Table;
    const all = (valueIn(record) ?? []) as readonly unknown[];
    return all.map((item, at) => rowOf(table, { id: record.id, collection, place: at + 1, item } satisfies Item));
  });
  return [rowOf(recordTables.get(collection) as Table, record), ...items];
}

/** The row of an event, as it was recorded. */
export const rowOfEvent = (event: RegistryEvent, position: number): TableRow =>
  rowOf(eventTable, { ...event, position });
