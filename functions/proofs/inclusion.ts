import { leafHash } from '../../domain/log/merkle.ts';
import { formatProof } from '../../domain/log/proof-file.ts';
import { inclusionProof, type ReadTile, verifyInclusion } from '../../domain/log/proofs.ts';
import { unwrap } from '../../domain/log/read.ts';
import { tilePath } from '../../domain/log/tiles.ts';
import { ProblemError } from '../http/problem.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { PublishedLog } from '../stores/published-log.ts';
import type { SealedEvent } from '../stores/sealed.ts';
import { type PublishedTree, readCheckpoint } from './checkpoint.ts';

/**
 * Makes paths of sealed events in the tree of a checkpoint; each tile is read once. A path is verified before it is
 * returned: an event that differs from the published one is an internal error (500), never an invalid proof.
 */
export function pathsIn({ size, root }: PublishedTree, published: Pick<PublishedLog, 'tile'>) {
  const tiles = new Map<string, ReturnType<ReadTile>>();
  const readTile: ReadTile = (id) => {
    const key = tilePath(id);
    const tile = tiles.get(key) ?? published.tile(id).then(unwrap);
    tiles.set(key, tile);
    return tile;
  };
  return async ({ text, position: index }: SealedEvent): Promise<Uint8Array[]> => {
    const path = await inclusionProof(sha256, index, size, readTile);
    const leaf = leafHash(sha256, Buffer.from(text));
    if (verifyInclusion(sha256, { index, size, leaf, path, root })) return path;
    throw new Error(`the event at position ${index} is not in the published tree of ${size}`);
  };
}

/** The proof that a sealed event is in the tree of a checkpoint (C2SP tlog-proof). */
export const logProofIn = async (
  event: SealedEvent,
  tree: PublishedTree,
  pathOf: ReturnType<typeof pathsIn>,
): Promise<string> => formatProof({ index: event.position, path: await pathOf(event), checkpoint: tree.note });

/** The proof in the tree of the current checkpoint. @throws ProblemError 409 when the published log does not reach the event yet */
export async function proofOf(
  event: SealedEvent,
  published: Pick<PublishedLog, 'checkpoint' | 'tile'>,
): Promise<string> {
  const tree = await readCheckpoint(published);
  if (tree && event.position < tree.size) return logProofIn(event, tree, pathsIn(tree, published));
  const detail = `the published log has ${tree?.size ?? 0} events; this one is at position ${event.position}`;
  throw new ProblemError('not-yet', detail, { headers: { 'Retry-After': '1' } });
}
