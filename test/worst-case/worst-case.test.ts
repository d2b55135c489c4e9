import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleOf } from '../../functions/openapi/example-records.ts';
import { tokenFor } from '../support/api.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { operations as commands, createExamples } from '../support/examples.ts';
import { type Filling, fillRecord } from '../support/fill.ts';
import { landExamples } from '../support/landed-examples.ts';
import { operations } from '../support/operations.ts';
import { type TestRegistry, testRegistry } from '../support/registry.ts';
import { attacks, BODY_BYTES, createMeans, type Means, padded, pick } from './hostile-bodies.ts';

/** Which attacks are tried; `SEED` names others. */
const SEED = Number(process.env.SEED ?? 12);
/** Seconds of CPU for which what was dear is made dearer; `SEARCH_SECONDS` names another number. */
const SEARCH_SECONDS = Number(process.env.SEARCH_SECONDS ?? 6);
/** No request takes more CPU than this, in milliseconds. */
const MOST = 2_000;
/** How many times the CPU of the dearest valid request of as many bytes and commands. */
const RATIO = 10;
/** Below so many milliseconds the clock, the compiler and the collector say more than the request. */
const NOISE = 50;

interface Request {
  readonly operation: string;
  /** What was done to it. */
  readonly attack: string;
  readonly path: string;
  readonly client?: string | undefined;
  readonly body?: unknown;
}

let engine: TestEngine;
let registry: TestRegistry;
const tokens = new Map<string, string>();
const statuses = new Map<number, number>();
let sent = 0;

/** Ids of records as the catalog's examples name them, by collection, and of those that are dear to read. */
const ordinary = new Map<string, string>();
const dear = new Map<string, string[]>();

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  for (const client of ['gzde', 'gdgje', 'registrar']) tokens.set(client, await tokenFor(client));
  await landExamples(registry.post);
  const { open } = createExamples(registry.post);
  const opened = async (collection: string, act: string, to: Filling) => {
    const { aggregate, definition } =
      commands.find((one) => one.aggregate.collection === collection && one.definition.act === act) ?? {};
    if (!aggregate || !definition) throw new Error(`there is no act ${act} of ${collection}`);
    const { id } = await open(aggregate);
    const { status, text } = await registry.post(`/v1/${collection}/${id}/${act}`, exampleOf(definition));
    expect(status, text).toBe(200);
    await fillRecord(engine, registry.tables.events, id, to);
    dear.set(collection, [...(dear.get(collection) ?? []), id]);
  };
  await opened('memberships', 'renew', { events: 1_200 });
  await opened('launches', 'rename', { events: 900 });
  await opened('ceremonies', 'reschedule', { events: 900 });
  await opened('ceremonies', 'reschedule', { events: 2_000, vary: (index) => ({ on: arrangedDay(index, 2_000) }) });
  await opened('agreements', 'add-evidence', { bytes: 6_900_000 });
  await opened('organizations', 'add-evidence', { events: 1_200 });
  for (const { aggregate, definition } of commands) {
    const { collection } = aggregate;
    if (definition.default) ordinary.set(collection, (await open(aggregate)).id);
  }
  for (let runs = 0; runs < 40; runs += 1) await registry.seal();
  await registry.project();
});
afterAll(() => engine.stop());

/** Days in turns certain and doubtful, and then many on one day before all those: each fact may touch very many others. */
function arrangedDay(index: number, of: number): string {
  if (index >= of / 2) return '1999-12-31';
  const day = new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);
  return index % 2 === 0 ? day : `${day}?`;
}

async function send({ path, client, body }: Request): Promise<Response> {
  const headers = new Headers();
  if (client !== undefined) headers.set('Authorization', `Bearer ${tokens.get(client)}`);
  if (body === undefined) return appOf(path).request(path, { headers });
  sent += 1;
  headers.set('Content-Type', 'application/json');
  headers.set('Idempotency-Key', `worst-case-${sent}`);
  headers.set('Prefer', 'dry-run');
  const text = JSON.stringify(body);
  return registry.apps.commands.request(path, { method: 'POST', headers, body: text });
}

function appOf(path: string) {
  const { queries, audit, polls } = registry.apps;
  if (/^\/v1\/events(\?|$)/.test(path)) return polls;
  return /^\/v1\/(events|projections)|^\/(schemas|problems|health|checkpoint|vkey|tile)\b/.test(path) ? audit : queries;
}

/** Milliseconds of this process's CPU; the database is another process. The least of several is the request's own. */
async function cpuOf(request: Request, times = 1): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time += 1) {
    const before = process.cpuUsage();
    const response = await send(request);
    await response.arrayBuffer();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (response.status >= 500) throw new Error(`${response.status} for ${describing(request)}`);
  }
  return least;
}

const describing = ({ operation, attack, path, body }: Request) =>
  `${operation}, ${attack}: ${path.slice(0, 200)} ${(JSON.stringify(body) ?? '').slice(0, 300)}`;

/** Each operation that writes, on an ordinary record and on those that are dear. */
function valid(): Request[] {
  return commands.flatMap(({ aggregate: { collection }, definition, route }) => {
    const client = definition.scope === 'registry/registrar' ? 'registrar' : 'gzde';
    const ids = definition.act === undefined ? [''] : [ordinary.get(collection) ?? '', ...(dear.get(collection) ?? [])];
    return ids.map((id) => ({
      operation: definition.name,
      attack: 'none',
      path: route.replace('{id}', id),
      client,
      body:
        definition.act === undefined ? { command: definition.name, ...exampleOf(definition) } : exampleOf(definition),
    }));
  });
}

/** As many acts of one kind on the dearest records as one submission takes. */
function submissions(count: number, only: (act: string) => boolean = () => true): Request[] {
  return [...dear].flatMap(([collection, ids]) =>
    ids.flatMap((target) =>
      commands
        .filter(
          ({ aggregate, definition: { act } }) => aggregate.collection === collection && act && REPEATED.includes(act),
        )
        .filter(({ definition: { act = '' } }) => only(act))
        .map(({ definition }) => ({
          operation: 'submit',
          attack: `${count} × ${definition.name}`,
          path: '/v1/submissions',
          client: 'gzde',
          body: { commands: Array(count).fill({ command: definition.act, target, data: exampleOf(definition) }) },
        })),
    ),
  );
}

/** Acts that a record takes again and again. */
const REPEATED = ['renew', 'rename', 'reschedule', 'add-evidence', 'correct'];

const HOSTILE_VALUES = [
  'a'.repeat(8_000),
  '%F0%9F%98%80'.repeat(600),
  '9'.repeat(300),
  '-1',
  '0001-01-01',
  '2023-02-23~/2023-02-24?',
  Buffer.from('1500').toString('base64url'),
  Buffer.from(JSON.stringify(['x'.repeat(3_000)])).toString('base64url'),
];

/** Reading operations with each parameter as it may be, and as it may not. */
function reads(means: Means): Request[] {
  return operations
    .filter(({ method }) => method === 'GET')
    .flatMap(({ path, operation }) => {
      const collection = path.split('/')[2] ?? '';
      const ids = [ordinary.get(collection) ?? 'x', ...(dear.get(collection) ?? [])];
      const at = ids.map((id) =>
        path
          .replace('{id}', id)
          .replace('{stream}', id)
          .replaceAll(/\{\w+\}/g, '1'),
      );
      const of = (url: string, attack: string): Request => ({
        operation: `${path.replaceAll(/[{}]/g, '')}`,
        attack,
        path: url,
        client: /people|duplicates|clients|disputes/.test(path) ? 'registrar' : undefined,
      });
      const parameters = operation.parameters.flatMap(({ name, in: place }) =>
        place === 'query' && name ? [name] : [],
      );
      return at.flatMap((url, index) => [
        of(url, 'none'),
        ...(path.endsWith('/history')
          ? ['limit=25&cursor=1500', 'limit=100&cursor=800', 'limit=1&cursor=450'].map((query) =>
              of(`${url}?${query}`, query),
            )
          : []),
        // One by one they say the same of every record.
        ...(index === 0
          ? parameters.map((name) => of(`${url}?${name}=${pick(means, HOSTILE_VALUES)}`, `a hostile ${name}`))
          : []),
        of(
          `${url}?${parameters.map((name) => `${name}=${pick(means, HOSTILE_VALUES).slice(0, 900)}`).join('&')}`,
          'all hostile',
        ),
      ]);
    });
}

/** The dear records that a request names beside that on which it acts. */
const alsoNamed = ({ path, body }: Request): string[] => {
  const text = JSON.stringify(body) ?? '';
  return [...dear.values()].flat().filter((id) => text.includes(id) && !path.includes(id));
};

const keyOf = ({ operation, path }: Request) => `${operation} ${path}`;

/** Valid requests of the same operation on the same records, with as many bytes and commands. */
function baselines({ operation, path, body }: Request, meant: readonly Request[]): Request[] {
  if (body === undefined) {
    const [record] = path.split('?');
    return meant.filter((one) => one.path.split('?')[0] === record && !one.attack.includes('hostile'));
  }
  const bytes = Math.min(BODY_BYTES, Buffer.byteLength(JSON.stringify(body)));
  if (operation !== 'submit') {
    return meant
      .filter((one) => one.operation === operation && one.path === path)
      .map((one) => ({ ...one, attack: 'as it is meant', body: padded(one.body as object, bytes) }));
  }
  const { commands: list } = body as { commands?: readonly { command?: string; target?: string }[] };
  const count = Array.isArray(list) ? Math.min(99, list.length) : 1;
  const [{ command = '' } = {}] = Array.isArray(list) ? list : [];
  return submissions(count, (act) => act === command || !REPEATED.includes(command)).map((one) => {
    const { commands: each } = one.body as { commands: { data: object }[] };
    return { ...one, body: { commands: each.map((item) => ({ ...item, data: padded(item.data, bytes / count) })) } };
  });
}

describe('the dearest request', () => {
  it(`costs at most ${RATIO} times the dearest valid one of its operation, and never more than ${MOST} ms of CPU`, async () => {
    const means = createMeans(SEED, [...dear.values()].flat());
    const meant = [...valid(), ...reads(means), ...submissions(99)];
    const tried: { request: Request; cpu: number }[] = [];
    let spent = 0;
    const attempt = async (request: Request): Promise<number> => {
      const cpu = await cpuOf(request);
      spent += cpu;
      tried.push({ request, cpu });
      return cpu;
    };
    const plain = new Map<string, number>();
    for (const request of meant) plain.set(keyOf(request), await attempt(request));
    // What the compiler and the collector took meanwhile is not the requests': the dearest are measured again below.
    /** How many times what the same request costs as it is meant. */
    const excess = ({ request, cpu }: { request: Request; cpu: number }) =>
      cpu > NOISE ? cpu / Math.max(NOISE / RATIO, plain.get(keyOf(request)) ?? 0) : 0;
    const dearest = (count: number) => [
      ...tried.toSorted((a, b) => b.cpu - a.cpu).slice(0, count),
      ...tried.toSorted((a, b) => excess(b) - excess(a)).slice(0, count),
    ];
    const targets = meant.filter(({ body }) => body !== undefined);
    const kinds = Object.entries(attacks);
    for (const [index, request] of targets.entries()) {
      const [attack, change] = kinds[index % kinds.length] as (typeof kinds)[number];
      await attempt({ ...request, attack, body: change(request.body as object, means) });
    }
    // Then those that were dear so far are made dearer.
    spent = 0;
    while (spent < SEARCH_SECONDS * 1_000) {
      const { request } = pick(means, [pick(means, dearest(10)), { request: pick(means, targets) }]);
      const [attack, change] = pick(means, kinds);
      if (typeof request.body !== 'object' || request.body === null || Array.isArray(request.body)) continue;
      const body = change(request.body, means);
      if (Buffer.byteLength(JSON.stringify(body)) > BODY_BYTES * 1.02) continue;
      await attempt({ ...request, attack: `${request.attack}, ${attack}`, body });
    }
    /** What a valid act on a record takes at least, to read it above all. */
    const leastOn = (id: string) =>
      Math.min(...meant.filter(({ path, body }) => body && path.includes(id)).map((one) => plain.get(keyOf(one)) ?? 0));
    const judged = [];
    for (const { request } of new Set(dearest(4))) {
      const cpu = await cpuOf(request, 3);
      let fair = 0;
      for (const one of baselines(request, meant)) fair = Math.max(fair, await cpuOf(one, 2));
      for (const id of alsoNamed(request)) fair += leastOn(id);
      judged.push({ request, cpu, fair, ratio: cpu > NOISE ? cpu / Math.max(fair, NOISE / RATIO) : 0 });
    }
    const worst = judged.reduce((most, one) => (one.ratio > most.ratio ? one : most));
    const slowest = judged.reduce((most, one) => (one.cpu > most.cpu ? one : most));
    const counted = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    console.log(
      [
        `seed ${SEED}: ${tried.length} requests, ${counted.join(', ')}`,
        `dearest: ${slowest.cpu.toFixed(0)} ms, ${describing(slowest.request)}`,
        `worst ratio: ${worst.ratio.toFixed(1)} (${worst.cpu.toFixed(0)} ms to ${worst.fair.toFixed(0)} ms), ${describing(worst.request)}`,
      ].join('\n'),
    );
    for (const { request, cpu, ratio } of judged) {
      expect(cpu, describing(request)).toBeLessThan(MOST);
      expect(ratio, describing(request)).toBeLessThanOrEqual(RATIO);
    }
    expect(statuses.get(200), 'valid requests among them').toBeGreaterThan(100);
  });
});
