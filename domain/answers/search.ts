import * as z from 'zod';
import { anyRef, ref } from '../values/ids.ts';
import { type Answer, nameShown, numberShown } from './parts.ts';
import { proofShown } from './proof.ts';

/** What a search answers. */

const past = {
  former: z.literal(true).exactOptional().meta({ description: 'The record no longer bears it' }),
  mergedFrom: ref('organization').exactOptional().meta({
    description: 'The organization that bore it, and was merged into this one',
  }),
};

/** By what a record is found. */
const matched = z.discriminatedUnion('by', [
  z.object({ by: z.enum(['exact', 'words', 'prefix', 'any-order']), name: nameShown, ...past }).meta({
    description:
      'A name: it is what was asked for, has all its words, has words that begin so, or does in another order',
  }),
  z.object({ by: z.literal('number'), number: numberShown, mergedFrom: past.mergedFrom }),
  z.object({
    by: z.literal('identifier'),
    identifier: z.object({ scheme: z.string(), value: z.string(), issuer: z.string().exactOptional() }),
    ...past,
  }),
  z.object({ by: z.literal('id'), mergedFrom: past.mergedFrom }),
]);
export type Matched = Answer<typeof matched>;

export const searchHit = z.object({
  id: anyRef,
  collection: z.string(),
  number: numberShown,
  kind: z.string().exactOptional(),
  names: z.array(nameShown),
  retracted: z.literal(true).exactOptional().meta({ description: 'It was registered in error' }),
  matched,
});
export type SearchHit = Answer<typeof searchHit>;

export const searchPage = z.object({
  items: z.array(searchHit),
  truncated: z.literal(true).exactOptional().meta({
    description: 'There may be more: every word asked for stands in more names than one search looks through',
  }),
  next: z.string().exactOptional().meta({ description: 'The cursor of the next page' }),
  proof: proofShown,
});
export type SearchAnswer = Answer<typeof searchPage>;
