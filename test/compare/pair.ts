import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Ask, Registry } from './builds.ts';
import type { Clock } from './clock.ts';
import type { Report } from './report.ts';

/** A registry of each build, over data that have gone the same way. */
export interface Pair {
  /** The old build’s first. */
  readonly registries: readonly [Registry, Registry];
  readonly ask: (ask: Ask) => Promise<[Answer, Answer]>;
  /** Ends both; errors that only the new build printed are a fault. */
  readonly stop: (report: Report) => Promise<void>;
}

export function pairOf(...registries: [Registry, Registry]): Pair {
  const [before, now] = registries;
  return {
    registries,
    ask: (ask) => Promise.all([before.ask(ask), now.ask(ask)]),
    async stop(report) {
      await Promise.all([before.stop(), now.stop()]);
      const errors = ({ printed }: Registry) => printed().filter((line) => line.startsWith('error: ')).length;
      report.holds('errors printed', errors(now) <= errors(before), now.printed().join('\n'));
    },
  };
}

export interface Texts {
  /** The answer is data of which some fields are texts. */
  readonly hasTexts?: boolean;
  /** The answer is one text. */
  readonly isText?: boolean;
}

/** Asks both and compares status, headers and body. Answers what the old build says. */
export async function same(pair: Pair, report: Report, what: string, ask: Ask, texts: Texts = {}): Promise<Answer> {
  const [before, now] = await pair.ask(ask);
  compare(report, what, `${ask.method ?? 'GET'} ${ask.path}`, [before, now], texts);
  return before;
}

/** Statuses, headers and bodies of two answers; problems have texts in any case. */
export function compare(report: Report, what: string, where: string, answers: [Answer, Answer], texts: Texts): void {
  const [before, now] = answers;
  const hasTexts = texts.hasTexts || before.headers['content-type'] === 'application/problem+json';
  const outline = ({ status, headers, body }: Answer, etag: object) =>
    JSON.stringify({ status, headers: { ...headers, ...etag }, body: hasTexts ? (parsed(body) ?? body) : body });
  // An ETag is a hash of the body where nothing better is known.
  const etag = before.body !== now.body && hasTexts ? { etag: '' } : {};
  if (texts.isText) {
    report.same(
      what,
      where,
      outline({ ...before, body: '' }, { etag: '' }),
      outline({ ...now, body: '' }, { etag: '' }),
    );
    report.allow(what, before.body.split(/(?<=>)/), now.body.split(/(?<=>)/));
  } else if (hasTexts) report.sameButForTexts(what, where, outline(before, etag), outline(now, etag));
  else report.same(what, where, outline(before, {}), outline(now, {}));
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const PATIENCE = 600;

/** Until both have sealed, projected and published all that they have, and stand at the same position. */
export async function settle(pair: Pair, clock: Clock): Promise<void> {
  let still = 0;
  let last = '';
  for (let tries = 0; still < 5; tries += 1) {
    if (tries === PATIENCE) throw new Error(`the registries do not come to rest: ${last}`);
    await sleep(200);
    const states = await Promise.all(pair.registries.map(stateOf));
    const state = states.join(' ');
    const isSettled = states.every((one) => one === states[0] && isPublished(one));
    still = isSettled && state === last ? still + 1 : 0;
    last = state;
    // What a queue holds back comes into sight as time goes on.
    if (!isSettled && tries % 10 === 9) clock.advance(1000);
  }
}

async function stateOf({ ask }: Registry): Promise<string> {
  const [projections, checkpoint] = await Promise.all([ask({ path: '/v1/projections' }), ask({ path: '/checkpoint' })]);
  const [{ position = -1, lag }] = JSON.parse(projections.body).items;
  return JSON.stringify({ size: position + 1, lag, published: Number(checkpoint.body.split('\n')[1] ?? 0) });
}

function isPublished(state: string): boolean {
  const { size, lag, published } = JSON.parse(state);
  return lag === 0 && size === published;
}
