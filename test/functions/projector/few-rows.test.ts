import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { records } from '../../../domain/projections/records.ts';
import { stepsOf } from '../../../functions/projector/steps.ts';
import { createViews } from '../../../functions/stores/views.ts';
import { grownRecord } from '../../growth/grown.ts';
import { idNumber } from '../../growth/kinds.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { listening, type SentCommand, tapped } from '../../support/faults.ts';
import { type TestRegistry, testRegistry } from '../../support/registry.ts';

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
const PARTIES = 50;

let engine: TestEngine;
let registry: TestRegistry;
let agreement = '';
const parties: string[] = [];
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  const organizations = Array.from({ length: PARTIES }, (_, index) => ({
    command: 'register-organization',
    as: `party-${index}`,
    data: { kind: 'company', names: [{ value: `Company ${index}`, lang: 'en' }], evidence },
  }));
  const opened = {
    command: 'register-agreement',
    as: 'agreement',
    data: { kind: 'supply', parties: organizations.map(({ as }) => ({ organization: `#${as}` })), evidence },
  };
  const answer = await registry.post('/v1/submissions', { commands: [...organizations, opened] });
  expect(answer.status, answer.text).toBe(201);
  const ids: Record<string, string> = answer.body.ids;
  agreement = String(ids.agreement);
  parties.push(...organizations.map(({ as }) => String(ids[as])));
  await registry.seal();
  expect(await registry.projector().deliver()).toEqual([]);
});
afterAll(() => engine?.stop());

/** Acts on the agreement, and projects it; answers the transactions in which rows were written. */
async function writesOf(act: string, body: object): Promise<SentCommand[]> {
  const answer = await registry.post(`/v1/agreements/${agreement}/${act}`, { ...body, evidence });
  expect(answer.status, answer.text).toBe(200);
  await registry.seal();
  const ear = listening();
  const views = createViews({ documents: tapped(engine.documents, ear), table: registry.tables.views });
  expect(await registry.projector({ views }).deliver()).toEqual([]);
  return ear.sent.filter(({ name }) => name === 'TransactWriteCommand');
}

interface Item {
  readonly Put?: { readonly Item: { readonly pk: string; readonly sk: string } };
  readonly Delete?: { readonly Key: { readonly pk: string; readonly sk: string } };
}
const itemsOf = (writes: readonly SentCommand[]): Item[] => writes.flatMap(({ input }) => input.TransactItems);
const partitionsOf = (items: readonly Item[]) =>
  items.map(({ Put, Delete }) => String(Put?.Item.pk ?? Delete?.Key.pk).replace(/^[^/]+\//, '')).sort();

const sign = (party: string | undefined, on: string) => ({ party, mode: 'definitive', on });

describe('an act on an agreement of 50 parties', () => {
  it('that gives it another day moves it in every list, there twice rather than not at all between two writes', async () => {
    const writes = await writesOf('sign', sign(parties[0], '2023-02-23'));
    expect(writes.length).toBeGreaterThan(1);
    const lists = partitionsOf(itemsOf(writes)).filter((partition) => partition.startsWith('list/'));
    // All of them, those of its kind, those of each party; and from those of one state to those of another.
    expect(lists).toHaveLength(2 * (PARTIES + 2) + 2);
    expect(new Set(lists).size).toBe(PARTIES + 2 + 2);
    const order = itemsOf(writes).filter(({ Put }) => Put?.Item.sk !== 'checkpoint');
    const firstDelete = order.findIndex((item) => item.Delete);
    expect(order.slice(firstDelete).every((item) => item.Delete)).toBe(true);
    expect(order.slice(0, firstDelete).every((item) => item.Put)).toBe(true);
  });

  it('that gives it none writes three items: its own row, its moment, and the checkpoint', async () => {
    const written = partitionsOf(itemsOf(await writesOf('sign', sign(parties[1], '2023-02-24'))));
    expect(written).toEqual(['checkpoint', `record/${agreement}`, 'timeline']);
  });

  it('that retracts it moves it among the states alone: a record that was retracted stays in its lists', async () => {
    const written = partitionsOf(itemsOf(await writesOf('retract', { reason: 'Registered twice' })));
    expect(written).toEqual([
      'checkpoint',
      'list/agreements/state/partly-signed',
      'list/agreements/state/retracted',
      `record/${agreement}`,
      'timeline',
      'total/agreements',
    ]);
    const listed = await registry.views.newest(records, 'list/agreements', undefined, 10);
    expect(listed.rows.map(({ sort }) => sort.split('/').at(-1))).toEqual([agreement]);
  });
});

describe('a second signature', () => {
  it('writes two rows beside the checkpoint, however many parties there are', async () => {
    const party = (index: number) => idNumber('organization', index);
    const figures = await Promise.all(
      [3, 50, 1_000].map(async (count) => {
        const parties = Array.from({ length: count }, (_, index) => ({ organization: party(index), basis: 'stated' }));
        const { size, stores } = grownRecord(
          {
            id: `agreement-${'a'.repeat(26)}`,
            opening: [['agreement.registered', { kind: 'supply', parties, evidence }]],
            fact: (index) => ['agreement.signed', { party: party(index), mode: 'definitive', on: '2023-02-23' }],
          },
          2,
        );
        const span = { from: size - 1, to: size, asides: new Map(), isBegun: false };
        const [step] = await Array.fromAsync(stepsOf({ projection: records, ...stores } as never, span));
        const bytes = [...(step?.differences.values() ?? [])].map(({ is }) => Buffer.byteLength(is?.text ?? ''));
        return { parties: count, rows: bytes.length, bytes: Math.max(...bytes), units: unitsOf([...bytes, 200]) };
      }),
    );
    console.log('a second signature', figures);
    expect(figures.map(({ rows }) => rows)).toEqual([2, 2, 2]);
    expect(figures[2]?.units).toBeLessThanOrEqual(2 + (figures[1]?.units ?? 0));
  });
});

describe('adding fifty parties', () => {
  it('writes two rows for each of them and two besides, and one more while their names fit on a page', async () => {
    const party = (index: number) => ({ organization: idNumber('organization', index), basis: 'stated' });
    const from = (index: number, count: number) => Array.from({ length: count }, (_, at) => party(index + at));
    const figures = await Promise.all(
      [0, 18].map(async (before) => {
        const { size, stores } = grownRecord(
          {
            id: `agreement-${'a'.repeat(26)}`,
            opening: [['agreement.registered', { kind: 'treaty', parties: from(0, 50), evidence }]],
            fact: (index) => ['agreement.party-added', { parties: from(50 * (index + 1), 50), evidence }],
          },
          before + 1,
        );
        const span = { from: size - 1, to: size, asides: new Map(), isBegun: false };
        const [step] = await Array.fromAsync(stepsOf({ projection: records, ...stores } as never, span));
        return { parties: 50 * (before + 2), rows: step?.differences.size };
      }),
    );
    console.log('adding fifty parties', figures);
    expect(figures).toEqual([
      { parties: 100, rows: 103 },
      { parties: 1_000, rows: 102 },
    ]);
  });
});

/** Write units of a transaction: two for each KB of each item that begins (AWS, read/write capacity of on-demand tables). */
const unitsOf = (bytes: readonly number[]): number => bytes.reduce((sum, size) => sum + 2 * Math.ceil(size / 1024), 0);
