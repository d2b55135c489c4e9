import { parseCheckpoint } from '../../domain/log/checkpoint.ts';
import { leafHash } from '../../domain/log/merkle.ts';
import { formatProof } from '../../domain/log/proof-file.ts';
import { inclusionProof, verifyInclusion } from '../../domain/log/proofs.ts';
import { unwrap } from '../../domain/log/read.ts';
import { ProblemError } from '../shared/http/problem.ts';
import type { PublishedLog } from '../shared/published-log.ts';
import { sha256 } from '../shared/sha256.ts';
import type { SealedEvent } from './sealed.ts';

/**
 * That a sealed event is in the tree of the checkpoint which is published just now (C2SP tlog-proof). The signature is
 * handed on, not looked at: whoever checks the proof has the key. The path is looked at, so that an event other than
 * the published one is a failure of ours (500) and never a proof that does not hold.
 * @throws ProblemError 409 when the published log does not reach the event yet
 */
export async function proofOf(
  { text, position: index }: SealedEvent,
  published: Pick<PublishedLog, 'checkpoint' | 'tile'>,
): Promise<string> {
  const { note = '' } = (await published.checkpoint()) ?? {};
  const { size, root } = note === '' ? { size: 0 } : unwrap(parseCheckpoint(textOf(note)));
  if (index >= size || !root) {
    const detail = `the published log has ${size} events; this one is at position ${index}`;
    throw new ProblemError('not-yet', detail, { headers: { 'Retry-After': '1' } });
  }
  const path = await inclusionProof(sha256, index, size, async (tile) => unwrap(await published.tile(tile)));
  const leaf = leafHash(sha256, Buffer.from(text));
  if (!verifyInclusion(sha256, { index, size, leaf, path, root })) {
    throw new Error(`the event at position ${index} is not in the published tree of ${size}`);
  }
  return formatProof({ index, path, checkpoint: note });
}

/** What a note's signatures are about: everything up to the last empty line (C2SP signed-note). */
const textOf = (note: string): string => note.slice(0, note.lastIndexOf('\n\n') + 1);
