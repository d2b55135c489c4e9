import { designations } from '../../../domain/designations.ts';
import { didYouMean } from '../../../domain/values/nearest.ts';
import type { ListQuery } from '../../typescript/api.ts';
import type { CollectionName } from '../../typescript/commands.ts';
import type { References, Summaries } from '../../typescript/types.ts';
import { COMMON_USAGE, common, onlyArgument, parseOptions } from '../options.ts';
import { PROVING_USAGE, provingAsked, provingOptions } from '../proven/proving-options.ts';
import { type Subcommand, UsageError } from '../usage.ts';
import { limitOf, nameIn, readingFrom } from './asked.ts';
import { LISTING_USAGE, listingOptions, pageLimit, printList, rowsOf } from './listing.ts';
import type { Column } from './table.ts';

const collections = Object.values(designations).map(({ collection }) => collection);

const usage = `registry list COLLECTION [--organization ID] [--ceremony ID] [--body ID] [--programme ID] [--kind K] [--state S]
              [--standing S] [--from DAY] [--to DAY] [--limit N | --all] [--prove] [--url URL] [--json]

Prints the records of a collection, latest first: ${collections.join(', ')}.

${COMMON_USAGE.split('\n')[0]}
  --organization ID, --ceremony ID, --body ID (memberships, cohorts), --programme ID (awards, cohorts)
                 only those that it takes part in, or that belong to it
  --kind K, --state S, --standing S
                 only those; several with commas between them
  --from DAY, --to DAY
                 only what may have happened then
${PROVING_USAGE}
${LISTING_USAGE}

Example: registry list agreements --state signed,in-force --from 2023-01-01
Exit codes: 0 done; 1 something failed; 2 the command line does not fit.`;

const filters = {
  organization: { type: 'string' },
  ceremony: { type: 'string' },
  body: { type: 'string' },
  programme: { type: 'string' },
  kind: { type: 'string' },
  state: { type: 'string' },
  standing: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
} as const;
const options = { ...common, ...listingOptions, ...provingOptions, ...filters } as const;

export const listRecords: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const collection = collectionMeant(onlyArgument(usage, 'collection', positionals));
    const { url, json, limit: given, all, prove, vkey, ...query } = values;
    const limit = limitOf({ limit: given, all });
    const proving = await provingAsked({ prove, vkey }, terminal);
    const registry = readingFrom(url, terminal, proving?.through);
    // What the list does not take, and which values a filter has, is for the registry to say.
    const asked = { ...query, limit: pageLimit(limit) } as ListQuery<CollectionName>;
    const lines = (items: readonly Row[], { references }: { readonly references: References }, isFirst: boolean) =>
      rowsOf(columnsOf(references), items, isFirst, terminal.width);
    await printList(registry.list(collection, asked), { limit, json, noun: 'record', lines }, terminal);
    proving?.tell();
    return 0;
  },
};

/** @throws UsageError */
function collectionMeant(given: string): CollectionName {
  const collection = collections.find((known) => known === given);
  if (collection) return collection;
  const meant = didYouMean(given, collections);
  throw new UsageError(
    `There is no collection "${given}"${meant || `: there are ${collections.join(', ')}`}${meant ? '' : '.'}`,
  );
}

type Row = Summaries[CollectionName];

/** Participants that stand for a name, where a record has none. */
const SHOWN = 3;

/** What it is called, or else who takes part in it. */
function nameOf({ names, participants, participantCount }: Row, references: References): string {
  const [name] = names;
  if (name) return name.value;
  const shown = participants.slice(0, SHOWN).map((id) => nameIn(references, id) ?? id);
  const others = participantCount - shown.length;
  return [...shown, ...(others > 0 ? [`${others} more`] : [])].join(' · ');
}

/** `31`, `≥31`, `≤40` or `31–40`. */
function textOf({ exact, min, max }: Summaries['cohorts']['counted']): string {
  if (exact !== undefined) return String(exact);
  if (max === undefined) return `≥${min ?? 0}`;
  return min === undefined ? `≤${max}` : `${min}–${max}`;
}

const columnsOf = (references: References): readonly Column<Row>[] => [
  { title: 'NUMBER', of: ({ number }) => number },
  { title: 'ON', of: ({ on }) => on },
  { title: 'KIND', of: ({ kind }) => kind },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'STANDING', of: ({ standing }) => standing },
  { title: 'SIGNED', of: (row) => ('signatures' in row ? `${row.signatures}/${row.partyCount}` : undefined) },
  { title: 'COUNT', of: (row) => ('counted' in row ? textOf(row.counted) : undefined) },
  { title: 'CLASS', of: (row) => ('class' in row ? row.class : undefined), cut: true },
  { title: 'CATEGORY', of: (row) => ('category' in row ? row.category : undefined), cut: true },
  { title: 'NAME', of: (row) => nameOf(row, references), cut: true },
  { title: 'ID', of: ({ id }) => id },
];
