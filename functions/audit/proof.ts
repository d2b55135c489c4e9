import { leafHash } from '../../domain/log/merkle.ts';
import { formatProof } from '../../domain/log/proof-file.ts';
import { inclusionProof, verifyInclusion } from '../../domain/log/proofs.ts';
import { unwrap } from '../../domain/log/read.ts';
import { ProblemError } from '../http/problem.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { PublishedLog } from '../stores/published-log.ts';
import type { SealedEvent } from '../stores/sealed.ts';
import { readCheckpoint } from './checkpoint.ts';

/**
 * The proof that a sealed event is in the tree of the current checkpoint (C2SP tlog-proof). It is verified before it is
 * returned: an event that differs from the published one is an internal error (500), never an invalid proof.
 * @throws ProblemError 409 when the published log does not reach the event yet
 */
export async function proofOf(
  { text, position: index }: SealedEvent,
  published: Pick<PublishedLog, 'checkpoint' | 'tile'>,
): Promise<string> {
  const checkpoint = await readCheckpoint(published);
  if (!checkpoint || index >= checkpoint.size) {
    const detail = `the published log has ${checkpoint?.size ?? 0} events; this one is at position ${index}`;
    throw new ProblemError('not-yet', detail, { headers: { 'Retry-After': '1' } });
  }
  const { size, root, note } = checkpoint;
  const path = await inclusionProof(sha256, index, size, async (tile) => unwrap(await published.tile(tile)));
  const leaf = leafHash(sha256, Buffer.from(text));
  if (!verifyInclusion(sha256, { index, size, leaf, path, root })) {
    throw new Error(`the event at position ${index} is not in the published tree of ${size}`);
  }
  return formatProof({ index, path, checkpoint: note });
}
