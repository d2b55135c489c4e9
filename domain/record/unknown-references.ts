import type { Context } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { referencesIn } from '../values/ids.ts';

/** References to records that do not exist. A record may name itself in the command that opens it. */
export const unknownReferences = (data: unknown, { id, lookup }: Context): Refusal[] =>
  referencesIn(data)
    .filter((found) => found.id !== id && lookup(found.id) === undefined)
    .map(({ pointer, id: unknown }) => ({
      rule: 'unknown-reference',
      pointer,
      detail: `no record ${unknown} exists`,
    }));
