import type { PageBody, Pages } from '../../typescript/pages.ts';
import { counted } from '../counted.ts';
import type { Terminal } from '../usage.ts';
import { orFailure } from './asked.ts';
import { type Column, tableOf } from './table.ts';

/** The options of commands that list, and their part of the usage. */
export const listingOptions = { limit: { type: 'string' }, all: { type: 'boolean', default: false } } as const;
export const LISTING_USAGE = `  --limit N      at most N of them (25)
  --all          all of them
  --json         NDJSON on stdout: each on a line of its own, as the API answers it`;

interface Listing<Page extends PageBody<unknown>> {
  readonly limit: number;
  readonly json: boolean;
  /** The lines of items for people; of the first ones, with a title. */
  readonly lines: (items: readonly Page['items'][number][], page: Page, isFirst: boolean) => Iterable<string>;
  readonly noun: string;
}

const PAGE = 100;
/** How many items one page is asked for. */
export const pageLimit = (limit: number): number => Math.min(limit, PAGE);

/** The lines of a table. Each page is one of its own, so that the first one shows at once; they have one title. */
export function rowsOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  isFirst: boolean,
  width?: number,
): string[] {
  return tableOf(columns, rows, width).slice(isFirst ? 0 : 1);
}

/** Prints as many items as are asked for, page by page. */
export async function printList<Page extends PageBody<unknown>>(
  { pages }: Pages<Page>,
  { limit, json, lines, noun }: Listing<Page>,
  terminal: Terminal,
): Promise<void> {
  let printed = 0;
  const reading = pages[Symbol.asyncIterator]();
  for (let page = await orFailure(reading.next()); !page.done; page = await orFailure(reading.next())) {
    const { body } = page.value;
    const items = body.items.slice(0, limit - printed);
    if (json) for (const item of items) terminal.out(JSON.stringify(item));
    else if (items.length > 0) for (const line of lines(items, body, printed === 0)) terminal.out(line);
    printed += items.length;
    if (printed >= limit) {
      const isMore = body.items.length > items.length || body.next !== undefined;
      if (isMore) terminal.err(`There are more than ${counted(printed, noun)}: --limit N or --all shows them.`);
      return;
    }
  }
  if (printed === 0 && !json) terminal.err('There are none.');
}
