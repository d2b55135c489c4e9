import * as z from 'zod';
import type { Aggregate, CommandDefinition } from '../../../domain/aggregate.ts';
import { aggregates, commandsByName } from '../../../domain/catalog.ts';
import { problems, type Rule } from '../../../domain/problems.ts';
import { answer, type Operation, parameterRef, problemAnswers } from './parts.ts';
import { readOperations } from './reading.ts';

/** JSON Schema (2020-12, the dialect of OpenAPI 3.1) of the zod schema that validates. */
const schemaOf = (schema: z.ZodType) => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return json;
};

const jsonBody = (schema: object, example: unknown) => ({
  required: true,
  content: { 'application/json': { schema, example } },
});

const writeProblems: readonly Rule[] = [
  'malformed-json',
  'key-missing',
  'token-missing',
  'token-invalid',
  'scope-lacking',
  'conflict',
  'too-large',
  'media-type',
  'invalid-body',
  'key-reused',
  'throttled',
  'internal',
];

const receiptHeaders = {
  Location: { description: 'The record', schema: { type: 'string' } },
  ETag: { description: '"<version>"', schema: { type: 'string' } },
  'Idempotency-Replayed': {
    description: '`true` when an earlier try of this request had landed',
    schema: { type: 'string' },
  },
  'Preference-Applied': { description: 'Present when the wait was met', schema: { type: 'string' } },
};

const writing = (tag: string, summary: string, operationId: string) => ({
  tags: [tag],
  summary,
  operationId,
  security: [{ token: [] }],
});

/** The collection's POST: one of the commands that open a record, with an optional `command`. */
function openingOf({ collection, commands }: Aggregate): Operation {
  const openers = commands.filter(({ act }) => act === undefined);
  const alternatives = openers.map((definition) => {
    const schema = schemaOf(definition.schema) as { properties?: object; required?: string[] };
    const command = { const: definition.name, description: definition.summary };
    const required = definition.default ? schema.required : [...(schema.required ?? []), 'command'];
    return { ...schema, title: definition.name, properties: { command, ...schema.properties }, required };
  });
  const byDefault = openers.find((definition) => definition.default);
  return {
    ...writing(collection, openers.map(({ summary }) => summary).join(', or: '), `open-${collection}`),
    description: `Commands: ${openers.map(({ name }) => `\`${name}\``).join(', ')}; without \`command\`: \`${byDefault?.name}\`.`,
    parameters: [parameterRef('IdempotencyKey'), parameterRef('Prefer')],
    requestBody: jsonBody(
      alternatives.length === 1 ? (alternatives[0] ?? {}) : { anyOf: alternatives },
      byDefault?.example,
    ),
    responses: {
      201: answer('Recorded', { $ref: '#/components/schemas/Receipt' }, receiptHeaders),
      ...problemAnswers(writeProblems),
    },
  };
}

function actOf({ collection, name }: Aggregate, definition: CommandDefinition): Operation {
  return {
    ...writing(collection, definition.summary, definition.name),
    parameters: [
      parameterRef(`${name}Id`),
      parameterRef('IdempotencyKey'),
      parameterRef('IfMatch'),
      parameterRef('Prefer'),
    ],
    requestBody: jsonBody(schemaOf(definition.schema), definition.example),
    responses: {
      200: answer('Recorded', { $ref: '#/components/schemas/Receipt' }, receiptHeaders),
      ...problemAnswers([...writeProblems, 'right-lacking', 'not-found', 'stale']),
    },
  };
}

const submissions: Operation = {
  ...writing('submissions', 'Land up to 99 commands together, or none of them', 'submit'),
  description: 'Later commands name the records of earlier ones by `#name` wherever an id is expected.',
  parameters: [parameterRef('IdempotencyKey'), parameterRef('Prefer')],
  requestBody: jsonBody(
    { $ref: '#/components/schemas/Submission' },
    {
      commands: [
        {
          command: 'register-organization',
          as: 'a',
          data: commandsByName.get('register-organization')?.definition.example,
        },
        { command: 'add-name', target: '#a', data: commandsByName.get('add-name')?.definition.example },
      ],
    },
  ),
  responses: {
    201: answer('All recorded', { $ref: '#/components/schemas/SubmissionReceipt' }, receiptHeaders),
    ...problemAnswers(writeProblems),
  },
};

const submissionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['commands'],
  properties: {
    commands: {
      type: 'array',
      minItems: 1,
      maxItems: 99,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['command', 'data'],
        properties: {
          command: { enum: [...commandsByName.keys()] },
          as: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$' },
          target: { type: 'string', description: 'The record that an act is on: its id, or #name' },
          data: { type: 'object', description: 'As the body of the command’s own operation' },
        },
      },
    },
  },
};

const receiptSchema = {
  type: 'object',
  required: ['id', 'version', 'events', 'recordedAt'],
  properties: {
    id: { type: 'string' },
    version: { type: 'integer' },
    events: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'type', 'leafHash'],
        properties: {
          id: { type: 'string' },
          type: { type: 'string' },
          leafHash: { type: 'string', contentEncoding: 'base64', description: 'RFC 6962 leaf hash of the event' },
        },
      },
    },
    recordedAt: { type: 'string', format: 'date-time' },
    position: { type: 'integer', description: 'Position of the last event, once it is sealed' },
    warnings: {
      type: 'array',
      items: {
        type: 'object',
        properties: { rule: { type: 'string' }, record: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { enum: Object.keys(problems).map((slug) => `/problems/${slug}`) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'rule', 'detail'],
        properties: { pointer: { type: 'string' }, rule: { enum: Object.keys(problems) }, detail: { type: 'string' } },
      },
    },
  },
};

const header = (name: string, description: string, schema: object, required = false) => ({
  name,
  in: 'header',
  description,
  required,
  schema,
});

const sharedParameters = {
  IdempotencyKey: header(
    'Idempotency-Key',
    'The same key, path and body answer as the first time',
    { type: 'string', minLength: 1, maxLength: 255 },
    true,
  ),
  IfMatch: header('If-Match', 'The version that the act is decided on', {
    type: 'string',
    pattern: '^"[0-9]+(-[0-9]+)?"$',
  }),
  Prefer: header('Prefer', '`wait=N`: answer when sealed and visible, at most 10 seconds later', {
    type: 'string',
    examples: ['wait=5'],
  }),
  ...Object.fromEntries(
    aggregates.map(({ name }) => [
      `${name}Id`,
      { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: `^${name}-[a-z2-7]{26}$` } },
    ]),
  ),
};

/** The OpenAPI 3.1 document: made from the catalog and the schemas that validate. */
export function openApiDocument(origin: string): object {
  const paths: Record<string, Record<string, Operation>> = { '/v1/submissions': { post: submissions } };
  for (const aggregate of aggregates) {
    paths[`/v1/${aggregate.collection}`] = { post: openingOf(aggregate) };
    for (const definition of aggregate.commands) {
      if (definition.act !== undefined) {
        paths[`/v1/${aggregate.collection}/{id}/${definition.act}`] = { post: actOf(aggregate, definition) };
      }
    }
  }
  for (const [path, operation] of readOperations()) paths[path] = { ...paths[path], get: operation };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Signings Registry',
      version: '1',
      description: `A public register of what is signed, joined, awarded and launched. Origin: ${origin}.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      parameters: sharedParameters,
      schemas: {
        Receipt: receiptSchema,
        Submission: submissionSchema,
        SubmissionReceipt: {
          type: 'object',
          required: ['receipts', 'ids'],
          properties: {
            receipts: { type: 'array', items: { $ref: '#/components/schemas/Receipt' } },
            ids: { type: 'object', additionalProperties: { type: 'string' } },
          },
        },
        Problem: problemSchema,
      },
    },
  };
}
