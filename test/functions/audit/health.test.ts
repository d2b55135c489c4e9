import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projections } from '../../../domain/projections/projections.ts';
import { records } from '../../../domain/projections/records.ts';
import type { ViewCheckpoint } from '../../../functions/stores/view-items.ts';
import { firstBuildOf } from '../../support/builds.ts';
import { putCommits, rawCommit } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const BEGINNING = Date.parse('2026-02-03T04:05:06.000Z');
const bank = {
  kind: 'bank',
  names: [{ value: 'Bank', lang: 'en' }],
  evidence: [{ source: { title: 'A newspaper' }, basis: 'stated' }],
};

/** Every other read model is at the head, and shown no further. */
const others = projections.filter((projection) => projection !== records);
const withoutOthers = (body: { readModels: { name: string }[] }) => ({
  ...body,
  readModels: body.readModels.filter((model) => model.name === name),
});

/** A registry in which one event is recorded, sealed and projected, and a clock that a test sets on. */
async function atWork() {
  let now = BEGINNING;
  const clock = () => now;
  const registry = await testRegistry(engine, { clock, wall: clock });
  const elapse = (seconds: number) => {
    now += seconds * 1000;
  };
  const submit = async () => {
    await registry.post('/v1/organizations', bank);
    await registry.seal();
    await registry.project(others);
  };
  await submit();
  await registry.projector().deliver();
  const health = async () => withoutOthers(await bodyOf(registry.get('/health')));
  const strict = () => registry.get('/health?strict');
  /** The schedule goes on meanwhile. */
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute += 1) {
      elapse(60);
      await registry.seal();
    }
  };
  const mark = async (change: Partial<ViewCheckpoint>) => {
    const checkpoint = await registry.views.checkpoint(records);
    expect(await registry.views.replace(firstBuildOf(records), checkpoint, { ...checkpoint, ...change })).toBe(true);
  };
  return { registry, elapse, submit, health, strict, minutes, mark };
}

const at = (seconds: number) => new Date(BEGINNING + seconds * 1000).toISOString();
const { name, revision } = records;

describe('the health of a registry', () => {
  it('is ok before anything has happened', async () => {
    const registry = await testRegistry(engine);
    const response = await registry.get('/health?strict');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect([response.status, await bodyOf(response)]).toEqual([
      200,
      {
        status: 'ok',
        sealing: { state: 'ok', age: 0 },
        readModels: projections.map((model) => ({
          name: model.name,
          revision: model.revision,
          state: 'ok',
          lag: 0,
          age: 0,
          setAside: 0,
        })),
      },
    ]);
  });

  it('is ok while everything is sealed and applied, however long ago', async () => {
    const { health, strict, minutes } = await atWork();
    await minutes(10);
    expect(await health()).toEqual({
      status: 'ok',
      sealing: { state: 'ok', age: 0, checkedAt: at(600) },
      readModels: [{ name, revision, state: 'ok', position: 0, lag: 0, age: 0, setAside: 0 }],
    });
    expect((await strict()).status).toBe(200);
  });

  it('is 503 where a table does not answer', async () => {
    const { registry } = await atWork();
    registry.log.sealingNote = () => Promise.reject(new Error('it is gone'));
    expect((await registry.get('/health')).status).toBe(503);
    expect((await bodyOf(registry.get('/health?strict'))).type).toBe('/problems/unavailable');
    expect(registry.errors()).toMatchObject(Array(2).fill({ message: 'a table does not answer' }));
  });

  it('takes `strict` as a flag only', async () => {
    const { registry } = await atWork();
    expect((await registry.get('/health?strict=')).status).toBe(200);
    expect((await registry.get('/health?strict=1')).status).toBe(400);
    expect((await registry.get('/health?strict&strict')).status).toBe(400);
  });
});

describe('a read model', () => {
  it('is late once the oldest event that it has not applied was sealed more than two minutes ago', async () => {
    const { health, strict, elapse, minutes, submit } = await atWork();
    await submit();
    elapse(60);
    await submit();
    await minutes(1);
    expect(await health()).toMatchObject({
      status: 'ok',
      readModels: [{ state: 'ok', position: 0, lag: 2, age: 120 }],
    });
    expect((await strict()).status).toBe(200);
    elapse(1);
    const readModels = [{ name, revision, state: 'late', position: 0, lag: 2, age: 121, setAside: 0 }];
    const sealing = { state: 'ok', age: 0, checkedAt: at(120) };
    expect(await health()).toEqual({ status: 'impaired', sealing, readModels });
    const response = await strict();
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(withoutOthers(await bodyOf(response))).toEqual({
      type: '/problems/unhealthy',
      title: 'Sealing or a read model is late or has stopped',
      status: 503,
      detail: 'the read model records is late',
      instance: '/health',
      sealing,
      readModels,
    });
  });

  it('has stopped at an event that its projection cannot take, although its requests are answered', async () => {
    const { registry, health, strict, mark, submit } = await atWork();
    await submit();
    await mark({ stopped: { position: 1, reason: 'a bug' } });
    const response = await registry.get('/health');
    expect(response.status).toBe(200);
    expect(await health()).toMatchObject({ status: 'impaired', readModels: [{ state: 'stopped', lag: 1, age: 0 }] });
    expect(await bodyOf(strict())).toMatchObject({ status: 503, detail: 'the read model records has stopped' });
    await registry.projector().deliver();
    expect(await health()).toMatchObject({ status: 'ok', readModels: [{ state: 'ok', lag: 0 }] });
  });

  it('has stopped while the doctor has closed it', async () => {
    const { registry, health } = await atWork();
    await registry.views.close(firstBuildOf(records), await registry.views.checkpoint(records), 'kept');
    expect(await health()).toMatchObject({ status: 'impaired', readModels: [{ state: 'stopped' }] });
    await registry.views.open(firstBuildOf(records));
    expect(await health()).toMatchObject({ status: 'ok' });
  });

  it('counts the records that are set aside, and is well', async () => {
    const { registry, health, strict } = await atWork();
    const checkpoint = await registry.views.checkpoint(records);
    const aside = { version: 0, position: 0, reason: 'a bug' };
    const asides = new Map(['a', 'b'].map((id) => [id, aside]));
    expect(await registry.views.write(firstBuildOf(records), [], checkpoint, checkpoint, asides)).toBe(true);
    expect(await health()).toMatchObject({ status: 'ok', readModels: [{ state: 'ok', setAside: 2 }] });
    expect((await strict()).status).toBe(200);
  });
});

describe('sealing', () => {
  it('is late when one stream waits for more than two minutes, though all others are sealed', async () => {
    const { registry, health, strict, minutes, submit } = await atWork();
    const unreadable = { ...rawCommit('bad', 1, 0), events: ['{}'], recordedAt: at(0) };
    await putCommits(engine.documents, registry.tables.events, [unreadable]);
    await minutes(2);
    expect(await health()).toMatchObject({ status: 'ok', sealing: { state: 'ok', age: 120, checkedAt: at(120) } });
    await minutes(1);
    await submit();
    await registry.projector().deliver();
    expect(await health()).toMatchObject({
      status: 'impaired',
      sealing: { state: 'late', age: 180, checkedAt: at(180) },
      readModels: [{ state: 'ok', lag: 0 }],
    });
    expect(await bodyOf(strict())).toMatchObject({ detail: 'sealing is late', sealing: { state: 'late', age: 180 } });
  });

  it('has stopped when the schedule has not run for more than five minutes', async () => {
    const { health, elapse, registry } = await atWork();
    elapse(300);
    expect(await health()).toMatchObject({ status: 'ok', sealing: { state: 'ok', checkedAt: at(0) } });
    elapse(1);
    expect(await health()).toMatchObject({ status: 'impaired', sealing: { state: 'stopped', age: 0 } });
    await registry.seal();
    expect(await health()).toMatchObject({ status: 'ok', sealing: { state: 'ok', checkedAt: at(301) } });
  });

  it('has stopped while the log is halted', async () => {
    const { registry, health, strict, mark } = await atWork();
    await registry.log.halt('the checkpoint is ahead', registry.tables);
    expect(await health()).toMatchObject({ status: 'impaired', sealing: { state: 'stopped' } });
    await mark({ stopped: { position: 1, reason: 'a bug' } });
    expect((await bodyOf(strict())).detail).toBe('sealing has stopped; the read model records has stopped');
  });

  it('has stopped over other tables than HEAD names', async () => {
    const { registry } = await atWork();
    const { readHead } = registry.log;
    registry.log.readHead = async () => {
      const head = await readHead();
      return head && { ...head, tables: { events: 'restored', log: 'restored' } };
    };
    expect(await bodyOf(registry.get('/health'))).toMatchObject({ sealing: { state: 'stopped' } });
  });
});
