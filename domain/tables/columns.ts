import * as z from 'zod';

/** The columns of tables, derived from the shapes of what stands in their rows. */

/** What a column holds. `texts` is a list of texts; `json` is whatever has no other form, as JSON. */
export type CellKind = 'text' | 'instant' | 'integer' | 'boolean' | 'texts' | 'json';
/** A text, an instant (RFC 3339) and JSON are strings. `null` says that there is none, which an empty list is not. */
export type Cell = string | number | boolean | readonly string[] | null;

export interface TableColumn {
  readonly name: string;
  readonly kind: CellKind;
  readonly valueIn: (row: unknown) => unknown;
}

/** A list of objects in a shape, which may be a table of its own. */
export interface NestedList {
  readonly name: string;
  readonly item: z.core.$ZodType;
  readonly valueIn: (row: unknown) => unknown;
}

interface Layout {
  readonly columns: readonly TableColumn[];
  readonly lists: readonly NestedList[];
}

type Def = z.core.$ZodType['_zod']['def'] & {
  readonly innerType?: z.core.$ZodType;
  readonly out?: z.core.$ZodType;
  readonly getter?: () => z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly element?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly format?: string;
  readonly values?: readonly unknown[];
};
const defOf = (schema: z.core.$ZodType): Def => schema._zod.def as Def;

/** The schema without what makes it optional or delays it. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType, getter, type, out } = defOf(schema);
  const inner = innerType ?? (type === 'lazy' ? getter?.() : type === 'pipe' ? out : undefined);
  return inner ? bare(inner) : schema;
}

/** What the vault tells of a person: tables never hold that. */
const OF_THE_VAULT = ['name', 'erased'];

/** All fields of an object, or of the objects of a union: each with the schemas that it may have. */
function fieldsOf(schema: z.core.$ZodType): ReadonlyMap<string, readonly z.core.$ZodType[]> | undefined {
  const { type, shape = {}, options } = defOf(bare(schema));
  if (type === 'object') {
    const fields = Object.entries(shape).filter(([field]) => !('person' in shape && OF_THE_VAULT.includes(field)));
    return new Map(fields.map(([field, one]) => [field, [one]]));
  }
  if (type !== 'union') return undefined;
  const all = new Map<string, z.core.$ZodType[]>();
  for (const option of options ?? []) {
    const fields = fieldsOf(option);
    if (!fields) return undefined;
    for (const [field, schemas] of fields) all.set(field, [...(all.get(field) ?? []), ...schemas]);
  }
  return all;
}

/** The kind of what is no object. */
function kindOf(schema: z.core.$ZodType): CellKind {
  const { type, format, element, options, values = [] } = defOf(bare(schema));
  switch (type) {
    case 'string':
      return format === 'datetime' ? 'instant' : 'text';
    case 'enum':
      return 'text';
    case 'literal':
      return values.every((value) => value === true) ? 'boolean' : 'text';
    case 'number':
      return 'integer';
    case 'boolean':
      return 'boolean';
    case 'array':
      return element && kindOf(element) === 'text' ? 'texts' : 'json';
    case 'union':
      return unionKind((options ?? []).map(kindOf));
    default:
      return 'json';
  }
}

/** Texts and numbers may stand in one column as text; what else differs is JSON. */
function unionKind(kinds: readonly CellKind[]): CellKind {
  const [first = 'json', ...others] = new Set(kinds);
  if (others.length === 0) return first;
  return [first, ...others].every((kind) => kind === 'text' || kind === 'integer') ? 'text' : 'json';
}

const itemOf = (schema: z.core.$ZodType): z.core.$ZodType | undefined => {
  const { type, element } = defOf(bare(schema));
  return type === 'array' && element && fieldsOf(element) ? element : undefined;
};

const at = (row: unknown, field: string): unknown =>
  typeof row === 'object' && row !== null ? (row as Readonly<Record<string, unknown>>)[field] : undefined;

/** Objects within objects, as deep as their columns go. */
const DEPTH = 4;

/**
 * The columns of a shape, in its order. The fields of an object within it are columns of their own, named
 * `<field>_<inner field>`.
 */
export function layoutOf(shape: z.core.$ZodType): Layout {
  const columns: TableColumn[] = [];
  const lists: NestedList[] = [];
  const add = (
    name: string,
    schemas: readonly z.core.$ZodType[],
    valueIn: TableColumn['valueIn'],
    depth: number,
  ): void => {
    const [only] = schemas.length === 1 ? schemas : [z.union(schemas as readonly z.ZodType[])];
    const schema = only as z.core.$ZodType;
    const fields = depth < DEPTH ? fieldsOf(schema) : undefined;
    const item = schemas.map(itemOf).find((one) => one !== undefined);
    if (fields) {
      for (const [field, inner] of fields) {
        add(name === '' ? field : `${name}_${field}`, inner, (row) => at(valueIn(row), field), depth + 1);
      }
    } else if (item && schemas.every(itemOf)) lists.push({ name, item, valueIn });
    else columns.push({ name, kind: kindOf(schema), valueIn });
  };
  add('', [shape], (row) => row, 0);
  return { columns, lists };
}

/** The first of the names of a row that has several: nothing for rows that have no list of names. */
export function firstName({ lists }: Pick<Layout, 'lists'>): TableColumn[] {
  const names = lists.find(({ name }) => name === 'names' || name === 'titles');
  if (!names) return [];
  const valueIn = (row: unknown) => (names.valueIn(row) as { value: string }[] | undefined)?.[0]?.value;
  return [{ name: 'name', kind: 'text', valueIn }];
}

/**
 * The columns of a list whose items have this shape, the first of which is `id`: what `idOf` tells, else their own. An id
 * that is another one is `item_id`.
 */
export function listColumns(shape: z.core.$ZodType, idOf?: TableColumn['valueIn']): readonly TableColumn[] {
  const columns = columnsOf(shape);
  const own = columns.find(({ name }) => name === 'id');
  const others = columns.filter((column) => column !== own);
  const item = idOf && own ? [{ ...own, name: 'item_id' }] : [];
  const valueIn = idOf ?? own?.valueIn ?? (() => undefined);
  return [{ name: 'id', kind: 'text', valueIn }, ...firstName(layoutOf(shape)), ...item, ...others];
}

/** The columns of a shape, with its lists of objects as JSON after the others. */
export function columnsOf(shape: z.core.$ZodType): readonly TableColumn[] {
  const { columns, lists } = layoutOf(shape);
  return [...columns, ...lists.map(({ name, valueIn }): TableColumn => ({ name, kind: 'json', valueIn }))];
}

/** What stands in a column of a row. */
export function cellOf({ kind, valueIn }: TableColumn, row: unknown): Cell {
  const value = valueIn(row);
  if (value === undefined || value === null) return null;
  switch (kind) {
    case 'text':
    case 'instant':
      return String(value);
    case 'integer':
      return value as number;
    case 'boolean':
      return value as boolean;
    case 'texts':
      return value as readonly string[];
    case 'json':
      return JSON.stringify(value);
    default:
      return kind satisfies never;
  }
}
