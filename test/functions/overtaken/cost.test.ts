import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRAR, testApi } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import type { Tap } from '../../support/faults.ts';
import { type TestRegistry, testRegistry } from '../../support/registry.ts';
import { landed, opened, organization, send } from './scenes.ts';

let engine: TestEngine;
let registry: TestRegistry;
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
});
afterAll(() => engine?.stop());

interface Spent {
  readonly reads: number;
  readonly readUnits: number;
  readonly writes: number;
  readonly puts: number;
  readonly guards: number;
  readonly writeUnits: number;
}

/**
 * Counts what the event store sends. Read units: one for each 4 KB of an answer that begins, and for an empty one. Write units: one for each KB of a Put that begins, two in a transaction, also for a
 * check.
 */
function counting(): Tap & { spent: Spent } {
  const tap = async ({ name, input }: { name: string; input: Input }, next: () => Promise<unknown>) => {
    const { spent } = tap;
    const items = input.TransactItems ?? (name === 'PutCommand' ? [{ Put: input }] : []);
    const puts = items.flatMap(({ Put }) => Put ?? []);
    const guards = items.filter(({ ConditionCheck }) => ConditionCheck).length;
    const size = puts.reduce((sum, { Item }) => sum + Math.ceil(Buffer.byteLength(JSON.stringify(Item)) / 1024), 0);
    tap.spent = {
      ...spent,
      reads: spent.reads + (items.length === 0 ? 1 : 0),
      writes: spent.writes + (items.length === 0 ? 0 : 1),
      puts: spent.puts + puts.length,
      guards: spent.guards + guards,
      writeUnits: spent.writeUnits + (name === 'PutCommand' ? size : 2 * (size + guards)),
    };
    const answer = (await next()) as { readonly Items?: readonly object[] };
    if (answer.Items) {
      const bytes = answer.Items.reduce((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)), 0);
      tap.spent = { ...tap.spent, readUnits: tap.spent.readUnits + Math.max(1, Math.ceil(bytes / 4096)) };
    }
    return answer;
  };
  tap.spent = { reads: 0, readUnits: 0, writes: 0, puts: 0, guards: 0, writeUnits: 0 } as Spent;
  return tap as never;
}
interface Input {
  readonly Item?: object;
  readonly TransactItems?: readonly { readonly Put?: { readonly Item?: object }; readonly ConditionCheck?: object }[];
}

const table: (Spent & { command: string })[] = [];
afterAll(() => console.table(table));

async function spentOn(command: string, path: string, body: object, client?: string): Promise<Spent & { id: string }> {
  const tap = counting();
  const { post } = testApi(engine, {
    tables: registry.tables,
    taps: [tap],
    clock: () => new Date(),
    applied: async () => Number.MAX_SAFE_INTEGER,
  });
  const answer = await send(post, { path, body, ...(client !== undefined && { client }) });
  expect(landed(answer), answer.text).toBe(true);
  table.push({ command, ...tap.spent });
  return { ...tap.spent, id: answer.body.id };
}

describe('the cost of a command', () => {
  it('is one Put where nothing is guarded, and a check more for each stream that is', async () => {
    const ids = await opened(
      registry,
      organization('one'),
      organization('two'),
      organization('third'),
      organization('body', 'exchange'),
      ['announce-ceremony', 'ceremony', { kind: 'signing', on: '2023-02-23' }],
      ['open-programme', 'programme', { names: [{ value: 'Prize', lang: 'en' }], conferredBy: ['#body'] }],
    );
    const { one, two, third, body, ceremony, programme } = ids;
    const parties = [{ organization: one }, { organization: third }];
    const onePut = { writes: 1, puts: 1, guards: 0 };

    const agreement = await spentOn('register-agreement', '/v1/agreements', { kind: 'supply', ceremony, parties });
    expect(agreement).toMatchObject(onePut);
    const signing = { party: one, mode: 'definitive', on: '2023-02-23' };
    expect(await spentOn('sign', `/v1/agreements/${agreement.id}/sign`, signing)).toMatchObject(onePut);
    expect(await spentOn('add-evidence', `/v1/agreements/${agreement.id}/add-evidence`, {})).toMatchObject(onePut);
    const admitted = await spentOn('admit', '/v1/memberships', { body, organization: one, on: '2023' });
    expect(admitted).toMatchObject(onePut);
    const confer = (recipient: string | undefined, category: string) => ({
      programme,
      category,
      recipient: { organization: recipient },
    });
    // The reservation under the key that earlier releases made is looked at too.
    expect(await spentOn('confer-award', '/v1/awards', confer(third, 'Design'))).toMatchObject({ puts: 2, guards: 1 });

    await registry.seal();
    expect(await registry.projector().deliver()).toEqual([]);
    const merge = `/v1/organizations/${two}/merge`;
    const merged = await spentOn('merge-organization', merge, { into: one, reason: 'Twice' }, REGISTRAR);
    expect(merged).toMatchObject({ writes: 1, puts: 2, guards: 1 });

    const suspend = { on: '2023-02-01', reason: 'Dues not paid' };
    const membership = `/v1/memberships/${admitted.id}`;
    expect(await spentOn('suspend', `${membership}/suspend`, suspend)).toMatchObject(onePut);
    const reinstated = await spentOn('reinstate, two ids', `${membership}/reinstate`, { on: '2023-02-02' });
    expect(reinstated).toMatchObject({ writes: 1, puts: 1, guards: 1 });
    const conferred = await spentOn('confer-award, two ids', '/v1/awards', confer(two, 'Jewellery'));
    // Both keys under the other id, and the earlier one under the id that is named.
    expect(conferred).toMatchObject({ writes: 1, puts: 2, guards: 3 });
  });
});
