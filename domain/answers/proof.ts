import * as z from 'zod';
import { EVENTS_PROVEN } from '../bounds.ts';

/** What proves an answer: see docs/proofs.md. */

const provenEvent = z.object({
  entry: z.string().meta({ description: 'The event’s exact entry in the log' }),
  index: z.int().min(0).meta({ description: 'Its position in the log' }),
  path: z.array(z.base64()).meta({ description: 'The hashes from it to the root of the checkpoint’s tree' }),
});

export const answerProof = z.object({
  rows: z.array(z.string()).meta({
    description: 'The proof of the rows that the answer is made of, one text (`registry-rows@v1`) for each read model',
  }),
  statement: z.string().meta({ description: 'The exact entry of the log that states the roots of the read models' }),
  log: z.string().meta({ description: 'The proof that the entry is in the log (C2SP tlog-proof)' }),
  events: z
    .array(provenEvent)
    .max(EVENTS_PROVEN)
    .exactOptional()
    .meta({ description: 'The events that the answer is made of besides, in the tree of the same checkpoint' }),
  eventsLeftOut: z.int().min(1).exactOptional().meta({
    description: 'How many more events the answer is made of: the history of the record proves them, in pages',
  }),
});

export const proofShown = answerProof
  .exactOptional()
  .meta({ description: 'With `proof=true`: what proves the answer' });
