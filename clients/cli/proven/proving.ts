import type * as z from 'zod';
import type { answerProof } from '../../../domain/answers/proof.ts';
import { recordRow } from '../../../domain/projections/records.ts';
import { givenIn } from '../../../domain/reading/asked.ts';
import { questionAt } from '../../../domain/reading/question-at.ts';
import { withQuery } from '../../typescript/reading.ts';
import { type HttpAnswer, type Transport, textOf } from '../../typescript/transport.ts';
import { jsonObject } from '../canonical.ts';
import { counted } from '../counted.ts';
import { createHttp } from '../http.ts';
import { chooseKey, type TrustedKey } from '../log/keys.ts';
import { httpSource, type LogSource } from '../log/source.ts';
import type { Terminal } from '../usage.ts';
import { isOpening, openingPath } from './opening.ts';
import type { ProvenReads } from './proven-reads.ts';
import { readSince, type Since } from './since.ts';
import { Unproven } from './unproven.ts';
import { type ToldAnswer, type VerifiedAnswer, verifyAnswer } from './verify-answer.ts';

/** How often an answer is asked for again when a later statement came meanwhile. */
const TRIES = 3;

type Send = (path: string) => Promise<HttpAnswer>;

/** An answer that its proof proves, as of the last statement. */
interface FreshAnswer {
  readonly told: ToldAnswer;
  readonly verified: VerifiedAnswer;
  readonly since: Since;
}

/**
 * Asks for an answer with its proof, and verifies it against the newest checkpoint. An answer without a body that could be
 * proven is given as it is. @throws Unproven, LogFault
 */
export async function askProven(
  path: string,
  send: Send,
  { source, key }: { readonly source: LogSource; readonly key: TrustedKey },
): Promise<FreshAnswer | HttpAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send(withProof(path));
    const body = jsonObject(textOf(answer.bytes));
    if (![200, 404].includes(answer.status) || !body) return answer;
    const other = otherRecord(path, body);
    if (other) await refuseUnmerged(other.asked, other.id, send, key);
    const further = await furtherProofs(other?.path ?? path, body, send);
    const told = { path: other?.path ?? path, status: answer.status, body, ...(further.length > 0 && { further }) };
    const verified = await verifyAnswer(told, key.key);
    const since = await readSince(source, key, verified);
    if (since.later === undefined) return { told, verified, since };
    if (attempt === TRIES) throw new Unproven(staleText(verified, since.later));
  }
}

/** Asks for the proof of every answer of read models, and passes on only what it proves. */
export function createProving(vkey: string | undefined, terminal: Terminal): ProvenReads {
  let key: Promise<TrustedKey> | undefined;
  const proved: FreshAnswer[] = [];

  function through(transport: Transport): Transport {
    const source = httpSource(createHttp(transport.url));
    return {
      ...transport,
      async send(path, request) {
        const { pathname, searchParams } = new URL(path, 'http://localhost');
        if (!questionAt(pathname, givenIn(searchParams))) return transport.send(path, request);
        key ??= chooseKey(source, { given: vkey }, terminal);
        const send = (proving: string) => transport.send(proving, request);
        const answer = await askProven(path, send, { source, key: await key });
        if (!('told' in answer)) return answer;
        proved.push(answer);
        const { proof: _, ...body } = answer.told.body;
        return { status: answer.told.status, headers: new Headers(), bytes: Buffer.from(JSON.stringify(body)) };
      },
    };
  }

  function tell(): void {
    for (const one of proved) tellOf(one, terminal);
  }

  return { through, tell };
}

/** Asks for the proof, too; a raw opening has it in any case. */
function withProof(path: string): string {
  if (isOpening(path)) return path;
  const [bare = path, query = ''] = path.split('?');
  return withQuery(bare, { ...Object.fromEntries(new URLSearchParams(query)), proof: true });
}

const RECORD = /^(\/v1\/[^/?]+\/)([^/?]+)(\?.*)?$/;

/** The record that is asked for, and the other one that is answered with. */
function otherRecord(path: string, { id }: Readonly<Record<string, unknown>>) {
  const [, before = '', asked, query = ''] = RECORD.exec(path) ?? [];
  if (asked === undefined || typeof id !== 'string' || id === asked) return undefined;
  return { asked, id, path: `${before}${encodeURIComponent(id)}${query}` };
}

/** @throws Unproven unless the rows prove that a record was merged into the one that is answered with */
async function refuseUnmerged(asked: string, into: string, send: Send, key: TrustedKey): Promise<void> {
  const path = withQuery(openingPath('records'), { partition: recordRow(asked), sort: asked });
  const { status, bytes } = await send(path);
  const { outcome } = await verifyAnswer({ path, status, body: jsonObject(textOf(bytes)) ?? {} }, key.key);
  const [[, summary] = []] =
    'body' in outcome ? (outcome.body as { rows: [string, { mergedInto?: string }][] }).rows : [];
  if (summary?.mergedInto !== into)
    throw new Unproven(`the registry answers with ${into}, and ${asked} was not merged into it`);
}

/** The proofs of the history of a record behind the events that the proof of its answer has. */
async function furtherProofs(path: string, { proof }: Readonly<Record<string, unknown>>, send: Send) {
  const { events = [], eventsLeftOut } = (proof ?? {}) as Partial<z.infer<typeof answerProof>>;
  const [record] = /^\/v1\/[^/?]+\/[^/?]+/.exec(path) ?? [];
  const further: unknown[] = [];
  if (eventsLeftOut === undefined || record === undefined) return further;
  for (let cursor: unknown = events.length; cursor !== undefined; ) {
    const { bytes } = await send(withProof(withQuery(`${record}/history`, { cursor })));
    const page = jsonObject(textOf(bytes)) ?? {};
    if (page.proof !== undefined) further.push(page.proof);
    cursor = page.next === cursor ? undefined : page.next;
  }
  return further;
}

export const staleText = ({ index }: Pick<VerifiedAnswer, 'index'>, later: number): string =>
  `the answer is old: it follows from the statement at ${index}, and there is a later one at ${later}`;

function tellOf({ told, verified, since }: FreshAnswer, { err }: Terminal): void {
  const { position, index, beside } = verified;
  const { proof, ...body } = told.body;
  const { time } = jsonObject((proof as { statement: string }).statement) ?? {};
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(String(time))) / 1000));
  const text = JSON.stringify(body);
  const shown = [...since.changed].filter((id) => text.includes(`"${id}"`));
  const age = `${counted(seconds, 'second')} old`;
  err(`Proven: complete and right as of position ${position}, by the statement at ${index}, ${age}.`);
  if (shown.length > 0) err(`Changed since: ${shown.join(', ')}.`);
  else if (since.changed.size > 0) err(`Since then ${counted(since.changed.size, 'other record')} changed.`);
  for (const name of beside) err(`Not covered by the proof: ${name}.`);
}
