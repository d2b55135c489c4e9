import * as z from 'zod';
import { eventDefinitions } from '../../domain/catalog.ts';
import { integerParameter, oneNamed } from '../../domain/reading/parameter-kinds.ts';

/** The parameters of reads for auditors: the shapes that validate them, and that the OpenAPI document is made from. */

/** The only texts that can name a stream. */
export const streamName = z.string().regex(/^[\x21-\x7e]{1,200}$/, {
  error: 'must be the name of a stream: mostly the id of a record, such as agreement-abcdefghijklmnopqrstuvwxyz',
});

/** A version in a path: of an event in its stream, or of a schema. */
export const versionInPath = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)
  .pipe(z.number().min(1));

const eventTypes = eventDefinitions.map(({ type }) => type);

/** The parameters of the feed: events after a position, at most 1000, of one type, stream or client only. */
export const feedParameters = {
  after: integerParameter(0).optional(),
  limit: integerParameter(1, 1000).default(100),
  type: oneNamed('type of event', eventTypes).optional(),
  stream: streamName.optional(),
  actor: z.string().max(255).optional(),
  wait: integerParameter(0, 20).default(0),
};

/** `strict` is a flag: it is given without a value. */
export const healthParameters = { strict: z.literal('', { error: 'is a flag: leave its value out' }).optional() };

/** The most rows that one request reads. A page of Scan ends after 1 MB (AWS limit), so an answer is not much larger. */
const MAX_ROWS = 1000;

const keyPart = (bytes: number) =>
  z
    .string()
    .min(1)
    .refine((text) => text.isWellFormed() && Buffer.byteLength(text) <= bytes);

/** The read model that a cursor is of, and the key after which the next page begins (AWS limits of a key: 2048 and 1024 bytes). */
const place = z.tuple([z.string(), keyPart(2048), keyPart(1024)]);

const cursor = z
  .string()
  .max(5000)
  .transform((text, context) => {
    const read = place.safeParse(parse(Buffer.from(text, 'base64url').toString()));
    if (read.success) return read.data;
    context.addIssue({ code: 'custom', message: 'must be a cursor that an earlier page gave' });
    return z.NEVER;
  });

export const rowsParameters = {
  limit: integerParameter(1, MAX_ROWS).default(MAX_ROWS),
  cursor: cursor.optional(),
};

/** Rows of one partition before a sort key, one row, or the number of all. `count` is a flag. */
export const openingParameters = {
  partition: z.string().min(1).max(2048),
  before: z.string().min(1).max(1024).optional(),
  limit: integerParameter(1, 100).default(25),
  sort: z.string().min(1).max(1024).optional(),
  count: z.literal('', { error: 'is a flag: leave its value out' }).optional(),
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
