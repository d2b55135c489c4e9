import {
  feedParameters,
  healthParameters,
  openingParameters,
  rowsParameters,
  versionInPath,
} from '../http/audit-parameters.ts';
import { pathParameter, queryParameters } from './parameters.ts';
import { answer, type Operation, schemaRef } from './parts.ts';
import { eventInPath, publishedOperations } from './published-operations.ts';
import { pageHeaders, path, positionHeader, reading, readProblems, statementHeader } from './read-parts.ts';

function feed(): Operation {
  const operation = reading({
    tag: 'audit',
    operationId: 'events',
    summary: 'All events in sealed order',
    description:
      'At most 1000 events and 4 MB, as a CloudEvents JSON batch, or one event per line with `Accept: application/x-ndjson`. Each event has its `position`; without that attribute, in canonical form (RFC 8785), it is byte for byte the leaf of the log. With `wait` the answer comes as soon as there is a new event; waiting more than 2 seconds takes a token. One request looks at 5000 events at most, so an answer may be empty although there is a next page. `Registry-Feed-Position` is the last position that it looked at, whatever fitted: the `after` of the next request.',
    parameters: queryParameters(feedParameters, {
      after: 'Only events after this position',
      limit: 'The most events to answer',
      type: 'Only events of this type',
      stream: 'Only events of this stream',
      actor: 'Only events that this client has caused',
      wait: 'Seconds to wait for new events; without a token at most 2',
    }),
    schema: {},
    headers: {
      Link: { description: '`rel="next"`, when there is more', schema: { type: 'string' } },
      'Registry-Feed-Position': {
        description: 'The last position looked at; none while the log is empty',
        schema: { type: 'integer' },
      },
    },
    rules: ['not-yet', 'token-missing', 'token-invalid', 'unavailable'],
    security: [{}, { token: [] }],
  });
  const batch = { schema: schemaRef('EventBatch') };
  const { responses } = operation as { responses: Record<string, object> };
  return {
    ...operation,
    responses: {
      ...responses,
      200: {
        ...responses[200],
        content: {
          'application/cloudevents-batch+json': batch,
          'application/json': batch,
          'application/x-ndjson': { schema: { type: 'string', description: 'One event per line' } },
        },
      },
    },
  };
}

/** Every operation for auditors, with its path. */
export const auditOperations = (): [string, Operation][] => [
  ['/v1/events', feed()],
  [
    '/v1/events/{stream}/{version}',
    reading({
      tag: 'audit',
      operationId: 'event',
      summary: 'One sealed event: its exact canonical bytes',
      description: 'The entry of the log’s leaf; its RFC 6962 leaf hash is the `leafHash` of the receipt.',
      parameters: eventInPath,
      schema: schemaRef('Event'),
      mediaTypes: ['application/cloudevents+json', 'application/json'],
      rules: ['not-found'],
    }),
  ],
  ...publishedOperations(),
  [
    '/v1/projections',
    reading({
      tag: 'audit',
      operationId: 'projections',
      summary: 'Position, lag and digest of every read model',
      description:
        'The digest covers all rows at that position; compare it with that of a replay of your own, in which the records in `setAside` are folded to their `version`.',
      schema: schemaRef('ReadModelList'),
    }),
  ],
  [
    '/v1/projections/{name}',
    reading({
      tag: 'audit',
      operationId: 'projection',
      summary: 'Position, lag and digest of one read model',
      description: 'The same as in the list of all read models.',
      parameters: [path('name', 'The read model', 'records')],
      schema: schemaRef('ReadModel'),
      rules: ['not-found'],
    }),
  ],
  [
    '/v1/projections/{name}/rows',
    reading({
      tag: 'audit',
      operationId: 'rows',
      summary: 'All rows of one read model, page by page',
      description:
        'Each row is `[partition, sort, value]` in canonical form (RFC 8785), the bytes that the digest covers. Rows are in no order. A page may be shorter than its limit, or empty, although there is a `next`. Pages with the same position show one state of the read model, as long as its digest stays the same.',
      parameters: [
        path('name', 'The read model', 'records'),
        ...queryParameters(rowsParameters, {
          limit: 'The most rows that one request reads',
          cursor: 'The `next` of the previous page',
        }),
      ],
      schema: schemaRef('Rows'),
      headers: pageHeaders,
      rules: ['not-found'],
    }),
  ],
  [
    '/v1/projections/{name}/proof',
    reading({
      tag: 'audit',
      operationId: 'opening',
      summary: 'Rows of one read model, with the proof that they are all there',
      description:
        'Rows of one partition as the last statement has them: the last ones before a sort key, one row, or with `count` their number. Neighbours that a row proves to be none are in the proof without their values.',
      parameters: [
        path('name', 'The read model', 'records'),
        ...queryParameters(openingParameters, {
          partition: { description: 'The partition', required: true, example: 'timeline' },
          before: 'Only rows before this sort key',
          limit: 'The most rows to answer',
          sort: 'The row with this sort key alone',
          count: 'A flag, without a value: the number of the rows instead',
        }),
      ],
      schema: schemaRef('RowsOpening'),
      headers: { ...positionHeader, ...statementHeader },
      rules: ['not-found', 'not-yet', 'unavailable'],
    }),
  ],
  [
    '/packs/{position}',
    reading({
      tag: 'audit',
      operationId: 'pack',
      summary: 'A pack of the trees over the rows of read models',
      description:
        'Groups of the trees, and a footer that leads to them (docs/proofs.md), so that any query runs without the registry. It never changes; one of more than 4 MB is read in parts with `Range`, of which an answer holds 4 MB.',
      parameters: [
        path('position', 'The last position that the trees follow from, in 16 digits', '0000000000000075', {
          type: 'string',
          pattern: '^\\d{16}$',
        }),
      ],
      schema: {},
      mediaTypes: ['application/octet-stream'],
      answers: {
        206: answer(
          'The part that `Range` asks for',
          {},
          { 'Content-Range': { description: 'Which bytes, and of how many', schema: { type: 'string' } } },
          'application/octet-stream',
        ),
      },
      rules: ['not-found'],
    }),
  ],
  [
    '/schemas/{type}/{version}',
    reading({
      tag: 'audit',
      operationId: 'schema',
      summary: 'JSON Schema of an event’s data',
      description:
        'The `dataschema` of events is the address of their schema. Schemas of older versions remain, because events are never rewritten.',
      parameters: [
        path('type', 'The event type', 'organization.registered'),
        pathParameter('version', 'Version of its schema', 1, versionInPath),
      ],
      schema: { type: 'object' },
      mediaTypes: ['application/schema+json', 'application/json'],
      rules: ['not-found'],
    }),
  ],
  [
    '/problems/{slug}',
    reading({
      tag: 'audit',
      operationId: 'problem',
      summary: 'What a problem means, how to resolve it, and which commands it can answer',
      description: 'The `type` of a problem is the path of this page.',
      parameters: [path('slug', 'The problem', 'stale')],
      schema: schemaRef('ProblemPage'),
      rules: ['not-found'],
    }),
  ],
  [
    '/health',
    {
      tags: ['audit'],
      summary: 'Whether the tables answer, and sealing and the read models keep up',
      description:
        'For monitoring; never cached. It is 200 as long as requests are answered, and says what is late or has stopped: `late` is what waits for more than two minutes. With `strict` anything late or stopped is 503, with the same members. Records set aside are counted, and change no state.',
      operationId: 'health',
      parameters: queryParameters(healthParameters, {
        strict: 'A flag, without a value: 503 when sealing or a read model is late or has stopped',
      }),
      responses: {
        200: answer('The tables answer', schemaRef('Health')),
        ...readProblems('unavailable', 'unhealthy'),
      },
    },
  ],
];
