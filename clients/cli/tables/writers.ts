import { appendFile } from 'node:fs/promises';
import type { Cell } from '../../../domain/tables/columns.ts';
import { csvHeader, csvRow } from '../../../domain/tables/csv.ts';
import type { Table } from '../../../domain/tables/record-tables.ts';
import type { Format } from './formats.ts';
import type { TableWriter } from './table-writer.ts';

/** How many characters are gathered before they are written. */
const GATHERED = 1_000_000;

function createTextWriter(path: string, header: string, line: (cells: readonly Cell[]) => string): TableWriter {
  let gathered = [header];
  let characters = header.length;
  async function flush(): Promise<void> {
    const text = gathered.join('');
    [gathered, characters] = [[], 0];
    await appendFile(path, text);
  }
  return {
    async add(cells) {
      const text = line(cells);
      gathered.push(text);
      characters += text.length;
      if (characters > GATHERED) await flush();
    },
    end: flush,
  };
}

/** One object a line, with every column; what has the kind `json` is a JSON value again. */
function ndjsonLine({ columns }: Table, cells: readonly Cell[]): string {
  const fields = columns.map(({ name, kind }, place) => {
    const cell = cells[place] ?? null;
    return [name, kind === 'json' && typeof cell === 'string' ? JSON.parse(cell) : cell];
  });
  return `${JSON.stringify(Object.fromEntries(fields))}\n`;
}

export async function createTableWriter(format: Format, table: Table, path: string): Promise<TableWriter> {
  const { columns } = table;
  switch (format) {
    case 'csv':
      return createTextWriter(path, csvHeader(columns), (cells) => csvRow(columns, cells));
    case 'ndjson':
      return createTextWriter(path, '', (cells) => ndjsonLine(table, cells));
    case 'parquet': {
      // Loaded when it is needed: no other command does.
      const { createParquetWriter } = await import('./parquet.ts');
      return createParquetWriter(table, path);
    }
    default:
      return format satisfies never;
  }
}
