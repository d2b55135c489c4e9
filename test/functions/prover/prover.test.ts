import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { READ_MODELS, type ReadModelsStatement } from '../../../domain/bookkeeping.ts';
import { toHex } from '../../../domain/log/bytes.ts';
import type { Projection } from '../../../domain/projections/projection.ts';
import { projections } from '../../../domain/projections/projections.ts';
import { records } from '../../../domain/projections/records.ts';
import { search } from '../../../domain/projections/search/search.ts';
import { changedTree, emptyTree } from '../../../domain/row-tree/tree.ts';
import { sha256 } from '../../../functions/runtime/sha256.ts';
import { commitReader } from '../../../functions/stores/commits.ts';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { acceptedCommits } from '../../support/accepted-history.ts';
import { createBus } from '../../support/bus.ts';
import { scanAll } from '../../support/check-log.ts';
import { minute, putCommits } from '../../support/commits.ts';
import { crashing, dieAtEach, failing, timedOut } from '../../support/faults.ts';
import { engineInMemory } from '../../support/memory-registry.ts';
import { poisoned } from '../../support/poison.ts';
import { contentsOf } from '../../support/projection-simulation.ts';
import { type TestRegistry, testRegistry } from '../../support/registry.ts';
import { testSequencer } from '../../support/sequencer.ts';

const MINUTE = 60_000;

/** A registry in memory with a part of the accepted history, which can be taken further. */
async function history(count = 30, clock: () => number = Date.now) {
  const engine = engineInMemory();
  const registry = await testRegistry(engine, { clock });
  const { documents } = engine;
  const sequencer = testSequencer({ documents, tables: registry.tables, bus: createBus(), clock });
  const left = acceptedCommits().map(({ position: _, ...commit }) => commit);
  const further = async (more: number) => {
    await putCommits(documents, registry.tables.events, left.splice(0, more));
    await sequencer.run(minute);
    await registry.publish();
  };
  if (count > 0) await further(count);
  return { ...registry, documents, further };
}

type History = Awaited<ReturnType<typeof history>>;

async function statements({ documents, tables }: History): Promise<ReadModelsStatement[]> {
  const { readForwards } = commitReader({ documents, table: tables.events });
  const commits = await Array.fromAsync(readForwards(READ_MODELS));
  return commits.flatMap(eventsOf).map(({ data }) => data as unknown as ReadModelsStatement);
}

const newest = async (registry: History): Promise<ReadModelsStatement> => {
  const last = (await statements(registry)).at(-1);
  if (!last) throw new Error('nothing is stated');
  return last;
};

const stated = (statement: ReadModelsStatement, { name, revision }: Projection) =>
  statement.models.find((model) => model.name === name && model.revision === revision);

/** What a replay of the log states of a projection, by rows that the projector has written into tables of its own. */
async function replayed({ documents, project, tables }: History & TestRegistry, projection: Projection) {
  await project([projection]);
  const { rows, checkpoint } = await contentsOf(documents, tables.views, projection);
  const changes = rows.map((text) => {
    const [partition, sort] = JSON.parse(text) as [string, string];
    return { partition, sort, value: text.slice(JSON.stringify([partition, sort]).length, -1) };
  });
  const readGroup = () => Promise.reject(new Error('nothing is stored'));
  const tree = await changedTree(emptyTree(sha256), changes, { hash: sha256, readGroup });
  return { rows: tree.rows, root: toHex(tree.root), digest: checkpoint.digest };
}

async function expectAsReplayed(registry: History, models: readonly Projection[] = projections): Promise<void> {
  const statement = await newest(registry);
  for (const projection of models) {
    const { rows, root } = await replayed(registry, projection);
    expect(stated(statement, projection), projection.name).toMatchObject({ rows, root });
  }
}

describe('the prover', () => {
  it('states the roots that a replay gives, however often and by whom it is woken', async () => {
    const registry = await history(20);
    const prover = registry.prover();
    const names = projections.map(({ name }) => name).sort();
    for (const more of [1, 12, 2, 9]) {
      expect(await prover.wake()).toBe(true);
      await registry.seal();
      const statement = await newest(registry);
      expect(statement.models.map(({ name }) => name)).toEqual(names);
      await expectAsReplayed(registry);
      // Another instance, which has nothing in memory.
      await registry.further(more);
      await registry.prove();
      await expectAsReplayed(registry);
      await registry.further(3);
    }
    expect(await statements(registry)).toHaveLength(8);
    expect(prover.alarms).toEqual([]);
  });

  it('states nothing of an empty log, nothing twice, and no statement because of a statement', async () => {
    const registry = await history(0);
    await registry.prove();
    expect(await statements(registry)).toEqual([]);
    await registry.further(20);
    for (let times = 0; times < 3; times += 1) await registry.prove();
    expect(await statements(registry)).toHaveLength(1);
    const events = await registry.log.readHead();
    await registry.prover().wake();
    await registry.seal();
    expect(await registry.log.readHead()).toEqual(events);
  });

  it('states at once after a quiet time, and then once in an interval', async () => {
    let now = Date.parse('2026-03-04T05:06:07Z');
    const registry = await history(10, () => now);
    const prover = registry.prover({ interval: MINUTE });
    await prover.wake();
    expect(await statements(registry)).toHaveLength(1);
    await registry.further(1);
    now += 20_000;
    await prover.wake();
    await prover.wake();
    expect(prover.waits).toEqual([40_000]);
    expect(await statements(registry)).toHaveLength(1);
    now += 40_000;
    await prover.wake();
    expect(await statements(registry)).toHaveLength(2);
    now += 10 * MINUTE;
    await registry.seal();
    await prover.wake();
    expect(await statements(registry)).toHaveLength(2);
    expect(prover.counted.filter(({ name }) => name === 'StatementLag').map(({ value }) => value)).toEqual([
      0, 20, 20, 0, 0,
    ]);
    const largest = prover.counted.filter(({ name }) => name === 'LargestGroup').map(({ value }) => value);
    expect(Math.min(...largest)).toBeGreaterThan(10);
    expect(Math.max(...largest)).toBeLessThan(200);
  });

  it('may die at every command: the next one states the same, and nothing is without its pack', async () => {
    const undisturbed = await history();
    await undisturbed.prove();
    for (const landing of ['before', 'after'] as const) {
      const deaths = await dieAtEach(async (step) => {
        const registry = await history();
        const death = crashing(step, landing);
        await registry.prover({ taps: [death] }).wake();
        for (const { models } of await statements(registry)) {
          expect(await registry.packs.footer(models[0]?.position ?? -1)).toBeDefined();
        }
        await registry.seal();
        await registry.prove();
        expect(await statements(registry)).toEqual(await statements(undisturbed));
        return death.dead;
      });
      expect(deaths).toBeGreaterThan(5);
    }
  });

  it('finds the statement there whose answer was lost', async () => {
    const registry = await history();
    const lost = failing({ on: 'PutCommand', error: timedOut, landing: 'after' });
    const prover = registry.prover({ taps: [lost] });
    expect(await prover.wake()).toBe(true);
    expect(lost.hits).toBe(1);
    expect(await statements(registry)).toHaveLength(1);
  });

  it('comes to the head in many short calls', async () => {
    const registry = await history(150);
    let calls = 0;
    const prover = registry.prover();
    do {
      prover.wakeUps.length = 0;
      // Less than is reserved for the end: each call does the least that it does.
      expect(await prover.wake(1_000)).toBe(true);
      await registry.seal();
      calls += 1;
    } while (prover.wakeUps.length > 0);
    expect(calls).toBeGreaterThan(1);
    await expectAsReplayed(registry);
  });

  it('makes trees anew whose packs are lost, to the same roots', async () => {
    const registry = await history();
    await registry.prove();
    await registry.further(5);
    await registry.prove();
    const before = await newest(registry);
    registry.packsBucket.objects.clear();
    await registry.prove();
    expect(await statements(registry)).toHaveLength(2);
    const [model] = before.models;
    const footer = await registry.packs.footer(model?.position ?? -1);
    expect(footer?.map(({ root }) => root)).toEqual(before.models.map(({ root }) => root));
    await registry.further(5);
    await registry.prove();
    await expectAsReplayed(registry);
  });

  it('goes on where only an earlier pack is lost', async () => {
    const registry = await history(50);
    await registry.prove();
    await registry.further(2);
    await registry.prove();
    const [first] = registry.packsBucket.objects.keys();
    registry.packsBucket.objects.delete(String(first));
    await registry.further(20);
    await registry.prove();
    await expectAsReplayed(registry);
  });

  it('writes every group anew with the first statement of a month, and keeps that pack for ever', async () => {
    let now = Date.parse('2026-03-20T00:00:00Z');
    const registry = await history(30, () => now);
    const next = async (time: string) => {
      now = Date.parse(time);
      await registry.further(3);
      await registry.prove();
      const { models } = await newest(registry);
      const [pack] = [...registry.packsBucket.objects].slice(-1);
      return { models, bytes: pack?.[1].bytes.length ?? 0, tags: pack?.[1].tags };
    };
    const base = await next('2026-03-21T00:00:00Z');
    const small = await next('2026-03-22T00:00:00Z');
    const again = await next('2026-04-01T00:00:00Z');
    expect([base.tags, small.tags, again.tags]).toEqual([undefined, 'expires=yes', undefined]);
    expect(small.bytes).toBeLessThan(base.bytes);
    expect(again.bytes).toBeGreaterThan(base.bytes);
    for (const key of [...registry.packsBucket.objects.keys()].slice(0, -1)) registry.packsBucket.objects.delete(key);
    await registry.further(10);
    const cold = registry.prover();
    await cold.wake();
    expect(cold.told.map(({ message }) => message)).toEqual(['the read models are stated']);
    await expectAsReplayed(registry);
  });
});

describe('a model that cannot go on', () => {
  const first = (registry: History, from: number) => registry.log.pageAt(from);

  it('is stated with the records that are set aside, by the rule of the projector', async () => {
    const registry = await history(60);
    const page = await first(registry, 0);
    const id = String(page?.commits.find(({ stream }) => stream.startsWith('organization-'))?.stream);
    const broken = poisoned(records, new Map([[id, { kind: 'from', version: 1 }]]));
    const models = projections.map((one) => (one === records ? broken : one));
    await registry.project(models);
    await registry.prove({ projections: models });
    const statement = await newest(registry);
    expect(stated(statement, records)?.setAside).toEqual([{ id, version: 0 }]);
    expect(stated(statement, search)?.setAside).toBeUndefined();
    await expectAsReplayed(registry, models);
    // A release that can take it does so with the next statement.
    await registry.further(1);
    await registry.prove();
    expect(stated(await newest(registry), records)?.setAside).toBeUndefined();
    await expectAsReplayed(registry);
  });

  it('keeps its position while the others go on, and goes on when it can', async () => {
    const registry = await history(30);
    await registry.prove();
    const before = await newest(registry);
    const stop: Projection = {
      ...search,
      rows: () => {
        throw new Error('nobody is taken');
      },
    };
    const models = projections.map((one) => (one === search ? stop : one));
    await registry.further(30);
    await registry.prove({ projections: models });
    const after = await newest(registry);
    const at = stated(after, search)?.position ?? -1;
    expect(at).toBeGreaterThanOrEqual(stated(before, search)?.position ?? 0);
    expect(at).toBeLessThan(stated(after, records)?.position ?? 0);
    await registry.further(1);
    await registry.prove();
    await expectAsReplayed(registry);
  });
});

describe('a new revision', () => {
  it('is stated beside the old one once, and then alone', async () => {
    const registry = await history(40);
    await registry.prove();
    const newer = { ...search, revision: search.revision + 1 };
    const models = projections.map((one) => (one === search ? newer : one));
    const revisions = async () =>
      (await newest(registry)).models.filter(({ name }) => name === search.name).map(({ revision }) => revision);
    await registry.prove({ projections: models });
    expect(await revisions()).toEqual([search.revision, newer.revision]);
    await registry.further(1);
    await registry.prove({ projections: models });
    expect(await revisions()).toEqual([newer.revision]);
    expect(stated(await newest(registry), newer)).toMatchObject({ rows: (await replayed(registry, search)).rows });
  });
});

describe('what the prover will not state', () => {
  it('is what differs from what is served', async () => {
    const registry = await history(40);
    await registry.project();
    const model = { ...records, build: 1 };
    const checkpoint = await registry.views.checkpoint(model);
    await registry.views.replace(model, checkpoint, { ...checkpoint, digest: 'f'.repeat(64) });
    const prover = registry.prover();
    expect(await prover.wake()).toBe(false);
    expect(prover.named('DigestsDifferAlarm')).toHaveLength(1);
    expect(await statements(registry)).toEqual([]);
  });

  it.each([
    ['altered', (value: string) => value.replace(/.$/, ',"altered":true}')],
    ['left out', () => undefined],
  ])('comes after a row that was %s past the projector, until that is mended', async (_, change) => {
    const registry = await history(30);
    const prover = registry.prover();
    await prover.wake();
    await registry.seal();
    await registry.project();
    await prover.wake();
    expect(prover.alarms).toEqual([]);
    const { documents, tables } = registry;
    const items = (await scanAll(documents, tables.views)) as unknown as { pk: string; sk: string; value: string }[];
    const item = items.filter(({ pk }) => pk.includes('/list/')).at(-3);
    if (!item) throw new Error('there are lists');
    const altered = change(item.value);
    if (altered === undefined) {
      await documents.send(new DeleteCommand({ TableName: tables.views, Key: { pk: item.pk, sk: item.sk } }));
    } else await documents.send(new PutCommand({ TableName: tables.views, Item: { ...item, value: altered } }));
    expect(await prover.wake()).toBe(false);
    expect(prover.named('DigestsDifferAlarm')).toHaveLength(1);
    if (altered !== undefined) {
      await registry.further(3);
      expect(await prover.wake()).toBe(false);
      expect(await statements(registry)).toHaveLength(1);
    }
    await documents.send(new PutCommand({ TableName: tables.views, Item: item }));
    expect(await prover.wake()).toBe(true);
  });

  it('is a second root for a position', async () => {
    const registry = await history(40);
    const other = { ...search, rows: (...sealed: Parameters<Projection['rows']>) => search.rows(...sealed).slice(1) };
    const models = projections.map((one) => (one === search ? other : one));
    const dies = crashing(0, 'before');
    const stillborn = registry.prover({
      projections: models,
      taps: [dies, failing({ on: 'PutCommand', error: timedOut, times: 99 })],
    });
    expect(await stillborn.wake()).toBe(false);
    const prover = registry.prover();
    expect(await prover.wake()).toBe(false);
    expect(prover.named('TwoRootsAlarm')).toHaveLength(1);
    expect(await statements(registry)).toEqual([]);
    // What comes next has another position.
    await registry.further(1);
    expect(await prover.wake()).toBe(true);
    await expectAsReplayed(registry);
  });
});
