import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aggregates } from '../../domain/catalog.ts';
import { forwardTo } from '../clients/support/forward.ts';
import { run, temporary } from '../clients/support/run.ts';
import { serve } from '../clients/support/server.ts';
import { evidence, REGISTRAR, tokenFor } from '../support/api.ts';
import { linesOf, scanAll } from '../support/check-log.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../support/registry.ts';

/** Commitments are all that may differ, so they are made equal: then every byte that follows from them has to be equal too. */
vi.mock('node:crypto', async (original) => ({
  ...(await original<typeof import('node:crypto')>()),
  createHmac: () => ({ update: () => ({ digest: () => 'c'.repeat(64) }) }),
}));

const NOW = Date.parse('2026-02-03T04:05:06.789Z');

const organization = (as: string) => ({
  command: 'register-organization',
  as,
  data: { kind: 'company', names: [{ value: as, lang: 'en' }], evidence },
});

/** A file in which a person signs, one receives an award, and a correction names one anew; and texts mention them. */
const commandsNaming = (name: string) => [
  organization('one'),
  {
    command: 'register-organization',
    as: 'other',
    data: {
      kind: 'company',
      names: [{ value: 'other', lang: 'en', notes: [{ text: `${name}, ${name.toUpperCase()}`, lang: 'en' }] }],
      evidence: [{ source: { title: `Said by ${name}` }, basis: 'stated' }],
    },
  },
  {
    command: 'register-agreement',
    as: 'agreement',
    data: {
      kind: 'cooperation',
      parties: [{ organization: '#one' }, { organization: '#other' }],
      signatures: [{ party: 1, signatory: { name } }],
      evidence,
    },
  },
  {
    command: 'correct',
    target: '#agreement',
    data: {
      corrects: 2,
      set: { signatory: { name: `${name} II` }, capacity: `${name} II` },
      reason: 'clerical',
      evidence,
    },
  },
  {
    command: 'open-programme',
    as: 'programme',
    data: { names: [{ value: 'Prize', lang: 'en' }], conferredBy: ['#one'], evidence },
  },
  {
    command: 'confer-award',
    as: 'award',
    data: {
      programme: '#programme',
      recipient: { person: { name } },
      citation: [{ text: `To ${name}`, lang: 'en' }],
      evidence: [{ source: { title: `${name} wins; who is ${name}?` }, basis: 'stated' }],
    },
  },
];

let engine: TestEngine;
let token: string;
beforeAll(async () => {
  engine = await startEngine();
  token = await tokenFor('gzde');
});
afterAll(() => engine.stop());

/** What a registry has answered and written, without the vault, by where. */
type Bytes = Record<string, unknown>;

async function submitted(name: string): Promise<{ registry: TestRegistry; told: Bytes[] }> {
  const registry = await testRegistry(engine, { clock: () => NOW, wall: () => NOW });
  const told: Bytes[] = [];
  await using server = await serve(
    forwardTo(registry, ({ headers }, answer, text) => {
      // A dry run asks for what an earlier version of the client has sent, and leaves nothing.
      if (headers.prefer === 'dry-run') return;
      told.push({ key: headers['idempotency-key'], status: answer.status, headers: [...answer.headers], text });
    }),
  );
  await using directory = await temporary();
  await writeFile(directory.file('names.json'), JSON.stringify({ commands: commandsNaming(name) }));
  const { code, err } = await run(['submit', directory.file('names.json'), '--url', server.url, '--token', token]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  await registry.seal();
  await registry.projector().deliver();
  await registry.publish();
  return { registry, told };
}

async function erasePersons({ registry }: { registry: TestRegistry }): Promise<string[]> {
  const entries = await scanAll(engine.documents, registry.tables.people);
  expect(entries.length).toBeGreaterThan(6);
  const persons = entries.flatMap(({ pk, of }) => (of === undefined ? [String(pk)] : [])).sort();
  for (const id of persons) {
    const body = { legalBasis: 'Article 17(1)(c)', evidence };
    const { status } = await registry.post(`/v1/people/${id}/erase`, body, { client: REGISTRAR, key: `erase-${id}` });
    expect(status).toBe(200);
  }
  await registry.seal();
  await registry.projector().deliver();
  await registry.publish();
  return persons;
}

/** Every answer of a path, with its headers. */
async function read({ registry }: { registry: TestRegistry }, path: string, headers = {}): Promise<unknown> {
  const answer = await registry.get(path, headers);
  expect(answer.status, path).toBe(200);
  return { headers: [...answer.headers], bytes: Buffer.from(await answer.arrayBuffer()).toString('latin1') };
}

async function publicBytes(from: { registry: TestRegistry; told: Bytes[] }): Promise<Bytes> {
  const feed = await bodyOf(from.registry.get('/v1/events?limit=1000'));
  const events: string[] = feed.map(({ id }: { id: string }) => `/v1/events/${id}`);
  const lists = aggregates.map(({ collection }) => `/v1/${collection}`);
  const ids = await Promise.all(
    lists.map(async (list) =>
      (await bodyOf(from.registry.get(list))).items.map(({ id }: { id: string }) => `${list}/${id}`),
    ),
  );
  const records: string[] = ids.flat();
  const paths = [
    ...['/v1/events?limit=1000', '/v1/timeline', '/v1/projections', '/v1/projections/records', '/checkpoint', '/vkey'],
    ...['/v1/projections/records/rows', `/tile/0/000.p/${feed.length}`, `/tile/entries/000.p/${feed.length}`],
    ...events.flatMap((path) => [path, `${path}/proof`]),
    ...lists,
    ...records.flatMap((path) => [path, `${path}/history`, `${path}/facts`, `${path}/evidence`, `${path}/parties`]),
  ];
  const answers = await Promise.all(paths.map(async (path) => [path, await read(from, path)] as const));
  const { people: _, ...tables } = from.registry.tables;
  // The log names the tables that it was made from.
  const unnamed = (line: string) =>
    Object.entries(tables).reduce((text, [name, table]) => text.replaceAll(table, name), line);
  const items = await Promise.all(
    Object.entries(tables).map(
      async ([name, table]) => [name, linesOf(await scanAll(engine.documents, table)).map(unnamed)] as const,
    ),
  );
  return { told: from.told, ...Object.fromEntries(answers), ...Object.fromEntries(items) };
}

describe('two names of persons', () => {
  it('leave equal bytes everywhere but in the vault, once they are erased', async () => {
    const [first, second] = [await submitted('Chen Example-Person'), await submitted('安娜示例')];
    const persons = await erasePersons(first);
    expect(persons).toHaveLength(3);
    expect(await erasePersons(second)).toEqual(persons);
    const [one, other] = [await publicBytes(first), await publicBytes(second)];
    expect(Object.keys(one).length).toBeGreaterThan(60);
    expect(one.told).toMatchObject([{ status: 201 }]);
    expect(JSON.stringify(one['/v1/events?limit=1000'])).toContain('person.erased');
    expect(Object.keys(other)).toEqual(Object.keys(one));
    for (const [where, bytes] of Object.entries(one)) expect(other[where], where).toEqual(bytes);
  });
});
