import type { ReferringBody } from '../../typescript/pages.ts';
import type { Member } from '../../typescript/types.ts';
import { COMMON_USAGE, common, onlyArgument, parseOptions } from '../options.ts';
import { PROVING_USAGE, provingAsked, provingOptions } from '../proven/proving-options.ts';
import type { Subcommand } from '../usage.ts';
import { limitOf, nameIn, orFailure, organizationAskedFor, readingFrom } from './asked.ts';
import { LISTING_USAGE, listingOptions, pageLimit, printList, rowsOf } from './listing.ts';
import type { Column } from './table.ts';

const usage = `registry members ORGANIZATION [--on DAY] [--limit N | --all] [--prove] [--url URL] [--json]

Prints the members of a body on a day: each stay with its register number, its state, and whether the dates make it certain.
ORGANIZATION is an id or a register number.

${COMMON_USAGE.split('\n')[0]}
  --on DAY       the day, such as 2024-03-01 (today)
${PROVING_USAGE}
${LISTING_USAGE}

Example: registry members organization-r346zjbzh2adq2h3rq7dsqoxx3 --on 2024-03-01
Exit codes: 0 done; 1 there is no such organization, or something failed; 2 the command line does not fit.`;

const options = { ...common, ...listingOptions, ...provingOptions, on: { type: 'string' } } as const;

export const members: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const given = onlyArgument(usage, 'organization', positionals);
    const limit = limitOf(values);
    const proving = await provingAsked(values, terminal);
    const registry = readingFrom(values.url, terminal, proving?.through);
    const id = await orFailure(organizationAskedFor(registry, given));
    const lines = (items: readonly Member[], page: ReferringBody<Member>, isFirst: boolean) =>
      rowsOf(columnsOf(page), items, isFirst, terminal.width);
    const roster = registry.members(id, { on: values.on, limit: pageLimit(limit) });
    await printList(roster, { limit, json: values.json, noun: 'stay', lines }, terminal);
    proving?.tell();
    return 0;
  },
};

const columnsOf = ({ references }: ReferringBody<Member>): readonly Column<Member>[] => [
  { title: 'NUMBER', of: ({ number }) => number },
  { title: 'ORGANIZATION', of: ({ organization }) => nameIn(references, organization), cut: true },
  { title: 'STATE', of: ({ state, certainty }) => (certainty === 'possible' ? `${state}?` : state) },
  { title: 'CLASS', of: (stay) => stay.class, cut: true },
  { title: 'FROM', of: ({ from }) => from },
  { title: 'TO', of: ({ to }) => to },
  { title: 'ID', of: ({ organization }) => organization },
];
