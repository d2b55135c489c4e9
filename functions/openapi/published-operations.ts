import { streamName, versionInPath } from '../http/audit-parameters.ts';
import { exampleRecords } from './example-records.ts';
import { pathParameter } from './parameters.ts';
import type { Operation } from './parts.ts';
import { path, reading } from './read-parts.ts';

const text = { schema: { type: 'string' }, mediaTypes: ['text/plain; charset=utf-8'] };
/** OpenAPI 3.1 describes bytes by their media type alone. */
const bytes = { schema: {}, mediaTypes: ['application/octet-stream'] };

const index = path(
  'index',
  'The index on its level, in at least three digits; from 1000 on in groups of three digits, each a path segment, all but the last with a leading `x`: `x001/x234/067`',
  '000',
);
const level = path('level', 'The level: 0 holds the hashes of the entries', 0, {
  type: 'integer',
  minimum: 0,
  maximum: 63,
});
/** The example is the number of events that `npm start` loads: the log of a registry that holds nothing else. */
const width = path('width', 'The number of entries or hashes in it, as in a published size of the log', 76, {
  type: 'integer',
  minimum: 1,
  maximum: 255,
});

/** Which event a path names. */
export const eventInPath = [
  pathParameter(
    'stream',
    'The stream: a record’s id, or a stream of bookkeeping',
    exampleRecords.organization?.id,
    streamName,
  ),
  pathParameter('version', 'The version within the stream', 1, versionInPath),
];

/** The published log (C2SP tlog-tiles), and the proofs that are made of it. */
export const publishedOperations = (): [string, Operation][] => [
  [
    '/v1/events/{stream}/{version}/proof',
    reading({
      tag: 'audit',
      operationId: 'proof',
      summary: 'The proof that an event is in the published log',
      description:
        'In the format C2SP tlog-proof: index, inclusion path, and the checkpoint that is published now, with its signature. For a sealed event that no checkpoint covers yet, the answer is 409 with `Retry-After`; that lasts about a second.',
      parameters: eventInPath,
      ...text,
      rules: ['not-found', 'not-yet'],
    }),
  ],
  [
    '/checkpoint',
    reading({
      tag: 'audit',
      operationId: 'checkpoint',
      summary: 'The signed checkpoint that is published now',
      description:
        'In the format C2SP tlog-checkpoint, a signed note: origin, size, root. That of a log without events has the size 0 and the SHA-256 of nothing as its root. 404 until a checkpoint is published, in the first minute of a stage.',
      ...text,
      rules: ['not-found'],
    }),
  ],
  [
    '/vkey',
    reading({
      tag: 'audit',
      operationId: 'vkey',
      summary: 'The key that verifies checkpoints',
      description: 'A verifier key in the format C2SP signed-note, on one line. 404 until a checkpoint is published.',
      ...text,
      rules: ['not-found'],
    }),
  ],
  ...tiles('entries', 'Entries', 'entries, each after its length in 16 bits', []),
  ...tiles('{level}', 'Hashes', 'hashes of 32 bytes', [level]),
];

function tiles(kind: string, what: string, content: string, places: readonly object[]): [string, Operation][] {
  const name = kind === 'entries' ? 'entries' : 'tile';
  const common = { tag: 'audit', ...bytes, rules: ['not-found'] } as const;
  return [
    [
      `/tile/${kind}/{index}.p/{width}`,
      reading({
        ...common,
        operationId: `partial-${name}`,
        summary: `${what} of the published log, fewer than 256`,
        description: `In the format C2SP tlog-tiles: ${content}. The partial tiles of every published size can be read; caches keep them for an hour.`,
        parameters: [...places, index, width],
      }),
    ],
    [
      `/tile/${kind}/{index}`,
      reading({
        ...common,
        operationId: name,
        summary: `${what} of the published log, 256 at a time`,
        description: `In the format C2SP tlog-tiles: 256 ${content}. It never changes; 404 until it is full.`,
        parameters: [...places, index],
      }),
    ],
  ];
}
