import { aggregates } from '../../domain/catalog.ts';
import type { Aggregate } from '../../domain/kernel/aggregate.ts';
import { standings } from '../../domain/record/record.ts';
import { idPattern } from '../../domain/values/ids.ts';
import { exampleRecords } from './example-records.ts';
import { answer, type Operation, parameterRef, schemaRef, whereMerged } from './parts.ts';
import { personOperation } from './people.ts';
import { pageHeaders, path, positionHeader, query, type ReadOperation, reading, readProblems } from './read-parts.ts';

const minPosition = query('minPosition', 'Wait up to 5 s until this position is visible, else 409', {
  type: 'integer',
  minimum: 0,
});
const limit = (byDefault: number) =>
  query('limit', 'How many, at most', { type: 'integer', minimum: 1, maximum: 100, default: byDefault });
const cursor = query('cursor', 'The `next` of the page before');
const idParameter = (name: string, description: string, aggregate: string) => ({
  ...query(name, description, { type: 'string', pattern: idPattern(aggregate).source }),
  ...(exampleRecords[aggregate] && { example: exampleRecords[aggregate].id }),
});
const dayParameter = (name: string, description: string) =>
  query(name, description, { type: 'string', format: 'date', examples: ['2023-02-23'] });

const knownAt = {
  ...query(
    'knownAt',
    'What the registry knew then: a position of the log, which it includes, such as `41`, or an instant (RFC 3339) such as `2026-11-24T09:30:00Z`. Not with `minPosition`',
    {
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', format: 'date-time' },
      ],
    },
  ),
  examples: {
    position: { summary: 'As of the event at position 41', value: 41 },
    instant: { summary: 'As of what was sealed by that instant', value: '2026-11-24T09:30:00Z' },
  },
};
const validOn = {
  ...dayParameter('validOn', 'The day whose state is answered, with how certain dates make it'),
  example: '2023-03-01',
};

/** A read of the read model `records`: it can wait for a position, and says at which one it stands. */
const atPosition = ({ parameters = [], rules = [], ...one }: ReadOperation): Operation =>
  reading({
    headers: positionHeader,
    ...one,
    parameters: [...parameters, minPosition],
    rules: ['not-yet', ...rules],
  });

const inPages = (one: Omit<ReadOperation, 'schema'> & { schema?: object }): Operation =>
  atPosition({ schema: schemaRef('Summaries'), ...one, headers: pageHeaders });

function listOf({ collection, states, lists = {} }: Aggregate): Operation {
  return inPages({
    tag: collection,
    operationId: `list-${collection}`,
    summary: `List ${collection}, latest first`,
    description:
      'By the earliest day of the fact, then by position; undated facts come last. One request looks at 500 rows at most, so a page may be shorter than its limit while `next` is given. `from` and `to` let pass what may have happened in between.',
    parameters: [
      idParameter('organization', 'Only records in which this organization takes part', 'organization'),
      idParameter('ceremony', 'Only records at this ceremony, or parts of it', 'ceremony'),
      ...Object.entries(lists).map(([name, aggregate]) =>
        idParameter(name, `Only records of this ${name}: an id of kind ${aggregate}`, aggregate),
      ),
      query('kind', 'Only this kind', { type: 'string', maxLength: 40 }),
      query('state', 'Only this state', { enum: states }),
      query('standing', 'Only this standing', { enum: standings }),
      dayParameter('from', 'Facts of this day and later'),
      dayParameter('to', 'Facts of this day and earlier'),
      limit(25),
      cursor,
    ],
  });
}

const recordOf = ({ name, collection }: Aggregate): Operation =>
  atPosition({
    tag: collection,
    operationId: `get-${name}`,
    summary: 'One record, with the names of what it refers to',
    description:
      'All that its events say, merged. Its `ETag` is `"<version>-<position>"`; the part before the dash is what `If-Match` of an act takes. With `knownAt` it is the record as the registry knew it then, with the names that the records it refers to had then; `Registry-Position` is the position that was answered for, the end of a commit. With `validOn` its `state` is that of the day, and `certainty` says whether partial dates leave it open. Both together tell what was known then about that day. A person in it is shown with the name that the vault has now, or as `erased`; such an answer is not to be stored.',
    parameters: [parameterRef(`${name}Id`), knownAt, validOn],
    schema: schemaRef('Record'),
    answers: whereMerged({ name }),
    rules: ['not-found'],
  });

const historyOf = ({ name, collection }: Aggregate): Operation =>
  inPages({
    tag: collection,
    operationId: `history-${name}`,
    summary: 'Its events, oldest first, with what each changed',
    description:
      'Each is an event as it was recorded, with its `position` and its `changes`: the JSON pointers of the places of the record that it changed, and what `was` and `is` there. `actor` and `onbehalfof` tell who said it, `data` on what evidence. With `knownAt` it ends with what the registry knew then. The history of an organization that was merged stays under its own id.',
    parameters: [parameterRef(`${name}Id`), knownAt, limit(100), cursor],
    schema: schemaRef('Page'),
    rules: ['not-found'],
  });

const spanning = (): [string, Operation][] => [
  ['/v1/people/{id}', personOperation],
  [
    '/v1/organizations/{id}/activity',
    inPages({
      tag: 'organizations',
      operationId: 'activity',
      summary: 'All that the organization took part in, last recorded first',
      description:
        'Records of every collection, as lists show them, also those of organizations that were merged into it.',
      parameters: [parameterRef('organizationId'), limit(25), cursor],
      answers: whereMerged({ name: 'organization' }),
      rules: ['not-found'],
    }),
  ],
  [
    '/v1/organizations/{id}/members',
    inPages({
      tag: 'organizations',
      operationId: 'members',
      summary: 'The roster of a body as on a day',
      description:
        'One item for each stay of an organization in the body, with its register number, its state on that day, and whether dates make it certain or only possible that it was a member then. Intents are no memberships.',
      parameters: [parameterRef('organizationId'), dayParameter('on', 'The day; today without it'), limit(25), cursor],
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
      summary: 'Its parts, roles, and everything recorded at it',
      description: 'Parts are programmes of their own, earliest first; `more` links to what one answer cannot hold.',
      parameters: [parameterRef('ceremonyId')],
      schema: { type: 'object' },
      rules: ['not-found'],
    }),
  ],
  [
    '/v1/duplicates',
    inPages({
      tag: 'register',
      operationId: 'duplicates',
      summary: 'Organizations that probably are one',
      description:
        'For registrars. Each group shares a name in whatever language, but for case, width, spacing and punctuation, or an identifier; what was merged counts as what it was merged into. A page may be shorter than its limit while `next` is given.',
      parameters: [limit(25), cursor],
      schema: schemaRef('DuplicateGroups'),
      rules: ['token-missing', 'token-invalid', 'scope-lacking', 'right-lacking'],
      security: [{ token: [] }],
    }),
  ],
  [
    '/v1/timeline',
    inPages({
      tag: 'register',
      operationId: 'timeline',
      summary: 'All that was recorded, last recorded first',
      description: 'Commit by commit: which record, the types of its events, and the position of the last of them.',
      parameters: [limit(25), cursor],
      schema: schemaRef('Page'),
    }),
  ],
  [
    '/v1/numbers/{number}',
    {
      tags: ['register'],
      summary: 'The record of a register number',
      description: 'A register number is the letter of the collection and the position of the record’s first event.',
      operationId: 'number',
      parameters: [path('number', 'The register number', 'O-0', { type: 'string', pattern: '^[A-Z]-[0-9]+$' })],
      responses: {
        307: {
          description: 'The record is there',
          headers: { Location: { description: 'Path of the record', schema: { type: 'string' } } },
        },
        ...readProblems('not-found'),
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

/** Every operation that reads what is recorded, with its path. */
export const readOperations = (): [string, Operation][] => [
  ...aggregates.flatMap((aggregate): [string, Operation][] => {
    const base = `/v1/${aggregate.collection}`;
    return [
      [base, listOf(aggregate)],
      [`${base}/{id}`, recordOf(aggregate)],
      [`${base}/{id}/history`, historyOf(aggregate)],
    ];
  }),
  ...spanning(),
];
