import { pagesFrom } from '../../typescript/pages.ts';
import type { Answered } from '../../typescript/reading.ts';
import type { Relations } from '../../typescript/types.ts';
import { countText } from '../counted.ts';
import { COMMON_USAGE, common, parseOptions } from '../options.ts';
import { type Subcommand, UsageError } from '../usage.ts';
import { limitOf, orFailure, organizationAskedFor, readingFrom } from './asked.ts';
import { LISTING_USAGE, listingOptions, pageLimit, printList, rowsOf } from './listing.ts';
import type { Column } from './table.ts';

const usage = `registry relations [ORGANIZATION] [--limit N | --all] [--url URL] [--json]

Prints who signs with whom: for each two organizations how many agreements both have signed, and when they had signed the
first and the last of them. An agreement that very many have signed stands in place of one of the two. ORGANIZATION is an id or
a register number; without it all are told.

${COMMON_USAGE.split('\n')[0]}
${LISTING_USAGE}

Example: registry relations organization-r346zjbzh2adq2h3rq7dsqoxx3
Exit codes: 0 done; 1 something failed; 2 the command line does not fit.`;

const options = { ...common, ...listingOptions } as const;

type Edge = Relations['edges'][number];
type EdgePage = Pick<Relations, 'nodes' | 'next'> & { readonly items: readonly Edge[] };

export const showRelations: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const [given, another] = positionals;
    if (another !== undefined) throw new UsageError(`Name one organization, or none.\n${usage.split('\n')[0]}`);
    const limit = limitOf(values);
    const registry = readingFrom(values.url, terminal);
    const organization = given === undefined ? undefined : await orFailure(organizationAskedFor(registry, given));
    const edges = pagesFrom<EdgePage>(() => edgePages(registry.relations({ organization, limit: pageLimit(limit) })));
    const lines = (items: readonly Edge[], page: EdgePage, isFirst: boolean) =>
      rowsOf(columnsOf(page, organization), items, isFirst, terminal.width);
    await printList(edges, { limit, json: values.json, noun: 'relation', lines }, terminal);
    return 0;
  },
};

async function* edgePages(answers: AsyncIterable<Answered<Relations>>): AsyncGenerator<Answered<EdgePage>> {
  for await (const { body, ...answered } of answers) {
    const { edges, ...rest } = body;
    yield { ...answered, body: { ...rest, items: edges } };
  }
}

/** Of the relations of one organization only the other end is told. */
function columnsOf({ nodes }: EdgePage, organization: string | undefined): readonly Column<Edge>[] {
  const names = new Map(nodes.map(({ id, names: [name] }) => [id, name?.value]));
  const ends = ({ between: [one = '', other = ''] }: Edge): readonly [string | undefined, string] => {
    if (one === organization) return [undefined, other];
    return other === organization ? [undefined, one] : [one, other];
  };
  const nameOf = (id: string | undefined) => id && names.get(id);
  return [
    { title: 'ONE', of: (edge) => nameOf(ends(edge)[0]), cut: true },
    { title: organization === undefined ? 'OTHER' : 'WITH', of: (edge) => nameOf(ends(edge)[1]), cut: true },
    { title: 'AGREEMENTS', of: ({ count }) => countText(count) },
    { title: 'FIRST', of: ({ first }) => first },
    { title: 'LAST', of: ({ last }) => last },
    { title: 'KINDS', of: ({ kinds }) => Object.keys(kinds).join(', '), cut: true },
    { title: 'ID OF ONE', of: (edge) => ends(edge)[0] },
    { title: 'ID', of: (edge) => ends(edge)[1] },
  ];
}
