import type { SearchQuery } from '../../typescript/api.ts';
import type { SearchHit } from '../../typescript/types.ts';
import { COMMON_USAGE, common, parseOptions } from '../options.ts';
import { PROVING_USAGE, provingAsked, provingOptions } from '../proven/proving-options.ts';
import { type Subcommand, UsageError } from '../usage.ts';
import { limitOf, readingFrom } from './asked.ts';
import { LISTING_USAGE, listingOptions, pageLimit, printList, rowsOf } from './listing.ts';
import type { Column } from './table.ts';

const usage = `registry search TEXT... [--collection C] [--kind K] [--limit N | --all] [--prove] [--url URL] [--json]

Prints the records that are called so, the best first: by any name, title, alias or acronym in any language, by the beginning
of any word, by register number or identifier. FOUND BY is the name, and NAME what the record is called now.

${COMMON_USAGE.split('\n')[0]}
  --collection C only records of this collection, such as organizations
  --kind K       only those; several with commas between them
${PROVING_USAGE}
${LISTING_USAGE}

Example: registry search guangzhou exch --collection organizations
Exit codes: 0 done; 1 something failed; 2 the command line does not fit.`;

const options = {
  ...common,
  ...listingOptions,
  ...provingOptions,
  collection: { type: 'string' },
  kind: { type: 'string' },
} as const;

export const searchRecords: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    if (positionals.length === 0) throw new UsageError(`Say what to look for.\n${usage.split('\n')[0]}`);
    const { url, json, limit: given, all, prove, vkey, ...query } = values;
    const limit = limitOf({ limit: given, all });
    // Which collections and kinds there are is for the registry to say.
    const asked = { ...query, limit: pageLimit(limit) } as SearchQuery;
    const proving = await provingAsked({ prove, vkey }, terminal);
    const found = readingFrom(url, terminal, proving?.through).search(positionals.join(' '), asked);
    let isTruncated = false;
    const lines = (items: readonly SearchHit[], { truncated }: { readonly truncated?: true }, isFirst: boolean) => {
      isTruncated ||= truncated === true;
      return rowsOf(columns, items, isFirst, terminal.width);
    };
    await printList(found, { limit, json, noun: 'record', lines }, terminal);
    if (isTruncated) terminal.err('There may be more: a rarer word, or --kind, finds them.');
    proving?.tell();
    return 0;
  },
};

const columns: readonly Column<SearchHit>[] = [
  { title: 'NUMBER', of: ({ number }) => number },
  { title: 'KIND', of: ({ kind, collection }) => kind ?? collection },
  { title: 'NAME', of: ({ names }) => names[0]?.value, cut: true },
  { title: 'FOUND BY', of: foundBy, cut: true },
  { title: 'ID', of: ({ id }) => id },
];

function foundBy({ matched, names }: SearchHit): string {
  const past = 'former' in matched && matched.former ? ' (former)' : '';
  const merged = matched.mergedFrom === undefined ? past : ' (merged)';
  if (matched.by === 'number') return `${matched.number}${merged}`;
  if (matched.by === 'identifier') return `${matched.identifier.value}${merged}`;
  if (matched.by === 'id') return merged.trim();
  return matched.name.value === names[0]?.value && merged === '' ? '' : `${matched.name.value}${merged}`;
}
