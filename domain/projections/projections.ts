import type { Projection } from './projection.ts';
import { records } from './records.ts';
import { search } from './search/search.ts';
import { statistics } from './statistics/statistics.ts';

/** Every read model. Each has its own checkpoint, queue and function. */
export const projections: readonly Projection[] = [records, search, statistics];

/** The projection of a name; `undefined` when there is none. */
export const projectionByName = (name: string): Projection | undefined =>
  projections.find((projection) => projection.name === name);
