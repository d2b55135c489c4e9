import * as z from 'zod';
import { type Http, jsonOf } from '../http.ts';
import { listPages } from '../list-pages.ts';
import { Failure } from '../usage.ts';

const projectionBody = z.object({
  revision: z.int(),
  position: z.int().optional(),
  lag: z.int(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  setAside: z.array(z.object({ id: z.string(), version: z.int(), position: z.int(), reason: z.string() })).default([]),
});
const rowsBody = z.object({
  position: z.int().optional(),
  items: z.array(z.tuple([z.string(), z.string(), z.unknown()])),
  next: z.string().optional(),
});

/** What the registry says of a read model; position -1 before the first event. */
export interface Served {
  readonly revision: number;
  readonly position: number;
  readonly digest: string;
  /** The records that it cannot take, and the versions that their rows have. */
  readonly setAside: readonly SetAside[];
}

interface SetAside {
  readonly id: string;
  readonly version: number;
  readonly position: number;
  readonly reason: string;
}

const addressOf = (name: string) => `/v1/projections/${encodeURIComponent(name)}`;

export async function readServed(http: Http, name: string): Promise<Served> {
  const path = addressOf(name);
  const told = jsonOf(projectionBody, await http.get(path), `${http.url}${path}`);
  const { revision, digest, position = -1, setAside } = told;
  return { revision, digest, position, setAside };
}

/** Refuses rows that were read while the read model changed. @throws PositionMoved */
export async function refuseMoved(http: Http, name: string, { position, digest }: Served): Promise<void> {
  const now = await readServed(http, name);
  if (now.position === position && now.digest === digest) return;
  throw new PositionMoved(`The read model "${name}" changed while its rows were read at position ${position}.`);
}

/** The read model moved on while its rows were read, so that they do not belong to one position. */
export class PositionMoved extends Failure {}

/** The rows of a read model at a position, in no particular order. @throws PositionMoved when it has left the position */
export async function* servedRows(http: Http, name: string, at: number): AsyncGenerator<[string, string, unknown]> {
  const path = `${addressOf(name)}/rows`;
  for await (const { position = -1, items } of listPages(http, path, rowsBody)) {
    if (position !== at) {
      throw new PositionMoved(`The read model "${name}" moved on from position ${at} while its rows were read.`);
    }
    yield* items;
  }
}
