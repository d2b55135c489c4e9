/**
 * Whole proofs, which need nothing but the log's key: proofs of rows, the exact entry of the log that states their roots, and
 * the proof of that entry (C2SP tlog-proof), with an empty line between them.
 */
import { toHex } from '../log/bytes.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import type { Hash } from '../log/merkle.ts';
import type { VerifierKey, VerifySignature } from '../log/note.ts';
import { verifyProof } from '../log/proof-file.ts';
import { fault, isFault, type Read, value } from '../log/read.ts';
import { ROWS_PROOF } from './proof-header.ts';
import { type ModelsStatement, readStatement, type StatedModel, statedModel } from './statement.ts';
import { type RowsProof, readRowsProof } from './verify.ts';

export interface WholeProof {
  /** One for each model; each ends in a newline. */
  readonly rows: readonly string[];
  /** The entry, without a newline. */
  readonly statement: string;
  readonly log: string;
}

/** A model whose rows are proven as far as they are shown. */
export interface ProvenModel extends StatedModel, Pick<RowsProof, 'reader'> {}

export interface Proven {
  /** In the order of the proofs of their rows. */
  readonly models: readonly ProvenModel[];
  readonly statement: ModelsStatement;
  /** Of the statement in the log. */
  readonly index: number;
  readonly checkpoint: Checkpoint;
}

export interface ProofCrypto {
  readonly hash: Hash;
  readonly verify: VerifySignature;
}

const utf8 = new TextEncoder();

export const formatWholeProof = ({ rows, statement, log }: WholeProof): string =>
  [...rows.map((text) => `${text}\n`), `${statement}\n\n`, log].join('');

export function parseWholeProof(text: string): Read<WholeProof> {
  const rows: string[] = [];
  let at = 0;
  for (;;) {
    const end = text.indexOf('\n\n', at);
    if (end < 0) return fault('a whole proof has proofs of rows, an entry of the log, and its proof');
    if (!text.startsWith(`${ROWS_PROOF}\n`, at)) {
      const whole = { rows, statement: text.slice(at, end), log: text.slice(end + 2) };
      return rows.length > 0 ? value(whole) : fault(`a whole proof begins with ${ROWS_PROOF}`);
    }
    rows.push(text.slice(at, end + 1));
    at = end + 2;
  }
}

/** What a whole proof proves against the key of the log: signature, inclusion, statement, roots. */
export async function verifyWholeProof(
  { rows, statement, log }: WholeProof,
  key: VerifierKey,
  { hash, verify }: ProofCrypto,
): Promise<Read<Proven>> {
  const entry = utf8.encode(statement);
  const logged = await verifyProof(log, entry, key, { hash, verify });
  if (isFault(logged)) return logged;
  const stated = readStatement(entry);
  if (isFault(stated)) return stated;
  const { index, checkpoint } = logged.value;
  const models: ProvenModel[] = [];
  for (const text of rows) {
    const model = verifyModel(text, stated.value, hash);
    if (isFault(model)) return model;
    const { name, position } = model.value;
    if (models.some((one) => one.name === name)) return fault(`the rows of ${name} are shown twice`);
    if (position >= index) return fault(`the statement at ${index} tells of what came after it`);
    models.push(model.value);
  }
  return value({ models, statement: stated.value, index, checkpoint });
}

/** The rows of a proof, where a statement says that the model has them. */
function verifyModel(text: string, statement: ModelsStatement, hash: Hash): Read<ProvenModel> {
  const proof = readRowsProof(text, hash);
  if (isFault(proof)) return proof;
  const { name, revision, root, rows, reader } = proof.value;
  const model = statedModel(statement, name, revision);
  if (isFault(model)) return model;
  const isRoot = toHex(root) === model.value.root;
  if (isRoot && rows === model.value.rows) return value({ ...model.value, reader });
  return fault(`the rows shown of ${name}@${revision} are not of the root that is stated`);
}
