import { measures } from '../../../domain/kernel/counted.ts';
import { didYouMean } from '../../../domain/values/nearest.ts';
import type { StatisticsQuery } from '../../typescript/figures.ts';
import type { ReferringBody } from '../../typescript/pages.ts';
import type { Measure, StatisticsRow } from '../../typescript/types.ts';
import { countText } from '../counted.ts';
import { COMMON_USAGE, common, onlyArgument, parseOptions } from '../options.ts';
import { PROVING_USAGE, provingAsked, provingOptions } from '../proven/proving-options.ts';
import { type Subcommand, UsageError } from '../usage.ts';
import { limitOf, nameIn, readingFrom } from './asked.ts';
import { LISTING_USAGE, listingOptions, pageLimit, printList, rowsOf } from './listing.ts';
import type { Column } from './table.ts';

const usage = `registry statistics MEASURE [--by WHAT] [--from MONTH] [--to MONTH] [--kind K] [--organization ID] [--ceremony ID]
                    [--standing S] [--state S] [--limit N | --all] [--prove] [--url URL] [--json]

Prints how many there are: ${measures.join(', ')}.

${COMMON_USAGE.split('\n')[0]}
  --by WHAT      month or year, or one of kind, organization, ceremony, standing and state, or one of each: month,kind
  --from MONTH, --to MONTH
                 with a time in --by: only these months, or years
  --kind K, --organization ID, --ceremony ID, --standing S, --state S
                 only this value of what --by names
${PROVING_USAGE}
${LISTING_USAGE}

Example: registry statistics signings --by month,kind
Exit codes: 0 done; 1 something failed; 2 the command line does not fit.`;

const filters = {
  by: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  kind: { type: 'string' },
  organization: { type: 'string' },
  ceremony: { type: 'string' },
  standing: { type: 'string' },
  state: { type: 'string' },
} as const;
const options = { ...common, ...listingOptions, ...provingOptions, ...filters } as const;

export const showStatistics: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const measure = measureMeant(onlyArgument(usage, 'measure', positionals));
    const { url, json, limit: given, all, prove, vkey, by, ...query } = values;
    const limit = limitOf({ limit: given, all });
    // Which values there are is for the registry to say.
    const asked = { measure, ...query, by: by?.split(','), limit: pageLimit(limit) } as StatisticsQuery;
    const lines = (items: readonly StatisticsRow[], page: ReferringBody<StatisticsRow>, isFirst: boolean) =>
      rowsOf(columnsOf(page), items, isFirst, terminal.width);
    const proving = await provingAsked({ prove, vkey }, terminal);
    const figures = readingFrom(url, terminal, proving?.through).statistics(asked);
    await printList(figures, { limit, json, noun: 'figure', lines }, terminal);
    proving?.tell();
    return 0;
  },
};

/** @throws UsageError */
function measureMeant(given: string): Measure {
  const measure = measures.find((known) => known === given);
  if (measure) return measure;
  const meant = didYouMean(given, measures);
  throw new UsageError(`Nobody counts "${given}"${meant || `: there are ${measures.join(', ')}.`}`);
}

const columnsOf = ({ references }: ReferringBody<StatisticsRow>): readonly Column<StatisticsRow>[] => [
  { title: 'MONTH', of: ({ month }) => month },
  { title: 'YEAR', of: ({ year }) => year },
  { title: 'KIND', of: ({ kind }) => kind },
  { title: 'STANDING', of: ({ standing }) => standing },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'COUNT', of: ({ count }) => countText(count) },
  {
    title: 'RECORDS',
    of: ({ records }) => (typeof records === 'number' ? String(records) : `${records.min}–${records.max}`),
  },
  { title: 'NAME', of: ({ organization, ceremony }) => nameIn(references, organization ?? ceremony), cut: true },
  { title: 'ID', of: ({ organization, ceremony }) => organization ?? ceremony },
];
