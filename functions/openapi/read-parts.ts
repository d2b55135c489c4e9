import type { Rule } from '../../domain/problems.ts';
import { answer, type Operation, problemAnswers } from './parts.ts';
import { inListedOrder } from './problems.ts';

export const query = (name: string, description: string, schema: object = { type: 'string' }) => ({
  name,
  in: 'query',
  description,
  schema,
});

export const path = (name: string, description: string, example: unknown, schema: object = { type: 'string' }) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema,
  example,
});

export const positionHeader = {
  'Registry-Position': { description: 'The last position that the answer covers', schema: { type: 'integer' } },
};
export const statementHeader = {
  'Registry-Statement': {
    description: 'With `proof=true`: the position of the statement as of which the answer is',
    schema: { type: 'integer' },
  },
};
export const pageHeaders = {
  ...positionHeader,
  Link: { description: '`rel="next"`, when there is more', schema: { type: 'string' } },
};

/** The problems that any read can answer. */
const ofEveryRead: readonly Rule[] = [
  'header-invalid',
  'parameter-invalid',
  'not-acceptable',
  'stale',
  'throttled',
  'internal',
];

export const readProblems = (...rules: readonly Rule[]) => problemAnswers(inListedOrder([...ofEveryRead, ...rules]));

export interface ReadOperation {
  readonly tag: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly object[];
  readonly schema: object;
  readonly headers?: object;
  readonly mediaTypes?: readonly string[];
  /** The problems that it can answer besides those of every read. */
  readonly rules?: readonly Rule[];
  readonly security?: readonly object[];
  /** Answers besides those of every read. */
  readonly answers?: object;
}

/** An operation that reads. */
export const reading = ({
  tag,
  operationId,
  summary,
  description,
  parameters = [],
  schema,
  headers = {},
  mediaTypes = [],
  rules = [],
  security,
  answers = {},
}: ReadOperation): Operation => ({
  tags: [tag],
  summary,
  description,
  operationId,
  ...(security && { security }),
  parameters,
  responses: {
    200: answer(
      'OK',
      schema,
      { ETag: { description: 'For `If-None-Match`', schema: { type: 'string' } }, ...headers },
      ...mediaTypes,
    ),
    304: { description: 'Not changed since the answer with the `ETag` in `If-None-Match`' },
    ...answers,
    ...readProblems(...rules),
  },
});
