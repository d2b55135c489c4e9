import { erasePerson } from '../../domain/person/erasure.ts';
import { idPattern } from '../../domain/values/ids.ts';
import { exampleOf } from './example-records.ts';
import { answer, type Operation, parameterRef, problemAnswers, schemaRef } from './parts.ts';
import { problemsOfErasure } from './problems.ts';
import { path, readProblems } from './read-parts.ts';
import { bodyName } from './schemas.ts';

/** The operations on the vault, which is no collection of records; for registrars only. */

/** A well-formed id; the examples name no person. */
export const examplePerson = 'person-exampleexampleexampleexamp';

const id = path('id', 'The person: an id that a record or an event shows', examplePerson, {
  type: 'string',
  pattern: idPattern('person').source,
});
const forRegistrars = { tags: ['people'], security: [{ token: [] }] };

export const personOperation: Operation = {
  ...forRegistrars,
  summary: 'The entry of a person in the vault, or of words that mention one',
  description:
    'The `name`, and the `salt` (base64) of the commitment in the event: HMAC-SHA-256 over the name’s UTF-8 bytes, keyed with the salt. Words that stand in a text have an entry of their own, with the person whom they are `of`. For an erased person `erased` and `erasedAt` instead. Clients must not store the answer. Takes a token with the scope `registry/registrar`.',
  operationId: 'get-person',
  parameters: [id],
  responses: {
    200: answer('OK', schemaRef('Person')),
    ...readProblems('token-missing', 'token-invalid', 'scope-lacking', 'right-lacking', 'not-found', 'unavailable'),
  },
};

export const eraseOperation = (headers: object): Operation => ({
  ...forRegistrars,
  summary: erasePerson.summary,
  description:
    'Replaces the name by a tombstone, with all words in texts that mention the person, and records `person.erased`. The events that hold the person’s id, and all proofs, stay as they are; no retry of an earlier request brings the name back. Only for the registrars in the registry’s configuration.',
  operationId: erasePerson.name,
  parameters: [id, parameterRef('IdempotencyKey'), parameterRef('Prefer')],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: schemaRef(bodyName(erasePerson)), example: exampleOf(erasePerson) } },
  },
  responses: {
    200: answer(
      'Erased. With `Prefer: dry-run`: the receipt that the request would get.',
      schemaRef('Receipt'),
      headers,
    ),
    ...problemAnswers(problemsOfErasure()),
  },
});
