import * as z from 'zod';
import { wholeNumber } from '../../../domain/log/bytes.ts';
import { isFault } from '../../../domain/log/read.ts';
import { parseWholeProof, verifyWholeProof } from '../../../domain/row-tree/whole-proof.ts';
import { jsonObject } from '../canonical.ts';
import { counted } from '../counted.ts';
import { readIfThere } from '../files.ts';
import { textOf } from '../http.ts';
import { proofCrypto } from '../log/crypto.ts';
import { LogFault } from '../log/fault.ts';
import { contradiction } from '../log/fork.ts';
import { keyGiven, openedCheckpoint, type TrustedKey } from '../log/keys.ts';
import { type ExitCode, printJson, type Terminal, UsageError } from '../usage.ts';
import { staleText } from './proving.ts';
import { Unproven } from './unproven.ts';
import { type VerifiedAnswer, verifyAnswer } from './verify-answer.ts';

/** What `registry prove` writes. */
const answerFile = z.object({
  path: z.string(),
  status: z.int(),
  body: z.record(z.string(), z.unknown()),
  further: z.array(z.unknown()).optional(),
});

export interface ProofFileRequest {
  readonly file: string;
  readonly vkey: string;
  /** The position of a statement that is known: an earlier one is refused. */
  readonly seen: string | undefined;
  /** A file with a checkpoint that is known. */
  readonly note: string | undefined;
  readonly json: boolean;
}

/** Verifies an answer with its proof, without any registry. @throws LogFault */
export async function verifyAnswerFile(request: ProofFileRequest, terminal: Terminal): Promise<ExitCode> {
  const { file, seen, json } = request;
  const known = seen === undefined ? undefined : wholeNumber(seen);
  if (seen !== undefined && known === undefined) throw new UsageError(`--seen takes a position, not "${seen}".`);
  const key = await keyGiven(request.vkey);
  const text = textOf(await bytesOf('--proof-file', file));
  try {
    const verified = await verifiedIn(text, key);
    if (known !== undefined && verified.index < known) throw new Unproven(staleText(verified, known));
    if (request.note !== undefined) await refuseForked(verified, request.note, key);
    report(verified, { json, terminal });
    return 0;
  } catch (error) {
    throw error instanceof Unproven ? new LogFault(file, error.message) : error;
  }
}

type Verified = Pick<VerifiedAnswer, 'models' | 'index' | 'checkpoint'> &
  Partial<VerifiedAnswer> & { readonly path?: string };

/** An answer with its proof, or a whole proof as text. @throws Unproven */
async function verifiedIn(text: string, { key }: TrustedKey): Promise<Verified> {
  const answer = answerFile.safeParse(jsonObject(text));
  if (answer.success) return { ...(await verifyAnswer(answer.data, key)), path: answer.data.path };
  const parsed = parseWholeProof(text);
  const proven = isFault(parsed) ? parsed : await verifyWholeProof(parsed.value, key, proofCrypto);
  if (isFault(proven)) throw new Unproven(proven.fault);
  return proven.value;
}

/** @throws Unproven where another tree of the same size was signed, too */
async function refuseForked({ checkpoint }: Verified, file: string, key: TrustedKey): Promise<void> {
  const known = await openedCheckpoint(textOf(await bytesOf('--note', file)), key, file);
  const [older, newer] = known.size <= checkpoint.size ? [known, checkpoint] : [checkpoint, known];
  const fault = older.size === newer.size ? contradiction(older, newer) : undefined;
  if (fault) throw new Unproven(fault.message);
}

async function bytesOf(option: string, path: string): Promise<Uint8Array> {
  const bytes = await readIfThere(path);
  if (!bytes) throw new UsageError(`${option} ${path}: there is no such file.`);
  return bytes;
}

function report(
  { path, models, index, checkpoint, outcome, beside = [] }: Verified,
  { json, terminal }: { readonly json: boolean; readonly terminal: Terminal },
): void {
  const { origin, size } = checkpoint;
  const stated = models.map(({ name, revision, position, rows }) => ({ name, revision, position, rows }));
  if (json) {
    printJson(terminal, { holds: true, path, origin, size, statement: index, models: stated, beside, ...outcome });
    return;
  }
  const what =
    outcome === undefined ? 'The rows that are shown are those' : `The answer to ${path} is complete and right: it is`;
  terminal.out(`${what} of the statement at position ${index} of the log of ${origin}, as signed with ${size} events.`);
  for (const { name, revision, position, rows } of stated) {
    terminal.out(`  ${name}@${revision}: ${counted(rows, 'row')} as of position ${position}`);
  }
  if (outcome && 'absent' in outcome) terminal.out(`It is proven that ${outcome.absent}.`);
  for (const name of beside) terminal.out(`Not covered by the proof: ${name}.`);
}
