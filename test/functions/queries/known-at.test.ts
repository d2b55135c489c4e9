import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { answerOf, land, pathsOf, projectUpTo, submissions } from './small-registry.ts';

const DAY = 24 * 60 * 60 * 1000;
const START = Date.parse('2026-01-05T09:30:00.000Z');

type Answer = Awaited<ReturnType<typeof answerOf>>;
const unknown: Answer = { status: 404, type: '/problems/not-found' };

let engine: TestEngine;
let registry: TestRegistry;
let now = START;
const ids: Record<string, string> = {};
/** The end of each commit, in order, and of the last commit of each seal with its instant. */
const commits: { first: number; end: number; stream: string }[] = [];
const seals: { sealedAt: number; end: number }[] = [];
/** What each path answered when the event at a position was the last one. */
const answers = new Map<number, Map<string, Answer>>();
let paths: Map<string, string>;

const path = (name: string) => paths.get(name) as string;
const get = (name: string, query: string) => registry.get(`${path(name)}?${query}`);
const known = (name: string, query: string) => bodyOf(get(name, query));

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine, { clock: () => now });
  for (const [index, commands] of submissions.entries()) {
    now = START + index * 40 * DAY;
    const from = (await registry.log.readHead())?.size ?? 0;
    await land(registry, commands, ids);
    paths = pathsOf(ids);
    for await (const page of registry.log.readPages(from)) {
      for (const { position, count, stream } of page.commits) {
        const end = position + count - 1;
        await projectUpTo(registry, end);
        commits.push({ first: position, end, stream });
        answers.set(end, new Map());
        for (const one of paths.values()) answers.get(end)?.set(one, await answerOf(registry, one));
      }
      seals.push({ sealedAt: now, end: page.size - 1 });
    }
  }
});
afterAll(() => engine?.stop());

describe('knownAt a position', () => {
  it('answers for every end of a commit what the record answered when that was the head', async () => {
    expect(commits.length).toBeGreaterThan(20);
    let compared = 0;
    for (const [end, then] of answers) {
      for (const one of paths.values()) {
        const answer = await answerOf(registry, `${one}?knownAt=${end}`);
        expect(answer, `${one} at ${end}`).toEqual(then.get(one) ?? unknown);
        if (answer.status === 200) compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('answers inside of a commit what was known at the end of the one before', async () => {
    const several = commits.filter(({ first, end }) => end > first);
    expect(several.length).toBeGreaterThanOrEqual(3);
    for (const { first, end } of several) {
      for (let inside = first; inside < end; inside += 1) {
        for (const one of paths.values()) {
          const answer = await answerOf(registry, `${one}?knownAt=${inside}`);
          expect(answer).toEqual(first === 0 ? unknown : await answerOf(registry, `${one}?knownAt=${first - 1}`));
        }
      }
    }
    const opening = commits.find(({ stream }) => stream === ids.agreement);
    expect((await get('agreement', `knownAt=${opening?.first}`)).status).toBe(404);
    expect((await get('agreement', `knownAt=${opening?.end}`)).status).toBe(200);
  });

  it('names references as they were', async () => {
    const namesAt = async (position: number) =>
      (await known('award', `knownAt=${position}`)).references[String(ids.bank)].names;
    const [, renaming] = commits.filter(({ stream }) => stream === ids.bank);
    expect(await namesAt((renaming?.first ?? 0) - 1)).toEqual([{ value: 'Bank', lang: 'en' }]);
    expect(await namesAt(renaming?.end ?? 0)).toEqual([{ value: 'Bank of the Province', lang: 'en' }]);
  });

  it('says of a record that was not there yet from when on it is', async () => {
    const opening = commits.find(({ stream }) => stream === ids.cohort);
    const before = commits.findLast(({ end }) => end < (opening?.first ?? 0))?.end;
    const problem = await known('cohort', `knownAt=${before}`);
    expect(problem).toMatchObject({ type: '/problems/not-found', status: 404 });
    expect(problem.detail).toBe(
      `${ids.cohort} was not known at position ${before} yet, it is from position ${opening?.end} on`,
    );
    const nowhere = `/v1/cohorts/cohort-${'a'.repeat(26)}?knownAt=0`;
    expect((await bodyOf(registry.get(nowhere))).detail).toBe(`there is no record cohort-${'a'.repeat(26)}`);
  });

  it('is not yet beyond the head of the log', async () => {
    const size = (await registry.log.readHead())?.size ?? 0;
    expect((await get('bank', `knownAt=${size - 1}`)).status).toBe(200);
    for (const position of [size, Number.MAX_SAFE_INTEGER]) {
      const problem = await known('bank', `knownAt=${position}`);
      expect(problem).toMatchObject({ type: '/problems/not-yet', status: 409 });
      expect(problem.detail).toBe(`the log has ${size} events; none is at position ${position}`);
    }
  });

  it('does not wait for the read model', async () => {
    const own = await testRegistry(engine);
    const names = [{ value: 'Bank', lang: 'en' }];
    const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
    const { body } = await own.post('/v1/organizations', { kind: 'bank', names, evidence });
    expect((await own.get(`/v1/organizations/${body.id}?knownAt=0`)).status).toBe(409);
    await own.seal();
    expect((await own.get(`/v1/organizations/${body.id}`)).status).toBe(503);
    const record = await own.get(`/v1/organizations/${body.id}?knownAt=0`);
    expect(await bodyOf(record)).toMatchObject({ id: body.id, names, number: 'O-0' });
    expect(record.headers.get('ETag')).toMatch(/^"1-[0-9a-f]{40}"$/);
    expect(record.headers.get('Registry-Position')).toBe('0');
  });

  it('is not sent again to whoever has it', async () => {
    const { headers } = await get('bank', 'knownAt=20');
    const etag = headers.get('ETag') ?? '';
    const again = await registry.get(`${path('bank')}?knownAt=20`, { 'If-None-Match': etag });
    expect([again.status, again.headers.get('Registry-Position')]).toEqual([304, headers.get('Registry-Position')]);
  });
});

describe('knownAt an instant', () => {
  const positionAt = async (instant: string) =>
    (await get('exchange', `knownAt=${instant}`)).headers.get('Registry-Position');
  const iso = (time: number) => new Date(time).toISOString();

  it('is the last position that was sealed by then', async () => {
    expect(seals).toHaveLength(submissions.length);
    for (const [index, { sealedAt, end }] of seals.entries()) {
      const next = seals[index + 1]?.sealedAt ?? Date.now() + 400 * DAY;
      for (const time of [sealedAt, sealedAt + 1, sealedAt + DAY, next - 1]) {
        expect(await positionAt(iso(time)), iso(time)).toBe(String(end));
      }
      for (const one of paths.values()) {
        const answer = await answerOf(registry, `${one}?knownAt=${iso(sealedAt + 1)}`);
        expect(answer).toEqual(await answerOf(registry, `${one}?knownAt=${end}`));
      }
    }
  });

  it('before the first seal knows nothing', async () => {
    for (const instant of [iso(START - 1), '2020-02-29T00:00:00Z', '1969-12-31T23:59:59Z', '0000-01-01T00:00:00Z']) {
      const response = await get('exchange', `knownAt=${instant}`);
      expect([response.status, response.headers.has('Registry-Position')]).toEqual([404, false]);
      expect((await bodyOf(response)).detail).toContain('was not known before the first position yet');
    }
  });

  it('of the future is now', async () => {
    const last = String(seals.at(-1)?.end);
    expect(await positionAt('2999-01-01T00:00:00Z')).toBe(last);
    expect(await positionAt('9999-12-31T23:59:59-23:59')).toBe(last);
  });

  it('may have an offset and any fraction of a second', async () => {
    const first = String(seals[0]?.end);
    expect(await positionAt('2026-01-05T17:30:00%2B08:00')).toBe(first);
    expect(await positionAt('2026-01-05T09:30:00.0009Z')).toBe(first);
    expect((await get('exchange', 'knownAt=2026-01-05T17:29:59.999999%2B08:00')).status).toBe(404);
  });
});

describe('knownAt', () => {
  it.each([
    '',
    '-1',
    '1.5',
    '0x10',
    '9007199254740993',
    '2026-02-30T00:00:00Z',
    '2026-01-05',
    '2026-01-05T09:30:00',
    'now',
  ])('is refused as %j, with what it takes', async (value) => {
    const response = await get('bank', `knownAt=${value}`);
    const { errors, type } = await bodyOf(response);
    expect([response.status, type, errors[0].pointer]).toEqual([400, '/problems/parameter-invalid', '/knownAt']);
    expect(errors[0].detail).toMatch(/a position such as 41, or an instant such as 2026-11-24T09:30:00Z/);
  });

  it('is refused together with minPosition', async () => {
    const problem = await known('bank', 'knownAt=1&minPosition=1');
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '/minPosition' }] });
  });

  it('is a parameter of lists and figures only where they are proven', async () => {
    const lists = ['/v1/organizations', '/v1/timeline', `${path('exchange')}/members`, `${path('ceremony')}/programme`];
    for (const list of [...lists, `${path('exchange')}/activity`]) {
      const problem = await bodyOf(registry.get(`${list}?knownAt=1`));
      expect(problem).toMatchObject({
        status: 400,
        errors: [{ pointer: '/knownAt', detail: expect.stringContaining('`proof=true`') }],
      });
    }
  });
});

describe('a history', () => {
  const history = (name: string, query = '') => bodyOf(registry.get(`${path(name)}/history${query}`));

  it('ends with what was known then', async () => {
    const { items } = await history('membership');
    expect(items.length).toBe(4);
    const [first, second] = items;
    expect((await history('membership', `?knownAt=${second.position - 1}`)).items).toEqual([first]);
    expect((await history('membership', `?knownAt=${second.position}`)).items).toEqual([first, second]);
    expect((await history('membership', '?knownAt=2999-01-01T00:00:00Z')).items).toEqual(items);
    expect((await registry.get(`${path('membership')}/history?knownAt=0`)).status).toBe(404);
  });

  it('comes in pages of what was known then', async () => {
    const { position } = (await history('membership')).items[2];
    const response = await registry.get(`${path('membership')}/history?knownAt=${position}&limit=2`);
    const link = /^<(.+)>; rel="next"$/.exec(response.headers.get('Link') ?? '')?.[1] ?? '';
    const rest = await bodyOf(registry.get(link));
    expect((await bodyOf(response)).items).toHaveLength(2);
    expect(rest.items).toMatchObject([{ type: 'membership.resigned' }]);
    expect(rest.next).toBeUndefined();
  });
});
