import * as z from 'zod';
import { count } from '../values/count.ts';
import { anyRef } from '../values/ids.ts';
import { partialDate } from '../values/partial-date.ts';
import { type Answer, nameShown, next, quantity } from './parts.ts';
import { proofShown } from './proof.ts';

/** Who signs with whom, as a graph. */

const relationNode = z.object({
  id: anyRef,
  collection: z
    .enum(['organizations', 'agreements'])
    .meta({ description: 'An agreement that very many have signed is a node of its own' }),
  kind: z.string().exactOptional(),
  names: z.array(nameShown),
  degree: quantity.meta({ description: 'How many edges of this answer meet it' }),
  retracted: z.literal(true).exactOptional().meta({ description: 'It was registered in error' }),
});
export type RelationNode = Answer<typeof relationNode>;

const agreements = count.meta({
  description:
    'How many agreements. A range where several organizations were merged into one of the two, and an agreement may be among those of more than one of them',
});

export const relationEdge = z.object({
  between: z.array(anyRef).length(2).meta({ description: 'The ids of two nodes' }),
  count: agreements.meta({ description: 'The agreements that both have signed' }),
  represented: agreements.exactOptional().meta({
    description: 'For how many of them a branch signed on behalf of one of the two',
  }),
  first: partialDate.exactOptional().meta({
    description:
      'When both had signed the first of them that is dated, as precise as the source; of a node that is an agreement, the date of the signature',
  }),
  last: partialDate.exactOptional().meta({ description: 'The same of the last one' }),
  kinds: z.record(z.string(), agreements).meta({ description: 'How many of each kind' }),
});
export type RelationEdge = Answer<typeof relationEdge>;

export const relationsAnswer = z.object({
  nodes: z.array(relationNode),
  edges: z.array(relationEdge),
  next,
  proof: proofShown,
});
