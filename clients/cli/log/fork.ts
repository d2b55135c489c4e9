import { equalBytes } from '../../../domain/log/bytes.ts';
import type { Checkpoint } from '../../../domain/log/checkpoint.ts';
import { consistencyProof, verifyConsistency } from '../../../domain/log/proofs.ts';
import { edgeOf, partialTiles, rootOfEdge, tileIn } from '../../../domain/log/tiles.ts';
import type { Log } from './blame.ts';
import { digest } from './crypto.ts';
import { LogFault } from './fault.ts';
import { tileOf } from './source.ts';

/** How the current checkpoint by itself contradicts a saved one: it is smaller, or of the same size with another root. */
export function contradiction(saved: Checkpoint, { size, root }: Checkpoint): LogFault | undefined {
  if (size < saved.size) {
    const what = `the log was rolled back: it has ${size} entries, and had ${saved.size} when it was verified before`;
    return new LogFault('checkpoint, line 2', what, size);
  }
  if (size > saved.size || equalBytes(root, saved.root)) return undefined;
  return new LogFault('checkpoint, line 3', `the log was forked: it has another root of the same ${size} entries`);
}

/** Whether the tiles of a log prove that it extends an earlier checkpoint (RFC 9162 section 2.1.4). */
export async function isExtension(saved: Checkpoint, { source, checkpoint }: Log): Promise<boolean> {
  const { size, root } = checkpoint;
  if (saved.size === 0) return true;
  const path = await consistencyProof(digest, saved.size, size, (id) => tileOf(source, id));
  return verifyConsistency(digest, {
    first: saved.size,
    firstRoot: saved.root,
    second: size,
    secondRoot: root,
    path,
  });
}

/**
 * A fault when the log of a larger checkpoint provably begins with other leaves than the saved one: its own tiles lead
 * from a different root of as many leaves to the signed root. Tiles that were merely altered cannot do that.
 */
export async function forkFrom(saved: Checkpoint, { source, checkpoint }: Log): Promise<LogFault | undefined> {
  const { size } = checkpoint;
  if (saved.size === 0 || saved.size >= size) return undefined;
  try {
    const tiles = await Promise.all(
      partialTiles(saved.size).map(async (tile) => {
        const { hashes } = await tileOf(source, tileIn(size, tile.level, tile.index));
        return { ...tile, hashes: hashes.slice(0, tile.width) };
      }),
    );
    const firstRoot = rootOfEdge(digest, edgeOf(saved.size, tiles));
    if (equalBytes(firstRoot, saved.root)) return undefined;
    const path = await consistencyProof(digest, saved.size, size, (id) => tileOf(source, id));
    const proof = { first: saved.size, firstRoot, second: size, secondRoot: checkpoint.root, path };
    if (!verifyConsistency(digest, proof)) return undefined;
  } catch (error) {
    if (error instanceof LogFault) return undefined;
    throw error;
  }
  const what = `the log was forked: its first ${saved.size} entries are not those that were signed when it was verified before`;
  return new LogFault('checkpoint, line 3', what);
}
