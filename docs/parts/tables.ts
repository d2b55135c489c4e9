import type { CellKind } from '../../domain/tables/columns.ts';
import { tables } from '../../domain/tables/record-tables.ts';
import { code, table } from './markdown.ts';

const marks: Readonly<Record<CellKind, string>> = {
  text: '',
  instant: ' (instant)',
  integer: ' (integer)',
  boolean: ' (boolean)',
  texts: ' (list)',
  json: ' (JSON)',
};

export const tableOfTables = (): string =>
  table(
    ['table', 'columns; those without a mark are text'],
    tables.map(({ name, columns }) => [
      code(name),
      columns.map((column) => `${code(column.name)}${marks[column.kind]}`).join(', '),
    ]),
  );
