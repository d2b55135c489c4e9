/** Proof files (C2SP tlog-proof, https://c2sp.org/tlog-proof). */
import { fromBase64, toBase64, wholeNumber } from './bytes.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { type Hash, leafHash } from './merkle.ts';
import type { VerifierKey, VerifySignature } from './note.ts';
import { verifyInclusion } from './proofs.ts';
import { fault, isFault, type Read, value } from './read.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** A proof that the entry at `index` is in the tree of a signed checkpoint. */
export interface LogProof {
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly path: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
}

export const formatProof = ({ index, path, checkpoint }: LogProof): string =>
  [HEADER, `index ${index}`, ...path.map(toBase64), '', checkpoint].join('\n');

/** The optional line `extra` is ignored: nothing authenticates it. */
export function parseProof(text: string): Read<LogProof> {
  const split = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(0, split)).split('\n');
  if (split < 0 || header !== HEADER) return fault(`a proof begins with ${HEADER}`);
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const [indexLine = '', ...encoded] = lines;
  const index = indexLine.startsWith('index ') ? wholeNumber(indexLine.slice('index '.length)) : undefined;
  if (index === undefined) return fault('the proof has no line with the index');
  const path: Uint8Array[] = [];
  for (const line of encoded) {
    const read = fromBase64(line);
    if (isFault(read)) return fault(`line ${path.length + 3} of the proof is ${read.fault}`);
    path.push(read.value);
  }
  return value({ index, path, checkpoint: text.slice(split + 2) });
}

/** The index of the entry and the checkpoint of its tree, from nothing but the proof, the entry and the key. */
export async function verifyProof(
  text: string,
  entry: Uint8Array,
  key: VerifierKey,
  { hash, verify }: { readonly hash: Hash; readonly verify: VerifySignature },
): Promise<Read<{ readonly index: number; readonly checkpoint: Checkpoint }>> {
  const proof = parseProof(text);
  if (isFault(proof)) return proof;
  const { index, path } = proof.value;
  const checkpoint = await openCheckpoint(proof.value.checkpoint, key, verify);
  if (isFault(checkpoint)) return checkpoint;
  const { size, root } = checkpoint.value;
  const isIncluded = verifyInclusion(hash, { index, size, leaf: leafHash(hash, entry), path, root });
  if (!isIncluded) return fault(`the entry is not the one at index ${index} of the tree of ${size}`);
  return value({ index, checkpoint: checkpoint.value });
}
