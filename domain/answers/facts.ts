import * as z from 'zod';
import { instant, logPosition, streamVersion } from './parts.ts';

/** What a record shows of what happened: an event's data without its evidence, which stands in a list of its own. */

const BESIDE = ['evidence', 'speaksAs', 'mentions'] as const;
type Beside = (typeof BESIDE)[number];

/** The fields of an event's data that a record shows, but for those that it shows otherwise. */
export function saidIn<Shape extends z.ZodRawShape, const Field extends string = never>(
  { shape }: z.ZodObject<Shape>,
  ...leftOut: readonly Field[]
) {
  const gone: readonly string[] = [...BESIDE, ...leftOut];
  return Object.fromEntries(Object.entries(shape).filter(([field]) => !gone.includes(field))) as Omit<
    Shape,
    Beside | Field
  >;
}

/** A fact of a record: what an event of this type says, and its version. */
export const factOfType = <const Type extends string, Shape extends z.ZodRawShape, const Field extends string = never>(
  type: Type,
  data: z.ZodObject<Shape>,
  ...leftOut: readonly Field[]
) => z.object({ type: z.literal(type), version: streamVersion, ...saidIn(data, ...leftOut) });

/** What the opening of a record leaves among its facts: its date. */
export const openingOfType = <const Type extends string, On extends z.ZodType>(type: Type, on: On) =>
  z.object({ type: z.literal(type), version: streamVersion, on });

export const actor = z.string().meta({ description: 'The client that submitted' });
export const onbehalfof = z.string().exactOptional().meta({ description: 'The organization that the client acts for' });

/** An item of a record's list of facts. */
export const listedFact = <const Type extends string, Shape extends z.ZodRawShape>(
  type: Type,
  data: z.ZodObject<Shape>,
) =>
  z.object({
    type: z.literal(type),
    version: streamVersion,
    position: logPosition,
    recordedAt: instant,
    actor,
    onbehalfof,
    data: z.object(saidIn(data)).meta({ description: 'What the event says, without its evidence' }),
  });
