import { aggregates } from '../../../domain/catalog.ts';
import type { Rule } from '../../../domain/problems.ts';
import { answer, type Operation, parameterRef, problemAnswers } from './parts.ts';

const readProblems: readonly Rule[] = ['parameter-invalid', 'not-found', 'not-yet', 'internal'];

const query = (name: string, description: string, schema: object = { type: 'string' }) => ({
  name,
  in: 'query',
  description,
  schema,
});
const path = (name: string, schema: object = { type: 'string' }) => ({ name, in: 'path', required: true, schema });

const minPosition = query('minPosition', 'Wait up to 5 s until this position is visible', {
  type: 'integer',
  minimum: 0,
});
const paging = [
  query('limit', 'How many, at most', { type: 'integer', minimum: 1, maximum: 100, default: 25 }),
  query('cursor', 'Where the page before ended'),
];

const historyPaging = [
  query('limit', 'How many, at most', { type: 'integer', minimum: 1, maximum: 100, default: 100 }),
  query('cursor', 'Where the page before ended'),
];

const list = {
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', items: { type: 'object' } }, next: { type: 'string' } },
};
const record = {
  type: 'object',
  required: ['id', 'version', 'number', 'state', 'standing', 'recordedAt', 'references'],
  properties: {
    id: { type: 'string' },
    version: { type: 'integer' },
    number: { type: 'string', examples: ['A-144'] },
    state: { type: 'string' },
    standing: { enum: ['reported', 'hosted', 'confirmed'] },
    recordedAt: { type: 'string', format: 'date-time' },
    references: { type: 'object' },
  },
};

const reading = (
  tag: string,
  summary: string,
  operationId: string,
  parameters: object[],
  schema: object,
): Operation => ({
  tags: [tag],
  summary,
  operationId,
  parameters,
  responses: {
    200: answer('OK', schema, {
      'Registry-Position': { description: 'The last position that the answer holds', schema: { type: 'integer' } },
    }),
    ...problemAnswers(readProblems),
  },
});

/** The operations of every collection. */
function collectionReads(): [string, Operation][] {
  return aggregates.flatMap(({ name, collection, states }): [string, Operation][] => {
    const filters = [
      query('organization', 'Only records in which this organization takes part'),
      query('ceremony', 'Only records at this ceremony, or parts of it'),
      query('kind', 'Only this kind'),
      query('state', 'Only this state', { enum: states }),
      query('standing', 'Only this standing', { enum: ['reported', 'hosted', 'confirmed'] }),
      query('from', 'Facts of this day and later', { type: 'string', format: 'date' }),
      query('to', 'Facts of this day and earlier', { type: 'string', format: 'date' }),
    ];
    const id = parameterRef(`${name}Id`);
    const base = `/v1/${collection}`;
    return [
      [
        base,
        reading(
          collection,
          `List ${collection}, latest first`,
          `list-${collection}`,
          [...filters, ...paging, minPosition],
          list,
        ),
      ],
      [
        `${base}/{id}`,
        reading(
          collection,
          'One record, with the names of what it refers to',
          `get-${name}`,
          [id, minPosition],
          record,
        ),
      ],
      [
        `${base}/{id}/history`,
        reading(
          collection,
          'Its events, oldest first, with what each changed',
          `history-${name}`,
          [id, ...historyPaging, minPosition],
          list,
        ),
      ],
    ];
  });
}

/** Every operation that reads, with its path. */
export function readOperations(): [string, Operation][] {
  return [
    ...collectionReads(),
    [
      '/v1/organizations/{id}/activity',
      reading(
        'organizations',
        'All that the organization took part in, last recorded first',
        'activity',
        [parameterRef('organizationId'), ...paging, minPosition],
        list,
      ),
    ],
    [
      '/v1/ceremonies/{id}/programme',
      reading(
        'ceremonies',
        'Its parts, roles, and everything recorded at it',
        'programme',
        [parameterRef('ceremonyId'), minPosition],
        { type: 'object' },
      ),
    ],
    [
      '/v1/timeline',
      reading('timeline', 'All that was recorded, last recorded first', 'timeline', [...paging, minPosition], list),
    ],
    [
      '/v1/numbers/{number}',
      {
        tags: ['numbers'],
        summary: 'The record of a register number',
        operationId: 'number',
        parameters: [path('number', { type: 'string', pattern: '^[A-Z]-[0-9]+$' })],
        responses: {
          307: { description: 'The record is there', headers: { Location: { schema: { type: 'string' } } } },
          ...problemAnswers(readProblems),
        },
      },
    ],
    [
      '/v1/events',
      reading(
        'audit',
        'All events in sealed order, as a CloudEvents JSON batch, or a line each (`Accept: application/x-ndjson`)',
        'events',
        [
          query('after', 'Begin after this position', { type: 'integer', minimum: 0 }),
          query('limit', 'How many, at most', { type: 'integer', minimum: 1, maximum: 1000 }),
          query('type', 'Only events of this type'),
          query('stream', 'Only events of this stream'),
          query('wait', 'Seconds to wait for new events; without a token at most 2', { type: 'integer', maximum: 20 }),
        ],
        { type: 'array', items: { type: 'object' } },
      ),
    ],
    [
      '/v1/events/{stream}/{version}',
      reading(
        'audit',
        'One event: its exact canonical bytes',
        'event',
        [path('stream'), path('version', { type: 'integer', minimum: 1 })],
        { type: 'object' },
      ),
    ],
    ['/v1/projections', reading('audit', 'Position, lag and digest of every read model', 'projections', [], list)],
    [
      '/v1/projections/{name}',
      reading('audit', 'Position, lag and digest of one read model', 'projection', [path('name')], { type: 'object' }),
    ],
    [
      '/schemas/{type}/{version}',
      reading(
        'audit',
        'JSON Schema of an event’s data',
        'schema',
        [path('type'), path('version', { type: 'integer' })],
        { type: 'object' },
      ),
    ],
    [
      '/problems/{slug}',
      reading('audit', 'What a problem means and how to mend it', 'problem', [path('slug')], { type: 'object' }),
    ],
    [
      '/docs',
      {
        tags: ['audit'],
        summary: 'This document as a page for people',
        operationId: 'docs',
        responses: { 200: answer('OK', { type: 'string' }, {}, 'text/html'), ...problemAnswers(['parameter-invalid']) },
      },
    ],
    ['/health', reading('audit', 'Whether the tables answer', 'health', [], { type: 'object' })],
  ];
}
