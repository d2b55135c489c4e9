import { describe, expect, it } from 'vitest';
import { createRegistry, outcomeOf, type RegistryOptions } from '../../../clients/typescript/index.ts';

type Answer = (path: string, init: RequestInit) => Response;

function registryOf(answer: Answer, options: Partial<RegistryOptions> = {}) {
  const asked: { readonly path: string; readonly init: RequestInit }[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    const path = String(url).replace('https://registry.example', '');
    asked.push({ path, init });
    return answer(path, init);
  };
  const given = { url: 'https://registry.example', fetch: fetch as typeof globalThis.fetch, pause: async () => {} };
  return { registry: createRegistry({ ...given, ...options }), asked };
}

const json = (body: object, headers: Record<string, string> = {}, status = 200) =>
  new Response(JSON.stringify(body), { status, headers });
const evidence = [{ source: { title: 'Minutes' }, basis: 'stated' }] as const;
const company = { kind: 'company', names: [{ value: 'A', lang: 'en' }], evidence } as const;
const receipt = { id: 'organization-a', version: 1, events: [], recordedAt: '2026-02-03T04:05:06.789Z', position: 7 };

const headersOf = ({ init }: { readonly init: RequestInit } = { init: {} }) => init.headers as Record<string, string>;

describe('submitting', () => {
  it('sends a request again under the same key, which differs from that of the next request', async () => {
    const busy = [503, 429];
    const { registry, asked } = registryOf(() => json(receipt, {}, busy.shift() ?? 201));
    const { body, replayed } = await registry.open('organizations', company);
    expect([body.id, replayed]).toEqual(['organization-a', false]);
    await registry.open('organizations', company);
    const keys = asked.map((request) => headersOf(request)['Idempotency-Key']);
    expect(keys).toHaveLength(4);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('says in headers what the options ask for', async () => {
    const applied = { 'Preference-Applied': 'wait=5', 'Idempotency-Replayed': 'true' };
    const tokens = ['first', 'second'];
    const { registry, asked } = registryOf(() => json(receipt, applied), { token: async () => tokens.shift() });
    const done = await registry.act(
      'organizations',
      'organization-a',
      'add-name',
      { name: { value: 'B', lang: 'en' }, evidence },
      { key: 'mine', wait: 5, dryRun: true, ifMatch: 3 },
    );
    expect(done).toMatchObject({ replayed: true, visible: true, status: 200 });
    expect(asked[0]?.path).toBe('/v1/organizations/organization-a/add-name');
    expect(headersOf(asked[0])).toEqual({
      Authorization: 'Bearer first',
      'Content-Type': 'application/json',
      'Idempotency-Key': 'mine',
      Prefer: 'dry-run, wait=5',
      'If-Match': '"3"',
    });
    await registry.submit([{ command: 'register-organization', as: 'a', data: company }]);
    expect(headersOf(asked[1]).Authorization).toBe('Bearer second');
    expect(JSON.parse(String(asked[1]?.init.body))).toEqual({
      commands: [{ command: 'register-organization', as: 'a', data: company }],
    });
  });

  it('gives a problem as a value, and throws what is none', async () => {
    const errors = [{ pointer: '/names', rule: 'cap-names', detail: 'at most 20' }];
    const { registry } = registryOf(() => json({ type: '/problems/invalid-body', title: 'T', errors }, {}, 422));
    const outcome = await outcomeOf(registry.open('organizations', company));
    expect(outcome).toMatchObject({ ok: false, problem: { status: 422, rule: 'invalid-body', errors } });
    expect(await outcomeOf(Promise.resolve(1))).toEqual({ ok: true, value: 1 });
    await expect(outcomeOf(Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
  });
});

describe('reading', () => {
  it('asks for what the parameters say: times as instants, several values with commas', async () => {
    const { registry, asked } = registryOf(() => json({ id: 'a' }, { 'Registry-Position': '41' }));
    const knownAt = new Date('2026-11-24T09:30:00Z');
    const read = await registry.record('agreements', 'a/b', { knownAt, validOn: undefined, minPosition: 0 });
    expect(read.position).toBe(41);
    await Array.fromAsync(registry.list('agreements', { state: ['signed', 'in-force'], kind: 'treaty' }).pages).catch(
      () => {},
    );
    expect(asked.map(({ path }) => path)).toEqual([
      '/v1/agreements/a%2Fb?knownAt=2026-11-24T09%3A30%3A00.000Z&minPosition=0',
      '/v1/agreements?state=signed%2Cin-force&kind=treaty',
    ]);
    expect(headersOf(asked[0])).toEqual({ Accept: 'application/json' });
  });

  it('follows the cursors of a list as they are needed, and from the beginning each time', async () => {
    const pages: Record<string, object> = {
      '/v1/timeline?limit=2': { items: [1, 2], next: 'c1' },
      '/v1/timeline?limit=2&cursor=c1': { items: [], next: 'c2' },
      '/v1/timeline?limit=2&cursor=c2': { items: [3] },
    };
    const { registry, asked } = registryOf((path) => json(pages[path] ?? {}));
    const list = registry.timeline({ limit: 2 });
    expect(asked).toHaveLength(0);
    for await (const _ of list) break;
    expect(asked).toHaveLength(1);
    expect(await Array.fromAsync(list)).toEqual([1, 2, 3]);
    expect((await Array.fromAsync(list.pages)).map(({ body }) => body.items)).toEqual([[1, 2], [], [3]]);
    expect(asked).toHaveLength(7);
  });

  it('ends where a list gives the same cursor for ever', async () => {
    const { registry } = registryOf(() => json({ items: [1], next: 'same' }));
    await expect(Array.fromAsync(registry.timeline())).rejects.toThrow('it never ends');
  });

  it('throws the problem of a page', async () => {
    const { registry } = registryOf(() => json({ type: '/problems/not-yet', title: 'T' }, {}, 409));
    await expect(Array.fromAsync(registry.members('a', { minPosition: 9 }))).rejects.toMatchObject({ rule: 'not-yet' });
  });
});

describe('the feed', () => {
  const event = (position: number) => ({ position, type: 'agreement.signed' });

  it('ends at the end of the log, and follows links until then', async () => {
    const next = { Link: '</v1/events?limit=2&after=1>; rel="next"' };
    const { registry, asked } = registryOf((path) =>
      path.includes('after=1') ? json([event(2)]) : json([event(0), event(1)], next),
    );
    expect((await Array.fromAsync(registry.events({ limit: 2 }))).map(({ position }) => position)).toEqual([0, 1, 2]);
    expect(asked.map(({ path }) => path)).toEqual(['/v1/events?limit=2', '/v1/events?limit=2&after=1']);
  });

  it('goes on with what comes, behind the last position looked at, until it is aborted', async () => {
    const controller = new AbortController();
    const answers = [
      json([event(5)]),
      json([], { 'Registry-Feed-Position': '90' }),
      json([event(95)], { 'Registry-Feed-Position': '95' }),
    ];
    const { registry, asked } = registryOf(() => answers.shift() ?? json([]), { token: 'token' });
    const seen: number[] = [];
    const following = async () => {
      const query = { after: 3, type: 'agreement.signed', follow: true, signal: controller.signal };
      for await (const { position } of registry.events(query)) {
        seen.push(position);
        if (position === 95) controller.abort(new Error('enough'));
      }
    };
    await expect(following()).rejects.toThrow('enough');
    expect(seen).toEqual([5, 95]);
    expect(asked.map(({ path }) => path.replace('/v1/events?', ''))).toEqual([
      'after=3&type=agreement.signed',
      'after=5&type=agreement.signed&wait=20',
      'after=90&type=agreement.signed&wait=20',
    ]);
  });
});
