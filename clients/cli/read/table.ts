import stringWidth from 'string-width';
import { visible } from '../visible.ts';

/** Between columns. */
const GAP = '  ';
const LEAST = 8;

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | number | undefined;
  /** Whether it may be cut where a line is too long for the terminal. */
  readonly cut?: true;
}

/** A text on one line: what a server chose must not move the cursor. */
export const onOneLine = (text: string): string => visible(text).replaceAll(/\s+/g, ' ').trim();

/**
 * Rows as lines, each column as wide as its widest cell; characters of East Asian scripts take two places. Columns without
 * any value are left out. Where a line is longer than `width`, the columns that may be cut have one limit.
 */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Infinity): string[] {
  const shown = columns
    .map(({ title, of, cut }) => {
      const cells = rows.map((row) => onOneLine(String(of(row) ?? '')));
      return { title, cells, cut, widest: Math.max(...[title, ...cells].map(placesOf)) };
    })
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const lengthAt = (limit: number) =>
    shown.reduce((sum, { cut, widest }) => sum + GAP.length + (cut ? Math.min(widest, limit) : widest), -GAP.length);
  let limit = Math.max(LEAST, ...shown.map(({ widest }) => widest));
  while (limit > LEAST && lengthAt(limit) > width) limit -= 1;
  const line = (cells: readonly string[]) =>
    shown
      .map(({ cut, widest }, at) => fitted(cells[at] ?? '', cut ? Math.min(widest, limit) : widest))
      .join(GAP)
      .trimEnd();
  return [
    line(shown.map(({ title }) => title)),
    ...rows.map((_, row) => line(shown.map(({ cells }) => cells[row] ?? ''))),
  ];
}

const placesOf = (text: string): number => stringWidth(text);
const graphemes = new Intl.Segmenter();

/** The text in so many places: filled up, or cut with an ellipsis. */
const fitted = (text: string, width: number): string => {
  const cut = cutTo(text, width);
  return cut + ' '.repeat(Math.max(0, width - placesOf(cut)));
};

/** The text, or as much of it as fits before an ellipsis. */
export function cutTo(text: string, width = Infinity): string {
  if (placesOf(text) <= width) return text;
  let cut = '';
  let left = width - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= placesOf(segment);
    if (left < 0) break;
    cut += segment;
  }
  return `${cut}…`;
}
