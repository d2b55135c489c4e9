import { exampleRecords } from './example-records.ts';
import type { Operation } from './parts.ts';
import { path, reading } from './read-parts.ts';

const text = { schema: { type: 'string' }, mediaTypes: ['text/plain; charset=utf-8'] };
/** OpenAPI 3.1 describes bytes by their media type alone. */
const bytes = { schema: {}, mediaTypes: ['application/octet-stream'] };

const index = path(
  'index',
  'Its place on the level: at least three digits. From 1000 on in groups of three, each a segment of the path, all but the last with an `x`: `x001/x234/067`',
  '000',
);
const level = path('level', 'The level: 0 holds the hashes of the entries', 0, {
  type: 'integer',
  minimum: 0,
  maximum: 63,
});
/** As many as `npm start` loads: the log of a registry that holds nothing else. */
const width = path('width', 'How many there are in it: those of a published size of the log', 76, {
  type: 'integer',
  minimum: 1,
  maximum: 255,
});

/** The published log (C2SP tlog-tiles), and the proofs that are made of it. */
export const publishedOperations = (): [string, Operation][] => [
  [
    '/v1/events/{stream}/{version}/proof',
    reading({
      tag: 'audit',
      operationId: 'proof',
      summary: 'The proof that an event is in the published log',
      description:
        'As C2SP tlog-proof has it: index, inclusion path, and the checkpoint that is published just now, with its signature. A sealed event that no checkpoint has yet is answered 409 with `Retry-After`: it takes about a second.',
      parameters: [
        path('stream', 'The stream: a record’s id, or a stream of bookkeeping', exampleRecords.organization?.id),
        path('version', 'The version within the stream', 1, { type: 'integer', minimum: 1 }),
      ],
      ...text,
      rules: ['not-found', 'not-yet'],
    }),
  ],
  [
    '/checkpoint',
    reading({
      tag: 'audit',
      operationId: 'checkpoint',
      summary: 'The signed checkpoint of the log as it is published just now',
      description: 'A C2SP tlog-checkpoint in a signed note: origin, size, root. 404 before anything is published.',
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
      description: 'A verifier key of C2SP signed-note, on a line. 404 before anything is published.',
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
        summary: `${what} of the published log where it is not full yet`,
        description: `As C2SP tlog-tiles has it: ${content}. Those of every size that was published can be had, and are to be kept for an hour.`,
        parameters: [...places, index, width],
      }),
    ],
    [
      `/tile/${kind}/{index}`,
      reading({
        ...common,
        operationId: name,
        summary: `${what} of the published log, 256 at a time`,
        description: `As C2SP tlog-tiles has it: 256 ${content}. It never changes; 404 until it is full.`,
        parameters: [...places, index],
      }),
    ],
  ];
}
