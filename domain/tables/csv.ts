import { type Cell, cellOf, type TableColumn } from './columns.ts';

/**
 * Tables as CSV (RFC 4180): a comma between cells, CRLF at the end of every row, quotes around what needs them, UTF-8
 * without a byte order mark. No value is an empty cell, an empty list is `[]`.
 */

/** The end of every row, also of the last one: a file that does not end so was cut. */
const ROW_END = '\r\n';

/** The name of the last column, which names the columns of its row whose cells have an apostrophe in front. */
const ESCAPED = 'escaped';

/**
 * What a spreadsheet would take for a formula, also behind white space; and what begins with an apostrophe, so that the
 * one that is put in front can be taken away again.
 */
const RUN = /^(?:['\t\r\n]|[\s\p{Default_Ignorable_Code_Point}]*[=+\-@＝＋－＠])/u;
const QUOTED = /[",\r\n]|^\s|\s$/;
/** One break of a line, however it is written: readers count rows alike only where cells hold no CR. */
const BREAK = /\r\n?/g;

const quoted = (text: string): string => (QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function textOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return JSON.stringify(cell);
  // It is never empty: an empty text would look like no value.
  return typeof cell === 'string' ? cell.replace(BREAK, '\n') : String(cell);
}

/** The first row: the names of the columns. */
export const csvHeader = (columns: readonly Pick<TableColumn, 'name'>[]): string =>
  `${[...columns.map(({ name }) => name), ESCAPED].map(quoted).join(',')}${ROW_END}`;

/** A row of cells in the order of the columns. */
export function csvRow(columns: readonly Pick<TableColumn, 'name'>[], cells: readonly Cell[]): string {
  const escaped: string[] = [];
  const texts = cells.map((cell, place) => {
    const text = textOf(cell);
    if (typeof cell !== 'string' || !RUN.test(text)) return quoted(text);
    escaped.push(columns[place]?.name ?? '');
    return quoted(`'${text}`);
  });
  return `${[...texts, escaped.join(' ')].join(',')}${ROW_END}`;
}

/** The rows of values, without a header. */
export const csvOf = (columns: readonly TableColumn[], rows: readonly unknown[]): string =>
  rows
    .map((row) =>
      csvRow(
        columns,
        columns.map((column) => cellOf(column, row)),
      ),
    )
    .join('');
