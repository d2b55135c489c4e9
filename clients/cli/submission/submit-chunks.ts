import * as z from 'zod';
import { failureOf, type Http, type HttpAnswer, jsonOf, type ProblemBody, problemOf } from '../http.ts';
import type { Chunk } from './chunks.ts';
import { createIdempotencyKeys, firstHalf, type IdempotencyKeys, type Piece, secondHalf, wholePiece } from './keys.ts';
import type { Ids, Naming } from './names.ts';
import type { CommandLine } from './read-file.ts';

const PATH = '/v1/submissions';

/** The rules that limit a submission as a whole: half of it may fit. */
const CAPS = [
  'cap-actions',
  'cap-commit-events',
  'cap-commit-bytes',
  'cap-submission-bytes',
  'cap-references',
  'cap-read-bytes',
  'cap-comparisons',
  'cap-chain',
  'cap-commands',
  'cap-values',
  'too-large',
];

const receipts = z.object({
  receipts: z.array(z.object({ events: z.array(z.unknown()) })),
  ids: z.record(z.string(), z.string()),
});

export interface SubmitDeps {
  readonly http: Http;
  readonly token: string;
  /** Of the idempotency keys; without it they are made of the content. */
  readonly prefix: string | undefined;
  readonly naming: Naming;
}

/** One thing that is wrong with a command. */
export interface Refused {
  readonly line: number;
  readonly pointer: string;
  readonly rule: string;
  readonly detail: string;
}

/** The outcome of one submission, whose commands are recorded together or not at all. */
export type ChunkOutcome = { readonly commands: readonly CommandLine[] } & (
  | { readonly is: 'recorded' | 'there'; readonly events: number; readonly ids: Readonly<Record<string, string>> }
  | { readonly is: 'refused' | 'not-sent'; readonly refusals: readonly Refused[] }
);

/**
 * Sends the chunks of a file in order, each as one submission; a chunk that is too large is sent in halves. A chunk that
 * refers to a refused record is not sent. `ids` has the ids of earlier files and gets those of this one.
 */
export async function* submitChunks(
  deps: SubmitDeps,
  chunks: readonly Chunk[],
  ids: Map<string, string>,
): AsyncGenerator<ChunkOutcome> {
  const keys = createIdempotencyKeys(deps, chunks, new Map(ids));
  const queue = chunks.map(wholePiece);
  const lost = new Map<string, number>();
  for (let piece = queue.shift(); piece; piece = queue.shift()) {
    const { commands } = piece;
    const refusals = missing(deps.naming, commands, lost, ids);
    const outcome: ChunkOutcome =
      refusals.length > 0 ? { is: 'not-sent', commands, refusals } : await submitOnce(deps, keys, piece, ids);
    if (outcome.is === 'recorded' || outcome.is === 'there') {
      for (const [name, id] of Object.entries(outcome.ids)) ids.set(name, id);
    } else if (isTooMuch(outcome) || (outcome.is === 'refused' && (await wasSentInHalves(deps, keys, piece, ids)))) {
      queue.unshift(firstHalf(piece), secondHalf(piece));
      continue;
    } else {
      for (const { line, command } of commands) if (command.as !== undefined) lost.set(command.as, line);
    }
    yield outcome;
  }
}

/** A single command that is too large cannot be halved: its author has to change it. */
const isTooMuch = (outcome: ChunkOutcome): boolean =>
  outcome.is === 'refused' && outcome.commands.length > 1 && outcome.refusals.some(({ rule }) => CAPS.includes(rule));

/**
 * Whether an earlier run recorded the first half, or the first half of that, and so on. Then the whole may be refused for
 * other reasons than its size, because parts of it are recorded. A dry run shows what a key was answered, and writes
 * nothing.
 */
async function wasSentInHalves(deps: SubmitDeps, keys: IdempotencyKeys, piece: Piece, ids: Ids): Promise<boolean> {
  for (let half = piece; half.commands.length > 1; ) {
    half = firstHalf(half);
    const body = bodyOf(deps, half, ids);
    const own = await send(deps, body, keys.keyOf(half, ids), DRY_RUN);
    if (isReplayed(own) || (await sentEarlier(deps, keys, half, body))) return true;
  }
  return false;
}

/** A refusal for each command that refers to a record that was not recorded. */
function missing({ namesIn }: Naming, commands: readonly CommandLine[], lost: ReadonlyMap<string, number>, ids: Ids) {
  if (lost.size === 0) return [];
  return commands.flatMap(({ line, command }): Refused[] => {
    const name = namesIn(command, ids).find((one) => lost.has(one));
    if (name === undefined) return [];
    const detail = `"#${name}" of line ${lost.get(name)} was not recorded`;
    return [{ line, pointer: '', rule: 'unknown-name', detail }];
  });
}

const bodyOf = ({ naming }: SubmitDeps, { commands }: Piece, ids: Ids) => ({
  commands: commands.map(({ command }) => naming.withIds(command, ids)),
});

const isReplayed = ({ headers }: HttpAnswer): boolean => headers.get('idempotency-replayed') === 'true';

const DRY_RUN = { Prefer: 'dry-run' };

/** The answer to an earlier version of this client that has sent the same, under the key that it made. */
async function sentEarlier(
  deps: SubmitDeps,
  keys: IdempotencyKeys,
  piece: Piece,
  body: object,
): Promise<HttpAnswer | undefined> {
  const key = keys.earlierKeyOf(piece, body);
  const answer = key === undefined ? undefined : await send(deps, body, key, DRY_RUN);
  return answer && isReplayed(answer) ? answer : undefined;
}

async function submitOnce(deps: SubmitDeps, keys: IdempotencyKeys, piece: Piece, ids: Ids): Promise<ChunkOutcome> {
  const { commands } = piece;
  const body = bodyOf(deps, piece, ids);
  const earlier = await sentEarlier(deps, keys, piece, body);
  const answer = earlier ?? (await send(deps, body, keys.keyOf(piece, ids)));
  if (earlier || answer.status === 201) {
    const { receipts: all, ids: given } = jsonOf(receipts, answer, `${deps.http.url}${PATH}`);
    const events = all.reduce((sum, receipt) => sum + receipt.events.length, 0);
    return { is: isReplayed(answer) ? 'there' : 'recorded', commands, events, ids: given };
  }
  const problem = problemOf(answer);
  if (isAboutNoCommand(answer.status, problem)) throw failureOf(answer, `${deps.http.url}${PATH}`);
  return { is: 'refused', commands, refusals: refusalsOf(problem, commands) };
}

/** Whether the next submission would get the same answer: the token is not accepted, or no registry answers. */
const isAboutNoCommand = (status: number, { type }: ProblemBody): boolean =>
  status === 401 || status >= 500 || status === 429 || type === 'about:blank' || type.endsWith('/scope-lacking');

function send(
  { http, token }: SubmitDeps,
  body: object,
  key: string,
  more: Record<string, string> = {},
): Promise<HttpAnswer> {
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
    'Idempotency-Key': key,
    ...more,
  };
  return http.send(PATH, { method: 'POST', headers, body: JSON.stringify(body) });
}

const SAME_BUT_FOR_TEXT =
  'what differs from this in nothing but names and texts is recorded already; if both are meant, give a --key of its own';

function refusalsOf({ type, detail, title, errors = [] }: ProblemBody, commands: readonly CommandLine[]): Refused[] {
  const rule = type.slice(type.lastIndexOf('/') + 1);
  const first = commands[0]?.line ?? 1;
  if (rule === 'key-reused') return [{ line: first, pointer: '', rule, detail: SAME_BUT_FOR_TEXT }];
  if (errors.length === 0) return [{ line: first, pointer: '', rule, detail: detail ?? title ?? '' }];
  return errors.map((error) => {
    const [, index, pointer] = /^\/commands\/(\d+)(.*)$/.exec(error.pointer) ?? [];
    return { ...error, line: commands[Number(index)]?.line ?? first, pointer: pointer ?? error.pointer };
  });
}
