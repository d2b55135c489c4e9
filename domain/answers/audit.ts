import * as z from 'zod';
import { type Answer, instant, logPosition, next, quantity } from './parts.ts';
import { proofShown } from './proof.ts';
import { problemShown } from './receipts.ts';
import { asideShown } from './record.ts';

/** Answers for auditors and monitors. */

const name = z.string();
const revision = z.int().min(1);
const build = z.int().min(1);
const position = logPosition
  .exactOptional()
  .meta({ description: 'The last position applied; absent before the first event' });
const lag = quantity.meta({ description: 'How many events it is behind' });

const age = quantity.meta({
  description: 'For how many seconds the first of these has been sealed; 0 when there is none',
});

export const readModelAnswer = z.object({
  name,
  revision: revision.meta({ description: 'Of what is served' }),
  build: build.meta({ description: 'Which build of its rows is served' }),
  position,
  lag,
  age,
  complete: z.boolean().meta({
    description: 'Whether it has once come to the end of the log; until then it is being built, and reads answer 503',
  }),
  digest: z.string().meta({ description: 'Over all its rows at that position' }),
  setAside: z
    .array(asideShown.extend({ id: z.string() }))
    .meta({ description: 'The records that it cannot take; their rows are those of `version`' }),
  building: z
    .object({ revision, build, position, lag, age })
    .exactOptional()
    .meta({ description: 'Another build that is made beside what is served, to be served afterwards' }),
  proven: z
    .object({
      position: logPosition.meta({ description: 'The last position that they follow from' }),
      rows: quantity.meta({ description: 'How many there are' }),
      root: z.string().meta({ description: 'The root of the tree over them' }),
      statement: logPosition.meta({ description: 'Position of the statement' }),
    })
    .exactOptional()
    .meta({ description: 'What the log states of its rows; absent until something is stated' }),
});
export type ReadModelAnswer = Answer<typeof readModelAnswer>;
export const readModelList = z.object({ items: z.array(readModelAnswer) });

export const rowsAnswer = z.object({
  items: z.array(
    z
      .tuple([z.string(), z.string(), z.record(z.string(), z.unknown())])
      .meta({ description: '`[partition, sort, value]`', minItems: 3, maxItems: 3, items: {} }),
  ),
  position: logPosition
    .exactOptional()
    .meta({ description: 'The position of the read model; absent before the first event' }),
  next,
});

/** Rows as they are stated, without a query over them. */
export const openingAnswer = z.object({
  rows: z
    .array(
      z.tuple([z.string(), z.unknown()]).meta({ description: '`[sort, value]`', minItems: 2, maxItems: 2, items: {} }),
    )
    .exactOptional(),
  more: z.boolean().exactOptional().meta({ description: 'Whether there are rows before these' }),
  count: quantity.exactOptional().meta({ description: 'The number of all rows of the partition' }),
  proof: proofShown,
});

/** `late`: something waits for longer than it usually takes. `stopped`: it does not go on by itself. */
const healthState = z.enum(['ok', 'late', 'stopped']);
export type HealthState = Answer<typeof healthState>;

const healthParts = {
  sealing: z.object({
    state: healthState,
    age: quantity.meta({
      description: 'For how many seconds the oldest commit known to have no position has waited',
    }),
    checkedAt: instant.exactOptional().meta({ description: 'When the sequencer last looked' }),
  }),
  readModels: z.array(
    z.object({
      name,
      revision,
      state: healthState,
      position,
      lag,
      age: quantity.meta({ description: 'For how many seconds the oldest event not applied has been sealed' }),
      setAside: quantity.meta({ description: 'How many records are set aside' }),
    }),
  ),
};
export const healthAnswer = z.object({
  status: z.enum(['ok', 'impaired']).meta({ description: '`ok` if every state is' }),
  ...healthParts,
});
export type Health = Answer<typeof healthAnswer>;
/** The same as a problem. */
export const unhealthyShown = problemShown.extend({
  sealing: healthParts.sealing.exactOptional(),
  readModels: healthParts.readModels.exactOptional(),
});
