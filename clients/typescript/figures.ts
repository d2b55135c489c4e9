import { cursorPages, type PageBody, type Pages, pagesFrom, type ReferringBody } from './pages.ts';
import type { AtLeast, ReadJson, ReadOptions } from './reading.ts';
import type { Measure, References, ShownFigure, StatisticsRow, Summary } from './types.ts';

/** Figures, and the records behind them. */

export interface StatisticsQuery extends ReadOptions, AtLeast {
  readonly measure: Measure;
  /** A time, a dimension, or one of each. */
  readonly by?: readonly ('month' | 'year' | 'kind' | 'organization' | 'ceremony' | 'standing' | 'state')[] | undefined;
  /** Months, years or days: the first and the last that are asked for. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Only this value of the dimension. */
  readonly kind?: string | undefined;
  readonly organization?: string | undefined;
  readonly ceremony?: string | undefined;
  readonly standing?: string | undefined;
  readonly state?: string | undefined;
  readonly limit?: number | undefined;
}

interface RowsBody extends PageBody<never> {
  readonly rows: readonly StatisticsRow[];
  readonly references: References;
}

export function statisticsFrom(read: ReadJson, query: StatisticsQuery): Pages<ReferringBody<StatisticsRow>> {
  return pagesFrom(async function* () {
    for await (const page of cursorPages<RowsBody>(read, '/v1/statistics', query).pages) {
      const { rows, ...rest } = page.body;
      yield { ...page, body: { ...rest, items: rows } };
    }
  });
}

/** The records that a figure counts: the list that its link leads to. */
export function recordsBehind(
  read: ReadJson,
  { link }: Pick<ShownFigure, 'link'>,
  query: ReadOptions & AtLeast & { readonly limit?: number | undefined } = {},
): Pages<ReferringBody<Summary>> {
  const [path = '', parameters] = link.split('?');
  return cursorPages(read, path, { ...Object.fromEntries(new URLSearchParams(parameters)), ...query });
}
