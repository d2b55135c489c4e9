import { describe, expect, it } from 'vitest';
import { RegistryProblem } from '../../../clients/typescript/problem.ts';
import { createTransport, textOf, Unreachable } from '../../../clients/typescript/transport.ts';

type Reply = Response | Error;

/** Answers in turn, the last one for ever; tells what was asked and how long was waited. */
function scripted(...replies: Reply[]) {
  return scriptedWith({}, ...replies);
}

function scriptedWith(options: { firstTries?: number }, ...replies: Reply[]) {
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  const pauses: number[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    asked.push({ url: String(url), init });
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (reply instanceof Error) throw reply;
    return (reply as Response).clone();
  };
  const pause = async (milliseconds: number) => void pauses.push(milliseconds);
  const transport = createTransport({
    url: 'https://registry.example/',
    fetch: fetch as typeof globalThis.fetch,
    pause,
    ...options,
  });
  return { transport, asked, pauses };
}

const answer = (status: number, headers: Record<string, string> = {}, body = 'the body') =>
  new Response(body, { status, headers });
const problem = (status: number, slug: string) =>
  answer(status, {}, JSON.stringify({ type: `https://registry.example/problems/${slug}`, title: slug, errors: [] }));

describe('a request is tried again', () => {
  it.each([429, 500, 502, 503, 504])('after %i, with the same method, headers and body', async (status) => {
    const { transport, asked } = scripted(answer(status), answer(201));
    const request = { method: 'POST', headers: { 'Idempotency-Key': 'one' }, body: '{}' };
    const { status: last, bytes } = await transport.send('/v1/agreements', request);
    expect([last, textOf(bytes)]).toEqual([201, 'the body']);
    expect(asked.map(({ url, init: { signal: _, ...init } }) => ({ url, ...init }))).toEqual(
      Array(2).fill({ url: 'https://registry.example/v1/agreements', ...request }),
    );
  });

  it('when no answer comes, and tells the cause when none comes at all', async () => {
    const refused = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    const { transport, asked } = scripted(refused, answer(200));
    expect((await transport.send('/health')).status).toBe(200);
    expect(asked).toHaveLength(2);

    const never = scripted(refused);
    const error = await never.transport.send('/health').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Unreachable);
    expect((error as Error).message).toBe('https://registry.example/health cannot be reached: connect ECONNREFUSED');
    expect(never.asked).toHaveLength(9);
  });

  it('less often as long as nobody has ever answered', async () => {
    const refused = new TypeError('fetch failed');
    const never = scriptedWith({ firstTries: 4 }, refused);
    await expect(never.transport.send('/health')).rejects.toBeInstanceOf(Unreachable);
    expect(never.asked).toHaveLength(4);

    const once = scriptedWith({ firstTries: 4 }, answer(200), refused);
    await once.transport.send('/health');
    await expect(once.transport.send('/health')).rejects.toBeInstanceOf(Unreachable);
    expect(once.asked).toHaveLength(1 + 9);
  });

  it.each([501, 505])('never after %i', async (status) => {
    const { transport, asked } = scripted(answer(status));
    expect([(await transport.send('/v1/agreements')).status, asked.length]).toEqual([status, 1]);
  });

  it('when others acted on the record at the same time, and after no other conflict', async () => {
    const conflict = scripted(problem(409, 'conflict'), answer(200));
    expect((await conflict.transport.send('/v1/agreements')).status).toBe(200);
    const notYet = scripted(problem(409, 'not-yet'), answer(200));
    expect((await notYet.transport.send('/v1/agreements')).status).toBe(409);
  });

  it.each([400, 401, 403, 404, 410, 412, 422])('but not after %i', async (status) => {
    const { transport, asked } = scripted(answer(status), answer(200));
    expect((await transport.send('/v1/agreements')).status).toBe(status);
    expect(asked).toHaveLength(1);
  });

  it('no more than three times after a bug', async () => {
    const { transport, asked } = scripted(answer(500));
    expect((await transport.send('/v1/agreements')).status).toBe(500);
    expect(asked).toHaveLength(3);
  });
});

describe('the pause before the next try', () => {
  it('is what the registry asks for', async () => {
    const { transport, pauses } = scripted(
      answer(503, { 'Retry-After': '20' }),
      answer(429, { 'Retry-After': '0' }),
      answer(200),
    );
    await transport.send('/v1/agreements');
    expect(pauses).toEqual([20_000, 0]);
  });

  it('is none when it asks for more than a minute: the answer comes back', async () => {
    const { transport, pauses } = scripted(answer(503, { 'Retry-After': '3600' }), answer(200));
    expect((await transport.send('/v1/agreements')).status).toBe(503);
    expect(pauses).toEqual([]);
  });

  it('grows, up to a limit, where the registry asks for nothing', async () => {
    const { transport, pauses } = scripted(answer(503));
    await transport.send('/v1/agreements');
    expect(pauses).toHaveLength(8);
    for (const [at, pause] of pauses.entries()) {
      const most = Math.min(15_000, 250 * 2 ** at);
      expect(pause).toBeGreaterThanOrEqual(most / 2);
      expect(pause).toBeLessThanOrEqual(most);
    }
  });

  it('ends when the signal is aborted, with its reason', async () => {
    const controller = new AbortController();
    const fetch = async () => answer(503, { 'Retry-After': '50' });
    const transport = createTransport({ url: 'https://registry.example', fetch: fetch as typeof globalThis.fetch });
    const sent = transport.send('/v1/agreements', { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')));
    await expect(sent).rejects.toThrow('enough');
    await expect(transport.send('/v1/agreements', { signal: controller.signal })).rejects.toThrow('enough');
  });
});

describe('a problem', () => {
  const of = (status: number, body: string) =>
    new RegistryProblem({ status, headers: new Headers(), bytes: new TextEncoder().encode(body) });

  it('says which rule was broken, and where', () => {
    const errors = [{ pointer: '/on', rule: 'not-a-date', detail: 'a day' }];
    const found = of(
      422,
      JSON.stringify({ type: '/problems/invalid-body', title: 'The body', detail: 'It does not', errors }),
    );
    expect(found).toMatchObject({
      status: 422,
      rule: 'invalid-body',
      type: '/problems/invalid-body',
      message: 'It does not',
      errors,
    });
    expect([found.breaks('not-a-date'), found.breaks('invalid-body'), found.breaks('stale')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it.each(['<html>', '[]', 'null', '{"type":4}', '{"type":"about:blank","errors":[{}]}', ''])(
    'has no rule where no registry answers: %s',
    (body) => {
      const found = of(502, body);
      expect(found).toMatchObject({ type: 'about:blank', rule: undefined, errors: [] });
      expect(found.message).toBe('an answer 502 without an explanation');
    },
  );
});
