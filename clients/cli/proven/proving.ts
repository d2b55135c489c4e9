import { questionAt } from '../../../domain/reading/question-at.ts';
import { withQuery } from '../../typescript/reading.ts';
import { type HttpAnswer, type Transport, textOf } from '../../typescript/transport.ts';
import { jsonObject } from '../canonical.ts';
import { counted } from '../counted.ts';
import { createHttp } from '../http.ts';
import { chooseKey, type TrustedKey } from '../log/keys.ts';
import { httpSource } from '../log/source.ts';
import type { Terminal } from '../usage.ts';
import type { Proving } from './proving-options.ts';
import { readSince, type Since } from './since.ts';
import { Unproven } from './unproven.ts';
import { type VerifiedAnswer, verifyAnswer } from './verify-answer.ts';

/** How often an answer is asked for again when a later statement came meanwhile. */
const TRIES = 3;

interface Proved extends VerifiedAnswer {
  readonly since: Since;
  readonly recordedAt: string;
  readonly text: string;
}

/** Asks for the proof of every answer of read models, and passes on only what it proves. */
export function createProving(vkey: string | undefined, terminal: Terminal): Proving {
  let key: Promise<TrustedKey> | undefined;
  const proved: Proved[] = [];

  function through(transport: Transport): Transport {
    const source = httpSource(createHttp(transport.url));
    return {
      ...transport,
      async send(path, request) {
        const { pathname, searchParams } = new URL(path, 'http://localhost');
        const query = Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
        if (!questionAt(pathname, query)) return transport.send(path, request);
        key ??= chooseKey(source, { given: vkey }, terminal);
        const trusted = await key;
        for (let attempt = 1; ; attempt += 1) {
          const answer = await transport.send(withProof(path), request);
          const body = jsonObject(textOf(answer.bytes));
          if (![200, 404].includes(answer.status) || !body) return answer;
          const verified = await verifyAnswer({ path: pathOf(path, body), status: answer.status, body }, trusted.key);
          const since = await readSince(source, trusted, verified);
          if (since.later === undefined) {
            const { proof, ...told } = body;
            proved.push({ ...verified, since, recordedAt: timeOf(proof), text: JSON.stringify(told) });
            return { ...answer, bytes: Buffer.from(JSON.stringify(told)) } satisfies HttpAnswer;
          }
          if (attempt === TRIES) throw new Unproven(staleText(verified, since.later));
        }
      },
    };
  }

  function tell(): void {
    for (const one of proved) tellOf(one, terminal);
  }

  return { through, tell };
}

export const withProof = (path: string): string => {
  const [bare = path, query = ''] = path.split('?');
  return withQuery(bare, { ...Object.fromEntries(new URLSearchParams(query)), proof: true });
};

/** The path of the record that a merged one leads to: the answer is that record's. */
function pathOf(path: string, { id }: Readonly<Record<string, unknown>>): string {
  const [, collection, asked, rest = ''] = /^\/v1\/([^/?]+)\/([^/?]+)([^/]*)$/.exec(path) ?? [];
  return asked === undefined || typeof id !== 'string' ? path : `/v1/${collection}/${encodeURIComponent(id)}${rest}`;
}

const timeOf = (proof: unknown): string => {
  const entry = jsonObject((proof as { statement: string }).statement);
  return typeof entry?.time === 'string' ? entry.time : '';
};

export const staleText = ({ index }: Pick<VerifiedAnswer, 'index'>, later: number): string =>
  `the answer is old: it follows from the statement at ${index}, and there is a later one at ${later}`;

function tellOf({ position, index, since, recordedAt, beside, text }: Proved, { err }: Terminal): void {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(recordedAt)) / 1000));
  const shown = [...since.changed].filter((id) => text.includes(`"${id}"`));
  err(
    `Proven: complete and right as of position ${position}, by the statement at ${index}, ${counted(seconds, 'second')} old.`,
  );
  if (shown.length > 0) err(`Changed since: ${shown.join(', ')}.`);
  else if (since.changed.size > 0) err(`Since then ${counted(since.changed.size, 'other record')} changed.`);
  for (const name of beside) err(`Not covered by the proof: ${name}.`);
}
