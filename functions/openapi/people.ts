import { erasePerson } from '../../domain/person/erasure.ts';
import { idPattern } from '../../domain/values/ids.ts';
import { exampleOf } from './example-records.ts';
import { answer, jsonSchemaOf, type Operation, parameterRef, problemAnswers, schemaRef } from './parts.ts';
import { problemsOfErasure } from './problems.ts';
import { path, readProblems } from './read-parts.ts';

/** The vault: no record, no collection, and for registrars only. */

/** Nobody is named in the examples: a well-formed id. */
export const examplePerson = 'person-exampleexampleexampleexamp';

const id = path('id', 'The person: an id that a record or an event shows', examplePerson, {
  type: 'string',
  pattern: idPattern('person').source,
});
const forRegistrars = { tags: ['people'], security: [{ token: [] }] };

export const personOperation: Operation = {
  ...forRegistrars,
  summary: 'What the vault has of a person',
  description:
    'The `name` with the `salt` (base64) of the commitment that the event holds: HMAC-SHA-256 over the name’s UTF-8 bytes, keyed with the salt. Of an erased person `erased` and `erasedAt`. Never to be stored. Takes a token with the scope `registry/registrar`.',
  operationId: 'get-person',
  parameters: [id],
  responses: {
    200: answer('OK', schemaRef('Person')),
    ...readProblems('token-missing', 'token-invalid', 'scope-lacking', 'right-lacking', 'not-found'),
  },
};

export const eraseOperation = (headers: object): Operation => ({
  ...forRegistrars,
  summary: erasePerson.summary,
  description:
    'Puts a tombstone in the place of the name, and records `person.erased`. The events that hold the person’s id, and every proof, stay as they are; no retry of an earlier request brings the name back. Only the registrars that the registry names do this.',
  operationId: erasePerson.name,
  parameters: [id, parameterRef('IdempotencyKey'), parameterRef('Prefer')],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: jsonSchemaOf(erasePerson.schema), example: exampleOf(erasePerson) } },
  },
  responses: {
    200: answer('Erased. With `Prefer: dry-run`: the receipt as it would have been.', schemaRef('Receipt'), headers),
    ...problemAnswers(problemsOfErasure()),
  },
});
