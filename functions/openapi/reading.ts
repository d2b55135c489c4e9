import { EXPORTED_ITEMS, listedItems } from '../../domain/answers/listed-items.ts';
import { aggregates } from '../../domain/catalog.ts';
import type { Aggregate } from '../../domain/kernel/aggregate.ts';
import {
  filtersOf,
  historyParameters,
  paging,
  partiesParameters,
  positionParameters,
  proofParameters,
  recordListParameters,
  recordParameters,
  relationsParameters,
  rosterParameters,
  searchParameters,
} from '../../domain/reading/parameters.ts';
import { type RecordList, recordLists } from '../../domain/record/shown.ts';
import { registerNumber } from '../../domain/values/ids.ts';
import { CSV, NDJSON, routeAt } from '../http/routes.ts';
import { figureOperations, figureParametersOf } from './figures.ts';
import { pathParameter, queryParameters } from './parameters.ts';
import { answer, type Operation, parameterRef, schemaRef, whereMerged } from './parts.ts';
import { personOperation } from './people.ts';
import {
  pageHeaders,
  positionHeader,
  type ReadOperation,
  reading,
  readProblems,
  statementHeader,
} from './read-parts.ts';
import { registrarOperations } from './registrar-lists.ts';
import { pascal } from './schemas.ts';

const pageDescriptions = { limit: 'The most items to answer', cursor: 'The `next` of the previous page' };
const page = queryParameters(paging, pageDescriptions);

const knownAt = {
  description:
    'Answer with what the registry knew then: up to and including a position of the log, such as `41`, or at an instant (RFC 3339), such as `2026-11-24T09:30:00Z`. Not with `minPosition`',
  examples: {
    position: { summary: 'As of the event at position 41', value: 41 },
    instant: { summary: 'As of what was sealed by that instant', value: '2026-11-24T09:30:00Z' },
  },
};
const minPosition = queryParameters(positionParameters, {
  minPosition: 'Wait up to 5 seconds until this position is visible; 409 if it is not by then',
});

const proven = {
  proof:
    'With `true`: the answer as of the last statement of what the read models hold, with `proof`, from which anybody can tell that it is complete and right; 409 while nothing is stated. Not with CSV and NDJSON',
  knownAt: {
    ...knownAt,
    description:
      'With `proof=true`: as of the last statement up to a position of the log, or an instant (RFC 3339), that is kept; `Registry-Statement` says which. Not with `minPosition`',
  },
};
/** `knownAt` once: some reads have it of their own. */
function proofParametersBeside(parameters: readonly object[]): object[] {
  const names = new Set(parameters.map((parameter) => (parameter as { readonly name?: string }).name));
  return queryParameters(proofParameters, proven).filter(
    (parameter) => !names.has((parameter as { readonly name: string }).name),
  );
}

/** A read of the read model `records`: it can wait for a position, names the position that it answers for, and can prove its answer. */
const atPosition = ({ parameters = [], rules = [], headers = positionHeader, ...one }: ReadOperation): Operation =>
  reading({
    ...one,
    headers: { ...headers, ...statementHeader },
    parameters: [...parameters, ...minPosition, ...proofParametersBeside(parameters)],
    rules: ['not-yet', 'rebuilding', 'set-aside', 'unavailable', ...rules],
  });

const inPages = (one: ReadOperation): Operation => atPosition({ ...one, headers: pageHeaders });

function listOf(aggregate: Aggregate): Operation {
  const { name: aggregateName, collection, lists = {} } = aggregate;
  return inPages({
    schema: schemaRef(`${pascal(aggregateName)}List`),
    tag: collection,
    operationId: `list-${collection}`,
    summary: `List ${collection}, latest first`,
    description:
      'By the earliest day of the fact, then by position; undated facts come last. One request reads at most 500 rows, so a page may be shorter than its limit although there is a `next`. `from` and `to` match facts that may have happened between them.',
    parameters: [
      ...queryParameters(filtersOf(aggregate), {
        ...Object.fromEntries(
          Object.entries(lists).map(([name, kind]) => [name, `Only records of this ${name}: an id of kind ${kind}`]),
        ),
        organization: 'Only records in which this organization takes part',
        ceremony: 'Only records at this ceremony, or parts of it',
        kind: 'Only these kinds',
        state: 'Only these states',
        standing: 'Only these standings',
        from: 'Facts of this day and later',
        to: 'Facts of this day and earlier',
      }),
      ...figureParametersOf(aggregate),
      ...page,
    ],
  });
}

const validOn = {
  description: 'Answer with the state on this day, and with how certain the dates make it',
  example: '2023-03-01',
};

const recordOf = ({ name, collection }: Aggregate): Operation =>
  atPosition({
    tag: collection,
    operationId: `get-${name}`,
    summary: 'One record, with the names of what it refers to',
    description:
      'The record folded from its events. Its `ETag` is `"<version>-<hash>"`: it changes when the answer does; `If-Match` of an act takes the part before the dash. With `knownAt` it is the record as the registry knew it then, with the names that the records it refers to had then; `Registry-Position` is the position that is answered for, the end of a commit. With `validOn` its `state` is that of the day, and `certainty` says whether partial dates leave the state open; so do those of each party of an agreement. Names, titles, relations and roles are those that held on that day, and the records that it refers to have the names that they had then. Both together show what was known then about that day. A person in it is shown with the name that the vault has now, or as `erased`, and a text that mentions one with the words that the vault has now, or `…`; such an answer must not be stored. With `setAside` lists, figures and numbers do not show its latest version, which is the one answered if this release can show it; that answer must not be stored either.',
    parameters: [
      parameterRef(`${name}Id`),
      ...queryParameters(recordParameters, {
        knownAt,
        validOn,
      }),
    ],
    schema: schemaRef(`${pascal(name)}Record`),
    answers: whereMerged({ name }),
    rules: ['not-found', 'set-aside'],
  });

const historyOf = ({ name, collection }: Aggregate): Operation =>
  inPages({
    tag: collection,
    operationId: `history-${name}`,
    summary: 'Its events, oldest first, with what each changed',
    description:
      'Each is an event as it was recorded, with its `position` and its `changes`: JSON pointers into the record, each with the value that `was` there and the value that `is` there now; at most 100, and 250 KB, of one event, of which `changesLeftOut` counts the rest. Its texts are shown with the words that mention persons, as on the record’s page; `/v1/events` has them as they were recorded. `actor` and `onbehalfof` say who submitted it, `data` on what evidence. With `knownAt` the history ends with what the registry knew then. The history of a merged organization stays under its own id.',
    parameters: [parameterRef(`${name}Id`), ...queryParameters(historyParameters, { knownAt, ...pageDescriptions })],
    schema: schemaRef(`${pascal(name)}History`),
    rules: ['not-found', 'set-aside'],
  });

const lists = {
  evidence: {
    schema: () => 'EvidencePage',
    summary: 'All its evidence, in the order of recording',
    description: 'The evidence of its facts, and what was added. A piece on which several facts rest comes once.',
  },
  facts: {
    schema: (name: string) => `${pascal(name)}Facts`,
    summary: 'All its facts, in the order of recording',
    description:
      'Whatever happened to it, with corrections applied, and whatever was said of it: corrections, retractions, disputes. What was retracted is left out. Its evidence stands in a list of its own.',
  },
  parties: {
    schema: (name: string) => `${pascal(name)}Parties`,
    summary: 'All its parties',
    description:
      'The parties of an agreement, each with its `state`, since when, and `certainty`, as on the record’s page: on the day of `validOn`, else as of the last event. Of every other record the organizations that speak as parties to it.',
  },
} as const satisfies Record<RecordList, object>;

const recordListOf = ({ name, collection }: Aggregate, list: RecordList): Operation => {
  const { schema, summary, description } = lists[list];
  return inPages({
    tag: collection,
    operationId: `${list}-of-${name}`,
    summary,
    description: `${description} The record itself shows the first 100, and \`more\` leads here. A person, and words that mention one, are shown as on the record’s page.`,
    parameters: [
      parameterRef(`${name}Id`),
      ...(list === 'parties'
        ? queryParameters(partiesParameters, { knownAt, validOn, ...pageDescriptions })
        : queryParameters(recordListParameters, { knownAt, ...pageDescriptions })),
    ],
    schema: schemaRef(schema(name)),
    answers: whereMerged({ name }),
    rules: ['not-found'],
  });
};

const spanning = (): [string, Operation][] => [
  ['/v1/people/{id}', personOperation],
  [
    '/v1/organizations/{id}/activity',
    inPages({
      tag: 'organizations',
      operationId: 'activity',
      summary: 'Records that the organization takes part in, last recorded first',
      description:
        'Records of every collection, as lists show them, each with the `roles` of the organization in it, including those of organizations that were merged into it.',
      parameters: [parameterRef('organizationId'), ...page],
      schema: schemaRef('ActivityPage'),
      answers: whereMerged({ name: 'organization' }),
      rules: ['not-found'],
    }),
  ],
  [
    '/v1/organizations/{id}/members',
    inPages({
      tag: 'organizations',
      operationId: 'members',
      summary: 'The roster of a body on a day',
      description:
        'One item for each stay of an organization in the body, with its register number, its state on that day, and whether its dates make membership on that day certain or only possible. Intents are not memberships.',
      parameters: [
        parameterRef('organizationId'),
        ...queryParameters(rosterParameters, { on: 'The day; by default today at UTC+14', ...pageDescriptions }),
      ],
      schema: schemaRef('Members'),
      answers: whereMerged({ name: 'organization' }),
      rules: ['not-found'],
    }),
  ],
  [
    '/v1/ceremonies/{id}/programme',
    atPosition({
      tag: 'ceremonies',
      operationId: 'programme',
      summary: 'Its parts, its roles, and everything recorded at it',
      description:
        'Each part is a programme of its own; parts are listed earliest first. `more` links to what one answer cannot hold.',
      parameters: [parameterRef('ceremonyId')],
      schema: schemaRef('Programme'),
      rules: ['not-found'],
    }),
  ],
  [
    '/v1/search',
    inPages({
      tag: 'register',
      operationId: 'search',
      summary: 'Records by any name, number or identifier',
      description:
        'Looks among every present and former name, title, alias and acronym in every language, register numbers, ids and identifiers, for records that have all words of the text: each may be the beginning of a word, they may stand in any order, and Chinese may begin at any character. Case, width and accents do not matter, ё is е, simplified and traditional characters find each other, and Cyrillic names are found in Latin letters. First what is called so, then names with all words in their order, with words that begin so, with the words in another order; then former names, and those of what was merged. `matched` says which name, and why. A retracted record is found by its number, id and identifiers alone. One search reads at most 500 rows: with `truncated` every word of the text is in more names than that, and there may be more.',
      parameters: [
        ...queryParameters(searchParameters, {
          q: { description: 'What to look for', required: true, example: 'diamond exch' },
          collection: 'Only records of this collection',
          kind: 'Only records of these kinds',
          ...pageDescriptions,
        }),
      ],
      schema: schemaRef('SearchPage'),
    }),
  ],
  [
    '/v1/timeline',
    inPages({
      tag: 'register',
      operationId: 'timeline',
      summary: 'Everything recorded, last recorded first',
      description:
        'One item for each commit: the record, whom it is about, the types of its events, and the position of the last of them.',
      parameters: page,
      schema: schemaRef('TimelinePage'),
    }),
  ],
  [
    '/v1/relations',
    atPosition({
      tag: 'register',
      operationId: 'relations',
      summary: 'Who signs with whom, as a graph',
      description:
        'Two organizations that have signed one agreement have an edge, as long as both signatures stand. An agreement that more than 20 have signed is a node of its own, with an edge to each of them. Where a branch has signed on behalf of its legal entity, both have edges, and `represented` counts them; they have none with each other. Merged organizations are shown as the one that they are now. `degree` and the pages go by the edges of the answer; a page may have fewer edges than its limit although there is a `next`.',
      parameters: queryParameters(relationsParameters, {
        organization: 'Only the edges of this organization; without it, those of all',
        limit: 'The most edges to answer',
        cursor: pageDescriptions.cursor,
      }),
      schema: schemaRef('Relations'),
      headers: pageHeaders,
    }),
  ],
  [
    '/v1/numbers/{number}',
    {
      tags: ['register'],
      summary: 'The record of a register number',
      description: 'A register number is the letter of the collection and the position of the record’s first event.',
      operationId: 'number',
      parameters: [pathParameter('number', 'The register number', 'O-0', registerNumber)],
      responses: {
        200: answer('The record, for a client that follows the redirect', schemaRef('AnyRecord')),
        307: {
          description: 'The record is there',
          headers: { Location: { description: 'Path of the record', schema: { type: 'string' } } },
        },
        ...readProblems('not-found', 'rebuilding'),
      },
    },
  ],
  [
    '/v1/openapi.json',
    reading({
      tag: 'register',
      operationId: 'openapi',
      summary: 'This document',
      description: 'OpenAPI 3.1, made from the schemas that validate.',
      schema: { type: 'object' },
    }),
  ],
  [
    '/docs',
    {
      tags: ['register'],
      summary: 'This document as a page for people',
      description: 'One page of HTML, without scripts.',
      operationId: 'docs',
      parameters: [],
      responses: { 200: answer('OK', { type: 'string' }, {}, 'text/html'), ...readProblems() },
    },
  ],
];

/** Lists are answered in two more media types. */
function withExports([path, operation]: [string, Operation]): [string, Operation] {
  const listed = routeAt(path)?.isList && listedItems.get(path);
  if (!listed) return [path, operation];
  const { responses } = operation as { responses: Record<number, { content: object }> };
  const text = (description: string) => ({ schema: { type: 'string', description } });
  const content = {
    ...responses[200]?.content,
    [CSV]: text('The items as CSV (RFC 4180); the first page begins with the names of the columns'),
    [NDJSON]: text('One item on each line'),
  };
  const description = `${operation.description} As CSV or NDJSON, by \`Accept\` or by \`.csv\` or \`.ndjson\` at the end of the path, a page has ${listed.most ?? EXPORTED_ITEMS} ${listed.within ?? 'items'} unless \`limit\` says otherwise, and only the header \`Link\` leads to the next one.`;
  return [path, { ...operation, description, responses: { ...responses, 200: { ...responses[200], content } } }];
}

/** Every operation that reads what is recorded, with its path. */
export const readOperations = (): [string, Operation][] => operationsThatRead().map(withExports);

const operationsThatRead = (): [string, Operation][] => [
  ...aggregates.flatMap((aggregate): [string, Operation][] => {
    const base = `/v1/${aggregate.collection}`;
    return [
      [base, listOf(aggregate)],
      [`${base}/{id}`, recordOf(aggregate)],
      [`${base}/{id}/history`, historyOf(aggregate)],
      ...recordLists.map((list): [string, Operation] => [`${base}/{id}/${list}`, recordListOf(aggregate, list)]),
    ];
  }),
  ...registrarOperations(page, inPages),
  ...figureOperations(atPosition),
  ...spanning(),
];
