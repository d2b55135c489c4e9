import type { SchemaElement } from 'hyparquet';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { Cell, CellKind, TableColumn } from '../../../domain/tables/columns.ts';
import type { Table } from '../../../domain/tables/record-tables.ts';
import type { TableWriter } from './table-writer.ts';

/** Rows that are kept in memory: one row group. */
const ROWS_PER_GROUP = 20_000;

const text = (name: string, repetition_type: 'OPTIONAL' | 'REQUIRED' = 'OPTIONAL'): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
  repetition_type,
});

/**
 * Every column has a type of its own, also where no row has a value: readers would guess otherwise, and guess differently
 * from file to file. A list has three levels, which keep no list, an empty list and an absent item apart.
 */
function elementsOf({ name, kind }: Pick<TableColumn, 'name' | 'kind'>): SchemaElement[] {
  switch (kind) {
    case 'text':
    case 'json':
      return [text(name)];
    case 'integer':
      return [{ name, type: 'INT64', repetition_type: 'OPTIONAL' }];
    case 'boolean':
      return [{ name, type: 'BOOLEAN', repetition_type: 'OPTIONAL' }];
    case 'instant':
      // An instant, not a time of day somewhere: without `isAdjustedToUTC` readers take it as local time.
      return [
        {
          name,
          type: 'INT64',
          converted_type: 'TIMESTAMP_MILLIS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
          repetition_type: 'OPTIONAL',
        },
      ];
    case 'texts':
      return [
        { name, converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1, repetition_type: 'OPTIONAL' },
        { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
        text('element', 'REQUIRED'),
      ];
    default:
      return kind satisfies never;
  }
}

function written(kind: CellKind, cell: Cell): unknown {
  if (cell === null) return null;
  if (kind === 'integer') return BigInt(cell as number);
  return kind === 'instant' ? new Date(cell as string) : cell;
}

export function createParquetWriter({ columns }: Table, path: string): TableWriter {
  const [id, ...others] = columns;
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    text(id?.name ?? '', 'REQUIRED'),
    ...others.flatMap(elementsOf),
  ];
  const writer = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'signings-registry' });
  let gathered: unknown[][] = columns.map(() => []);
  let rows = 0;
  async function flush(): Promise<void> {
    if (rows === 0) return;
    const columnData = columns.map(({ name }, place) => ({ name, data: gathered[place] ?? [] }));
    await writer.write({ columnData, rowGroupSize: ROWS_PER_GROUP });
    [gathered, rows] = [columns.map(() => []), 0];
  }
  return {
    async add(cells) {
      for (const [place, { kind }] of columns.entries()) gathered[place]?.push(written(kind, cells[place] ?? null));
      rows += 1;
      if (rows === ROWS_PER_GROUP) await flush();
    },
    async end() {
      await flush();
      await writer.finish();
    },
  };
}
