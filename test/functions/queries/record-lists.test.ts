import type { LambdaEvent } from 'hono/aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lambdaHandler } from '../../../functions/http/lambda.ts';
import { canonical } from '../../../functions/runtime/canonical.ts';
import { createEventStore } from '../../../functions/stores/event-store.ts';
import { putCommits } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

/** AWS limit of the JSON of a whole answer. */
const LAMBDA_ANSWER = 6_291_556;

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
const named = (value: string) => [{ value, lang: 'en' }];

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

type Draft = readonly [type: string, data: object];

/** Adds facts to a record as if a client had submitted them one by one, past the commands; seals and projects them. */
async function grow(registry: TestRegistry, id: string, drafts: readonly Draft[], eachCommit = 10): Promise<void> {
  const { head, commits } = await createEventStore({ ...engine, table: registry.tables.events }).load(id);
  const last = JSON.parse(commits.at(-1)?.events.at(-1) ?? '{}');
  const schemas = last.dataschema.slice(0, last.dataschema.indexOf('/schemas/'));
  const events = drafts.map(([type, data], index) => {
    const version = head.version + 1 + index;
    const own = { id: `${id}/${version}`, streamversion: version, type, dataschema: `${schemas}/schemas/${type}/1` };
    return canonical({ ...last, ...own, data: { evidence, speaksAs: 'other', ...data } });
  });
  const grown = Array.from({ length: Math.ceil(events.length / eachCommit) }, (_, index) => ({
    stream: id,
    version: head.version + 1 + index * eachCommit,
    previous: index === 0 ? head.lastCommit : head.version + 1 + (index - 1) * eachCommit,
    events: events.slice(index * eachCommit, (index + 1) * eachCommit),
    commandId: `growing-${head.version + index}`,
    requestHash: 'hash',
    recordedAt: head.recordedAt,
  }));
  await putCommits(engine.documents, registry.tables.events, grown);
  await settle(registry);
}

async function settle(registry: TestRegistry): Promise<void> {
  await registry.seal();
  expect(await registry.projector().deliver()).toEqual([]);
}

/** All items of a list, page by page: along `Link`, which has to say the same as `next`. */
async function readAll(registry: TestRegistry, from: string) {
  // biome-ignore lint/suspicious/noExplicitAny: the test asserts what it is
  const items: any[] = [];
  const pages: number[] = [];
  let total: number | undefined;
  for (let path: string | undefined = from; path !== undefined; ) {
    const response = await registry.get(path);
    expect(response.status, path).toBe(200);
    path = /^<(.+)>; rel="next"$/.exec(response.headers.get('Link') ?? '')?.[1];
    const page = await bodyOf(response);
    expect(page.next !== undefined).toBe(path !== undefined);
    items.push(...page.items);
    pages.push(page.items.length);
    total = page.total;
  }
  return { items, pages, total };
}

/** What a request is answered, and how many bytes of it the function gives Lambda. */
async function travelled(registry: TestRegistry, path: string) {
  const [rawPath, rawQueryString = ''] = path.split('?');
  const http = { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' };
  const requestContext = { http, domainName: 'localhost', stage: '$default' };
  const event = { version: '2.0', rawPath, rawQueryString, headers: {}, requestContext, isBase64Encoded: false };
  const answer = await lambdaHandler(registry.apps.queries)(event as unknown as LambdaEvent);
  expect(answer.statusCode).toBe(200);
  const text = Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8').toString();
  return { body: JSON.parse(text), bytes: Buffer.byteLength(JSON.stringify(answer)) };
}

/** A registry with some records. */
async function withRecords() {
  const registry = await testRegistry(engine);
  const commands = [
    { command: 'register-organization', as: 'exchange', data: { kind: 'exchange', names: named('Exchange') } },
    { command: 'register-organization', as: 'bank', data: { kind: 'bank', names: named('Bank') } },
    {
      command: 'register-agreement',
      as: 'agreement',
      data: {
        kind: 'cooperation',
        openForSignature: true,
        parties: [{ organization: '#exchange' }, { organization: '#bank' }],
        signatures: [{ party: '#bank', mode: 'definitive', on: '2023-02-23', signatory: { name: 'Ana Ilić' } }],
      },
    },
    { command: 'admit', as: 'membership', data: { body: '#exchange', organization: '#bank', on: '2000-01-01' } },
  ];
  const answer = await registry.post('/v1/submissions', {
    commands: commands.map((one) => ({ ...one, data: { ...one.data, evidence } })),
  });
  expect(answer.status, answer.text).toBe(201);
  await settle(registry);
  const ids = answer.body.ids as Record<'exchange' | 'bank' | 'agreement' | 'membership', string>;
  return {
    registry,
    ids,
    agreement: `/v1/agreements/${ids.agreement}`,
    membership: `/v1/memberships/${ids.membership}`,
  };
}

describe('a record with 450 pieces of evidence of 15 KB, which anybody may have added', () => {
  /** As dear as JSON makes it: each `\` is two bytes, and four in an answer that travels as text. */
  const pieces = Array.from({ length: 450 }, (_, index) => ({
    source: {
      title: `Piece ${index}`,
      notes: [
        { text: '\\'.repeat(3700), lang: 'en' },
        { text: '\\'.repeat(3700), lang: 'en' },
      ],
    },
    basis: 'stated',
  }));

  it('answers, and leads to all of it', async () => {
    const { registry, ids, agreement } = await withRecords();
    await grow(
      registry,
      ids.agreement,
      pieces.map((piece) => ['agreement.evidence-added', { evidence: [piece] }]),
    );
    const { body, bytes } = await travelled(registry, agreement);
    expect(bytes).toBeLessThan(LAMBDA_ANSWER);
    expect(Buffer.byteLength(JSON.stringify(body.evidence))).toBeLessThanOrEqual(250_000 + 200);
    expect(body.evidence.length).toBeGreaterThan(10);
    expect(Object.keys(body.more)).toEqual(['evidence']);

    const items: object[] = [...body.evidence];
    for (let path = body.more.evidence; path !== undefined; ) {
      const page = await travelled(registry, path);
      expect(page.bytes).toBeLessThan(LAMBDA_ANSWER);
      expect(page.body.total).toBe(451);
      items.push(...page.body.items);
      path = page.body.next && `${agreement}/evidence?cursor=${page.body.next}`;
    }
    expect(items).toEqual([...evidence, ...pieces]);
  });
});

describe('a record with many facts', () => {
  const renewals = Array.from({ length: 250 }, (_, index): Draft => {
    const on = new Date(Date.UTC(2001, 0, 1 + index)).toISOString().slice(0, 10);
    return ['membership.renewed', { on, speaksAs: 'party' }];
  });

  it('shows 100, and leads to all of them: as corrections leave them, with what was said of it', async () => {
    const { registry, ids, membership } = await withRecords();
    await grow(registry, ids.membership, renewals, 100);
    const correction = { corrects: 40, set: { on: '2001-02-28' }, reason: 'date' };
    await grow(registry, ids.membership, [
      ['membership.corrected', correction],
      ['membership.disputed', { grounds: 'It was not so', speaksAs: 'party' }],
    ]);
    const body = await bodyOf(registry.get(membership));
    expect(body.facts).toHaveLength(100);
    expect(body.more).toEqual({ facts: `${membership}/facts` });

    const { items, pages, total } = await readAll(registry, body.more.facts);
    expect([total, pages]).toEqual([253, [100, 100, 53]]);
    expect(items.map(({ version }) => version)).toEqual(Array.from({ length: 253 }, (_, index) => index + 1));
    expect(items[39]).toMatchObject({ type: 'membership.renewed', data: { on: '2001-02-28' } });
    expect(items[251]).toMatchObject({ type: 'membership.corrected', data: correction });
    expect(items[252]).toMatchObject({ type: 'membership.disputed', data: { grounds: 'It was not so' } });
    const [opening] = items;
    const feed = await bodyOf(registry.get(`/v1/events?stream=${ids.membership}&limit=1`));
    const { type, time: recordedAt, actor, onbehalfof, position } = feed[0];
    expect(opening).toEqual({
      type,
      version: 1,
      position,
      recordedAt,
      actor,
      ...(onbehalfof && { onbehalfof }),
      data: { body: ids.exchange, organization: ids.bank, on: '2000-01-01' },
    });
  });

  it('has pages of the length that is asked for, which miss nothing when a stay is retracted in between', async () => {
    const { registry, ids, membership } = await withRecords();
    await grow(registry, ids.membership, [
      ['membership.resigned', { on: '2000-06-30' }],
      ['membership.admitted', { body: ids.exchange, organization: ids.bank, on: '2001-01-01' }],
      ['membership.renewed', { on: '2002-01-01' }],
      ['membership.renewed', { on: '2003-01-01' }],
    ]);
    const first = await bodyOf(registry.get(`${membership}/facts?limit=3`));
    expect(first.items.map(({ version }: { version: number }) => version)).toEqual([1, 2, 3]);
    await grow(registry, ids.membership, [['membership.retracted', { period: 1, reason: 'It never was' }]]);
    const second = await bodyOf(registry.get(`${membership}/facts?limit=3&cursor=${first.next}`));
    expect(second.items.map(({ version }: { version: number }) => version)).toEqual([4, 5, 6]);
    const { items } = await readAll(registry, `${membership}/facts?limit=1`);
    expect(items.map(({ version }) => version)).toEqual([3, 4, 5, 6]);
  });
});

describe('the parties of an agreement that many have signed', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const signers = Array.from({ length: 230 }, (_, index) => {
    return `organization-${letters[Math.floor(index / 26)]}${letters[index % 26]}${'a'.repeat(24)}`;
  });

  it('are 100, and all of them in pages', async () => {
    const { registry, ids, agreement } = await withRecords();
    const signed = signers.map((party): Draft => ['agreement.signed', { party, mode: 'definitive', on: '2023-03' }]);
    await grow(registry, ids.agreement, signed, 100);
    const body = await bodyOf(registry.get(agreement));
    expect([body.parties.length, body.signatures.length]).toEqual([100, 100]);
    expect(Object.keys(body.more).sort()).toEqual(['facts', 'parties']);
    const { items, total } = await readAll(registry, `${agreement}/parties`);
    expect(total).toBe(232);
    expect(items.map(({ organization }) => organization)).toEqual([ids.exchange, ids.bank, ...signers]);
    const rest = await readAll(registry, body.more.parties);
    expect([...body.parties, ...rest.items]).toEqual(items);
  });

  it('are those that speak for it, of a record that has no such list', async () => {
    const { registry, ids, membership } = await withRecords();
    const page = await bodyOf(registry.get(`${membership}/parties`));
    expect(page.items).toEqual([{ organization: ids.exchange }, { organization: ids.bank }]);
    expect(Object.keys(page.references).sort()).toEqual([ids.bank, ids.exchange].sort());
    expect((await readAll(registry, `/v1/organizations/${ids.bank}/parties`)).items).toEqual([]);
  });
});

describe('a list of a record', () => {
  it('names persons as the vault has them, and is not stored then', async () => {
    const { registry, agreement } = await withRecords();
    const response = await registry.get(`${agreement}/facts`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const signed = (await bodyOf(response)).items.find(({ type }: { type: string }) => type === 'agreement.signed');
    expect(signed.data.signatory).toEqual({ person: expect.any(String), name: 'Ana Ilić' });
    const others = await registry.get(`${agreement}/parties`);
    expect(others.headers.get('cache-control')).toBe('public, no-cache');
  });

  it('is what was known at a position', async () => {
    const { registry, ids, membership } = await withRecords();
    const known = Number((await registry.get(membership)).headers.get('registry-position'));
    const renewals = Array.from(
      { length: 120 },
      (_, index): Draft => ['membership.renewed', { on: `${1900 + index}` }],
    );
    await grow(registry, ids.membership, renewals, 100);
    const response = await registry.get(`${membership}/facts?knownAt=${known}`);
    expect(response.headers.get('registry-position')).toBe(String(known));
    expect((await bodyOf(response)).total).toBe(1);
    const then = known + 100;
    const { more, facts } = await bodyOf(registry.get(`${membership}?knownAt=${then + 15}`));
    expect([facts.length, more]).toEqual([100, { facts: `${membership}/facts?knownAt=${then}` }]);
    expect((await readAll(registry, more.facts)).total).toBe(101);
  });

  it('of a merged organization is that of the one which it is', async () => {
    const { registry, ids } = await withRecords();
    const merged = await registry.post(
      `/v1/organizations/${ids.bank}/merge`,
      { into: ids.exchange, reason: 'The same', evidence },
      { client: 'registrar' },
    );
    expect(merged.status, merged.text).toBe(200);
    await settle(registry);
    const response = await registry.get(`/v1/organizations/${ids.bank}/facts?limit=2`);
    expect([response.status, response.headers.get('location')]).toEqual([
      308,
      `/v1/organizations/${ids.exchange}/facts?limit=2`,
    ]);
  });

  it('refuses a cursor of another list, and knows no other record', async () => {
    const { registry, ids, agreement, membership } = await withRecords();
    const { next } = await bodyOf(registry.get(`${agreement}/parties?limit=1`));
    expect((await registry.get(`${agreement}/parties?limit=1&cursor=${next}`)).status).toBe(200);
    for (const path of [`${agreement}/facts`, `${membership}/parties`]) {
      expect((await registry.get(`${path}?cursor=${next}`)).status).toBe(400);
    }
    expect((await registry.get(`${agreement}/parties?cursor=1`)).status).toBe(400);
    expect((await registry.get(`${agreement}/parties?limit=101`)).status).toBe(400);
    expect((await registry.get(`/v1/agreements/${ids.membership}/facts`)).status).toBe(404);
    expect((await registry.get(`/v1/agreements/agreement-${'a'.repeat(26)}/facts`)).status).toBe(404);
    expect((await registry.get(`${agreement}/signatures`)).status).toBe(404);
  });
});
