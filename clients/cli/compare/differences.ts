import type { Projection } from '../../../domain/projections/projection.ts';
import { canonical } from '../canonical.ts';
import type { Http } from '../http.ts';
import type { Buckets, Scratch } from './buckets.ts';
import { foldedRows } from './fold.ts';
import { servedRows } from './served.ts';

/** One row that is not the same on both sides. */
export interface RowFault {
  readonly partition: string;
  readonly sort: string;
  /** What follows from the log; undefined: no such row does. */
  readonly folded?: unknown;
  /** What the registry serves; undefined: no such row. */
  readonly served?: unknown;
}

/** Rows of both sides meet in buckets by key: neither has to be in memory as a whole. */
export async function* rowFaults(
  http: Http,
  projection: Projection,
  position: number,
  events: Buckets,
  scratch: Scratch,
): AsyncGenerator<RowFault> {
  const count = Math.min(256, events.count * 8);
  const folded = scratch.buckets('folded', count);
  for await (const rows of foldedRows(projection, events)) {
    for (const row of rows) await folded.add(keyOf(row), row);
  }
  const served = scratch.buckets(`served-at-${position}`, count);
  for await (const row of servedRows(http, projection.name, position)) {
    const text = canonical(row);
    await served.add(keyOf(text), text);
  }
  for (let bucket = 0; bucket < count; bucket += 1) {
    yield* between(await folded.lines(bucket), await served.lines(bucket));
  }
}

type RowTuple = [partition: string, sort: string, value: unknown];

function keyOf(row: string): string {
  const [partition, sort] = JSON.parse(row) as RowTuple;
  return JSON.stringify([partition, sort]);
}

function* between(folded: readonly string[], served: readonly string[]): Generator<RowFault> {
  const ours = new Map(folded.map((row) => [keyOf(row), row]));
  const theirs = Map.groupBy(served, keyOf);
  for (const key of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
    const our = ours.get(key);
    const [their, ...again] = theirs.get(key) ?? [];
    if (our !== their) yield faultOf(key, our, their);
    // A key has one row: whoever serves two leaves it to the reader which of them he takes.
    for (const row of again) yield faultOf(key, undefined, row);
  }
}

function faultOf(key: string, folded: string | undefined, served: string | undefined): RowFault {
  const [partition, sort] = JSON.parse(key) as [string, string];
  return {
    partition,
    sort,
    ...(folded !== undefined && { folded: (JSON.parse(folded) as RowTuple)[2] }),
    ...(served !== undefined && { served: (JSON.parse(served) as RowTuple)[2] }),
  };
}
