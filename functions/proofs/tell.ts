import type { Context } from 'hono';
import { REVALIDATE } from '../http/caching.ts';

/** Tells of which position and of which statement the answer is; of no position before the first event. */
export function tellStated(context: Context, { position, statement }: { position: number; statement: number }): void {
  if (position >= 0) context.header('Registry-Position', String(position));
  context.header('Registry-Statement', String(statement));
  context.header('Cache-Control', REVALIDATE);
}
