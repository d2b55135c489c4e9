import { feedParameters, rowsParameters, versionInPath } from '../http/audit-parameters.ts';
import { pathParameter, queryParameters } from './parameters.ts';
import { answer, type Operation, schemaRef } from './parts.ts';
import { eventInPath, publishedOperations } from './published-operations.ts';
import { pageHeaders, path, reading, readProblems } from './read-parts.ts';

function feed(): Operation {
  const operation = reading({
    tag: 'audit',
    operationId: 'events',
    summary: 'All events in sealed order',
    description:
      'At most 1000 and 4 MB of them, as a CloudEvents JSON batch, or one to a line with `Accept: application/x-ndjson`. Each has its `position`; without it, in canonical form (RFC 8785), it is the leaf of the log byte for byte. `wait` answers as soon as there is a new one; more than 2 seconds take a token.',
    parameters: queryParameters(feedParameters, {
      after: 'Begin after this position',
      limit: 'How many, at most',
      type: 'Only events of this type',
      stream: 'Only events of this stream',
      wait: 'Seconds to wait for new events; without a token at most 2',
    }),
    schema: {},
    headers: { Link: { description: '`rel="next"`, when there is more', schema: { type: 'string' } } },
    rules: ['token-missing', 'token-invalid'],
    security: [{}, { token: [] }],
  });
  const batch = { schema: { type: 'array', items: schemaRef('Event') } };
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
          'application/x-ndjson': { schema: { type: 'string', description: 'An event to a line' } },
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
      description: 'The leaf of the log; its RFC 6962 leaf hash is the one that the receipt told.',
      parameters: eventInPath,
      schema: schemaRef('Event'),
      mediaTypes: ['application/cloudevents+json'],
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
      description: 'The digest is of all rows at that position, for comparison with one’s own replay.',
      schema: {
        type: 'object',
        required: ['items'],
        properties: { items: { type: 'array', items: schemaRef('Projection') } },
      },
    }),
  ],
  [
    '/v1/projections/{name}',
    reading({
      tag: 'audit',
      operationId: 'projection',
      summary: 'Position, lag and digest of one read model',
      description: 'As in the list of all of them.',
      parameters: [path('name', 'The read model', 'records')],
      schema: schemaRef('Projection'),
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
        'Each is `[partition, sort, value]` in canonical form (RFC 8785), as the digest takes it. They come in no order; a page may be shorter than its limit, or empty, while `next` is given. Pages with the same position are one state of the read model.',
      parameters: [
        path('name', 'The read model', 'records'),
        ...queryParameters(rowsParameters, {
          limit: 'How many rows one request looks at, at most',
          cursor: 'The `next` of the page before',
        }),
      ],
      schema: schemaRef('Rows'),
      headers: pageHeaders,
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
        'The address that the `dataschema` of events names. Schemas of older versions stay: events are never rewritten.',
      parameters: [
        path('type', 'The event type', 'organization.registered'),
        pathParameter('version', 'Version of its schema', 1, versionInPath),
      ],
      schema: { type: 'object' },
      mediaTypes: ['application/schema+json'],
      rules: ['not-found'],
    }),
  ],
  [
    '/problems/{slug}',
    reading({
      tag: 'audit',
      operationId: 'problem',
      summary: 'What a problem means, how to mend it, and which commands can meet it',
      description: 'The address that the `type` of a problem names.',
      parameters: [path('slug', 'The problem', 'stale')],
      schema: { type: 'object' },
      rules: ['not-found'],
    }),
  ],
  [
    '/health',
    {
      tags: ['audit'],
      summary: 'Whether the tables answer',
      description: 'For monitors; never cached.',
      operationId: 'health',
      parameters: [],
      responses: {
        200: answer('They do', { type: 'object', properties: { status: { const: 'ok' } } }),
        ...readProblems('unavailable'),
      },
    },
  ],
];
