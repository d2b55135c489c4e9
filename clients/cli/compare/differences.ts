import type { Projection } from '../../../domain/projections/projection.ts';
import { canonical } from '../canonical.ts';
import type { Http } from '../http.ts';
import type { Buckets, Scratch } from './buckets.ts';
import { foldedRows, type SetAsideVersions } from './fold.ts';
import { servedRows } from './served.ts';

/** A row that differs. */
export interface RowFault {
  readonly partition: string;
  readonly sort: string;
  /** The value that follows from the log; undefined when no such row does. */
  readonly folded?: unknown;
  /** The value that the registry serves; undefined when it serves no such row. */
  readonly served?: unknown;
}

/** The rows of both sides are put into buckets by key, so that neither side has to fit into memory. */
export async function* rowFaults(
  http: Http,
  projection: Projection,
  { position, setAside }: { readonly position: number; readonly setAside: SetAsideVersions },
  events: Buckets,
  scratch: Scratch,
): AsyncGenerator<RowFault> {
  const count = Math.min(256, events.count * 8);
  const folded = scratch.buckets('folded', count);
  for await (const rows of foldedRows(projection, events, setAside)) {
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
    // A key has one row: a second one is a fault, whatever its value.
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
