import * as z from 'zod';
import { aggregateOf } from '../../../domain/values/ids.ts';
import { failureOf, type Http, type HttpAnswer, jsonOf, type ProblemBody, problemOf } from '../http.ts';
import { type Entry, idsByName } from './entries.ts';
import { type LooseReceipt, looseReceipt } from './outcome.ts';
import type { Command, CommandLine, Refused } from './read-file.ts';

const SUBMISSIONS = '/v1/submissions';

export interface Sender {
  readonly http: Http;
  readonly token: string;
  /** What keys that are numbers within a file begin with. */
  readonly filePrefix?: string | undefined;
}

/** What the registry says of commands that were sent together. */
export type SubmitAnswer =
  | {
      readonly ok: true;
      /** Whether an earlier request of the same key has recorded them. */
      readonly replayed: boolean;
      readonly receipts: readonly LooseReceipt[];
      readonly ids: Readonly<Record<string, string>>;
    }
  | {
      readonly ok: false;
      readonly rule: string;
      readonly refusals: readonly Refused[];
      /** Of each refusal the place of its command among those that were sent; none where it is about all of them. */
      readonly places: readonly (number | undefined)[];
    };

export interface Wanted {
  readonly key: string;
  readonly isDryRun?: boolean;
}

const answered = z.object({ receipts: z.array(looseReceipt), ids: z.record(z.string(), z.string()) });

/** Sends commands as one submission, which is recorded as a whole or not at all. @throws Failure */
export async function sendTogether(
  sender: Sender,
  lines: readonly CommandLine[],
  commands: readonly Command[],
  wanted: Wanted,
): Promise<SubmitAnswer> {
  const answer = await post(sender, SUBMISSIONS, { commands }, wanted);
  if (!isDone(answer))
    return refused(answer, lines, { address: `${sender.http.url}${SUBMISSIONS}`, sender, wanted, under: '' });
  const { receipts, ids } = jsonOf(answered, answer, `${sender.http.url}${SUBMISSIONS}`);
  return { ok: true, replayed: isReplayed(answer), receipts, ids };
}

/** Sends one command, to the path that the API has for it. @throws Failure */
export async function sendAlone(sender: Sender, entry: Entry, wanted: Wanted): Promise<SubmitAnswer> {
  const command = entry.naming.withIds(entry.command, idsByName(entry.uses));
  const own = ownPath(entry, command);
  if (!own) return sendTogether(sender, [entry], [command], wanted);
  const answer = await post(sender, own.path, own.body, wanted);
  if (!isDone(answer))
    return refused(answer, [entry], { address: `${sender.http.url}${own.path}`, sender, wanted, under: '/data' });
  const read = jsonOf(looseReceipt, answer, `${sender.http.url}${own.path}`);
  const { as } = command;
  return { ok: true, replayed: isReplayed(answer), receipts: [read], ids: as === undefined ? {} : { [as]: read.id } };
}

/**
 * Whether a submission of this key has been recorded, whatever it said: the same key with another body is refused as such. The
 * body of this one fits no schema, so it costs no decision.
 */
export async function isUsed(sender: Sender, key: string): Promise<boolean> {
  const body = { commands: [{ command: 'register-organization', data: {} }] };
  const answer = await post(sender, SUBMISSIONS, body, { key, isDryRun: true });
  return ruleOf(problemOf(answer)) === 'key-reused';
}

/** Where a command goes that is no part of a submission; one that refers to the record which it opens has to be. */
function ownPath({ meant, usesItself }: Entry, { target, data }: Command): { path: string; body: object } | undefined {
  if (!meant || usesItself || Object.hasOwn(data, 'command')) return undefined;
  const { aggregate, definition } = meant;
  const path = `/v1/${aggregate.collection}`;
  if (definition.act === undefined) {
    return target === undefined ? { path, body: { command: definition.name, ...data } } : undefined;
  }
  if (target === undefined || aggregateOf(target) !== aggregate.name) return undefined;
  return { path: `${path}/${target}/${definition.act}`, body: data };
}

const isDone = ({ status }: HttpAnswer): boolean => status === 200 || status === 201;
const isReplayed = ({ headers }: HttpAnswer): boolean => headers.get('idempotency-replayed') === 'true';

const post = ({ http, token }: Sender, path: string, body: object, { key, isDryRun = false }: Wanted) =>
  http.send(path, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
      ...(isDryRun && { Prefer: 'dry-run' }),
    },
    body: JSON.stringify(body),
  });

const ruleOf = ({ type }: ProblemBody): string => type.slice(type.lastIndexOf('/') + 1);

interface Sent {
  readonly address: string;
  readonly sender: Sender;
  readonly wanted: Wanted;
  /** Where the commands' fields stand in what the registry says of them. */
  readonly under: string;
}

/** @throws Failure when the next command would get the same answer: the token is not accepted, or no registry answers */
function refused(answer: HttpAnswer, lines: readonly CommandLine[], sent: Sent): SubmitAnswer {
  const { address, under } = sent;
  const problem = problemOf(answer);
  const { detail, title, errors = [] } = problem;
  const { status } = answer;
  const rule = ruleOf(problem);
  const isAboutNone = status === 401 || status === 429 || status >= 500 || rule === 'scope-lacking';
  if (isAboutNone || problem.type === 'about:blank') throw failureOf(answer, address);
  const first = lines[0]?.line ?? 1;
  if (errors.length === 0 || rule === 'key-reused') {
    const said = rule === 'key-reused' ? whyReused(sent) : (detail ?? title ?? '');
    return { ok: false, rule, refusals: [{ line: first, pointer: '', rule, detail: said }], places: [undefined] };
  }
  const found = errors.map((error) => {
    const [, index, pointer] = /^\/commands\/(\d+)(.*)$/.exec(under === '' ? error.pointer : '') ?? [];
    const place = index === undefined ? (under === '' ? undefined : 0) : Number(index);
    return {
      place,
      refusal: { ...error, line: lines[place ?? 0]?.line ?? first, pointer: pointer ?? `${under}${error.pointer}` },
    };
  });
  return { ok: false, rule, refusals: found.map(({ refusal }) => refusal), places: found.map(({ place }) => place) };
}

/** A key that is a number within a file says nothing of what the file holds. */
function whyReused({ sender: { filePrefix }, wanted: { key } }: Sent): string {
  const isNumber = filePrefix !== undefined && /^-[\d.]+$/.test(key.slice(filePrefix.length));
  return isNumber && key.startsWith(filePrefix)
    ? `the key "${key}" was used for other commands: every file needs a PREFIX of its own for --key, and a file that was changed a new one`
    : SAME_BUT_FOR_TEXT;
}

export const SAME_BUT_FOR_TEXT =
  'what differs from this in nothing but names and texts is recorded already; if both are meant, give a --key of its own';
