import * as z from 'zod';
import { equalBytes, fromBase64, toBase64 } from '../../../domain/log/bytes.ts';
import { isFault } from '../../../domain/log/read.ts';
import {
  edgeOf,
  partialTiles,
  readTile,
  rootOfEdge,
  type TileEdge,
  tileBytes,
  tilePath,
  tilesOf,
} from '../../../domain/log/tiles.ts';
import { readIfThere, replaceFile } from '../files.ts';
import { textOf } from '../http.ts';
import { Failure } from '../usage.ts';
import { digest } from './crypto.ts';
import { LogFault } from './fault.ts';
import { openedCheckpoint, type SignedCheckpoint, type TrustedKey } from './keys.ts';

/** The partial tiles of an edge by their paths, in base64. */
const edge = z.record(z.string(), z.string());

/**
 * What `verify --state` keeps. `checkpoint` and its `edge` were verified to the end. `progress` is how far an interrupted
 * run came; no signature covers it until a later run has reached a signed root from there.
 */
const stateFile = z.strictObject({
  vkey: z.string(),
  checkpoint: z.string().optional(),
  edge: edge.optional(),
  progress: z.strictObject({ size: z.int().nonnegative(), edge }).optional(),
});
export type State = z.infer<typeof stateFile>;

/** @throws Failure for a file that is no state file */
export async function readState(path: string): Promise<State | undefined> {
  const bytes = await readIfThere(path);
  if (!bytes) return undefined;
  try {
    return stateFile.parse(JSON.parse(textOf(bytes)));
  } catch {
    throw new Failure(`${path} is no state file of registry verify: move it away to begin anew.`);
  }
}

const encode = (tiles: TileEdge) =>
  Object.fromEntries(tilesOf(tiles).map((tile) => [tilePath(tile), toBase64(tileBytes(tile))]));

function decode(size: number, tiles: z.infer<typeof edge>): TileEdge {
  const read = partialTiles(size).map((tile) => {
    const bytes = fromBase64(tiles[tilePath(tile)] ?? '');
    const made = isFault(bytes) ? bytes : readTile(tile, bytes.value);
    if (isFault(made)) throw new LogFault(`state file, ${tilePath(tile)}`, made.fault);
    return made.value;
  });
  return edgeOf(size, read);
}

export interface Verified {
  readonly checkpoint: SignedCheckpoint;
  readonly edge: TileEdge;
}

/** What earlier runs verified. @throws LogFault when edge and checkpoint of the file contradict each other */
export async function verifiedIn(state: State | undefined, key: TrustedKey): Promise<Verified | undefined> {
  if (state?.checkpoint === undefined) return undefined;
  const checkpoint = await openedCheckpoint(state.checkpoint, key, 'state file, checkpoint');
  const saved = decode(checkpoint.size, state.edge ?? {});
  if (equalBytes(rootOfEdge(digest, saved), checkpoint.root)) return { checkpoint, edge: saved };
  throw new LogFault('state file, edge', 'its tiles do not make the root of the checkpoint that was saved with them');
}

/** How far an interrupted run came, if that lies between `from` and `size`. */
export function progressIn(state: State | undefined, from: number, size: number): TileEdge | undefined {
  const progress = state?.progress;
  if (!progress || progress.size <= from || progress.size > size) return undefined;
  try {
    return decode(progress.size, progress.edge);
  } catch {
    return undefined;
  }
}

/**
 * Never overwrites what another run has verified meanwhile: the larger of the two checkpoints might be lost.
 *
 * @throws Failure when there is such a run
 */
async function write(path: string, before: Verified | undefined, state: State): Promise<void> {
  const there = await readState(path);
  if (there?.checkpoint !== before?.checkpoint.note) {
    throw new Failure(`${path} was changed by another run meanwhile, and is left as it is. Verify once more.`);
  }
  await replaceFile(path, `${JSON.stringify(state, null, 2)}\n`);
}

const verifiedPart = (verified: Verified | undefined) =>
  verified && { checkpoint: verified.checkpoint.note, edge: encode(verified.edge) };

/** `before` is what the file held when this run began. */
export const saveVerified = (path: string, vkey: string, before: Verified | undefined, verified: Verified) =>
  write(path, before, { vkey, ...verifiedPart(verified) });

export const saveProgress = (path: string, vkey: string, verified: Verified | undefined, reached: TileEdge) =>
  write(path, verified, { vkey, ...verifiedPart(verified), progress: { size: reached.size, edge: encode(reached) } });
