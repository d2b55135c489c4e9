import { aggregates } from '../../domain/catalog.ts';
import { idPattern } from '../../domain/values/ids.ts';
import { auditOperations } from './auditing.ts';
import { exampleRecords } from './example-records.ts';
import type { Operation } from './parts.ts';
import { readOperations } from './reading.ts';
import { sharedSchemas } from './schemas.ts';
import { writeOperations } from './writing.ts';

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
    'A repeated request with the same key, path and body gets the first answer again; a refused request does not use up its key',
    { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$', examples: ['2023-02-23-agreement-1'] },
    true,
  ),
  IfMatch: header('If-Match', 'Only act on this version of the record', {
    type: 'string',
    examples: ['"3"', '"3-0f4c81b2"'],
  }),
  Prefer: header(
    'Prefer',
    '`wait=N`: answer once the events are sealed and in lists, after N seconds (at most 10) in any case; on time-out the answer lacks `Preference-Applied`. `dry-run`: decide, answer 200 with the receipt that it would get, and write nothing',
    { type: 'string', examples: ['wait=5', 'dry-run'] },
  ),
  ...Object.fromEntries(
    aggregates.map(({ name }) => [
      `${name}Id`,
      {
        name: 'id',
        in: 'path',
        required: true,
        description: `The record: an id of kind ${name}`,
        schema: { type: 'string', pattern: idPattern(name).source },
        example: exampleRecords[name]?.id,
      },
    ]),
  ),
};

const tags = [
  { name: 'submissions', description: 'Several commands that land together' },
  ...aggregates.map(({ name, collection, letter }) => ({
    name: collection,
    description: `Records of kind ${name}; their register numbers begin with ${letter}`,
  })),
  { name: 'people', description: 'The vault with the names of persons' },
  { name: 'register', description: 'Reads across the collections' },
  { name: 'audit', description: 'The sealed history, and the meaning of everything in it' },
];

const made = new Map<string, object>();

/** The OpenAPI 3.1 document, made from the catalog and from the schemas that validate; once for each origin. */
export function openApiDocument(origin: string): object {
  const document = made.get(origin) ?? documentOf(origin);
  made.set(origin, document);
  return document;
}

function documentOf(origin: string): object {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [path, operation] of writeOperations()) paths[path] = { post: operation };
  for (const [path, operation] of [...readOperations(), ...auditOperations()]) {
    // What takes no token says so.
    paths[path] = { ...paths[path], get: { security: [], ...operation } };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Signings Registry',
      version: '1',
      description: `A public register of what is signed, joined, awarded and launched. Origin: ${origin}.`,
      contact: { name: 'The registrars of this registry' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The registry that serves this document' }],
    tags,
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      parameters: sharedParameters,
      schemas: sharedSchemas(),
    },
  };
}
