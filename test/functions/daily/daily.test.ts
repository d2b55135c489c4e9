import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDaily, type DailyDeps } from '../../../functions/daily/daily.ts';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { createUnitOfWork } from '../../../functions/stores/unit-of-work.ts';
import { evidence, organization } from '../../support/api.ts';
import { ORIGIN } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { fillRecord } from '../../support/fill.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
let now = '2026-02-03T04:05:06.789Z';
let [first, second] = ['', ''];
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

async function opened() {
  now = '2026-02-03T04:05:06.789Z';
  registry = await testRegistry(engine, { clock: () => Date.parse(now) });
  first = (await registry.post('/v1/organizations', organization('First'))).body.id;
  second = (await registry.post('/v1/organizations', organization('Second'))).body.id;
}

async function settled() {
  await registry.seal();
  await registry.projector().deliver();
}

const daily = (own: Partial<DailyDeps> = {}) =>
  createDaily({
    store: registry.store,
    log: registry.log,
    views: registry.views,
    tables: registry.tables,
    origin: ORIGIN,
    clock: () => new Date(now),
    backoff: async () => {},
    logger: { error: () => {}, warn: () => {} },
    ...own,
  });

const agreement = (more: object) =>
  registry.post('/v1/agreements', {
    kind: 'supply',
    parties: [{ organization: first }, { organization: second }],
    signatures: [{ party: first }, { party: second }],
    evidence,
    ...more,
  });
const read = (path: string) => bodyOf(registry.get(path));

describe('the day on which a term is over', () => {
  it('brings about the expiry, once, and rows, record and history tell', async () => {
    await opened();
    const { id } = (await agreement({ until: '2026-02' })).body;
    await settled();
    expect((await read(`/v1/agreements/${id}`)).state).toBe('signed');
    now = '2026-02-28T09:59:59.999Z';
    expect(await daily()()).toEqual({ recorded: 0 });
    // It is the first of March at UTC+14.
    now = '2026-02-28T10:00:00.000Z';
    expect(await daily()()).toEqual({ recorded: 1 });
    expect(await daily()()).toEqual({ recorded: 0 });
    await settled();
    expect(await daily()()).toEqual({ recorded: 0 });
    expect((await read('/v1/agreements?state=expired')).items).toMatchObject([{ id, state: 'expired' }]);
    const { items } = await read(`/v1/agreements/${id}/history`);
    expect(items.at(-1)).toMatchObject({
      type: 'agreement.expired',
      actor: 'registry',
      data: { on: '2026-03-01', speaksAs: 'other' },
    });
    expect(items.at(-1)).not.toHaveProperty('onbehalfof');
  });

  it('brings about nothing where it was renewed meanwhile', async () => {
    await opened();
    const { id } = (await agreement({ until: '2026-02' })).body;
    await settled();
    const renewed = { until: '2027', on: '2026-02-03', evidence };
    expect((await registry.post(`/v1/agreements/${id}/renew`, renewed)).status).toBe(200);
    now = '2026-03-01T00:10:00.000Z';
    // The read model does not know of the renewal yet: the record itself decides.
    expect(await daily()()).toEqual({ recorded: 0 });
  });
});

describe('the day on which a notice takes effect', () => {
  it('brings about the withdrawal of the party', async () => {
    await opened();
    const { id } = (await agreement({})).body;
    const notice = { party: second, on: '2026-02-03', takesEffectOn: '2026-03-01', evidence };
    await registry.post(`/v1/agreements/${id}/notify-withdrawal`, notice);
    await settled();
    now = '2026-03-02T00:10:00.000Z';
    expect(await daily()()).toEqual({ recorded: 1 });
    await settled();
    expect(await read(`/v1/agreements/${id}`)).toMatchObject({ state: 'terminated' });
  });
});

describe('several facts of one day', () => {
  it('are all recorded, and what is due later does not wait for them', async () => {
    await opened();
    const third = (await registry.post('/v1/organizations', organization('Third'))).body.id;
    const { id } = (
      await agreement({
        parties: [{ organization: first }, { organization: second }, { organization: third }],
        signatures: [{ party: first }, { party: second }, { party: third }],
      })
    ).body;
    for (const party of [first, second]) {
      const notice = { party, on: '2026-02-03', takesEffectOn: '2026-03-01', evidence };
      await registry.post(`/v1/agreements/${id}/notify-withdrawal`, notice);
    }
    await settled();
    now = '2026-03-05T00:10:00.000Z';
    expect(await daily()()).toEqual({ recorded: 2 });
    await settled();
    expect(await daily()()).toEqual({ recorded: 0 });
    const { items } = await read(`/v1/agreements/${id}/history`);
    const left = items.filter(({ type }: { type: string }) => type === 'agreement.party-withdrew');
    expect(left.map(({ data }: { data: { party: string } }) => data.party)).toEqual([first, second]);
  });
});

describe('a day that was reached', () => {
  it('is recorded as such where the state changes on it and no fact of its own tells', async () => {
    await opened();
    // No command dates a fact in the future, but older events may be dated so.
    const id = `membership-${'m'.repeat(26)}`;
    const by = { source: ORIGIN, commandId: 'm'.repeat(26), now: new Date(now) };
    const work = createUnitOfWork(registry.store, by);
    await work.read([id]);
    const data = { body: first, organization: second, on: '2026-04', evidence, speaksAs: 'other' };
    work.decideOn(id, [{ type: 'membership.admitted', data }], { client: 'gzde' });
    expect(await registry.store.append(work.appends('0'.repeat(64)))).toMatchObject({ outcome: 'appended' });
    await settled();
    expect((await read(`/v1/memberships/${id}`)).state).toBe('none');
    now = '2026-04-01T00:10:00.000Z';
    expect(await daily()()).toEqual({ recorded: 1 });
    await settled();
    const { items } = await read(`/v1/memberships/${id}/history`);
    expect(items.at(-1)).toMatchObject({ type: 'membership.day-reached', data: { day: '2026-04-01' } });
    expect(await read(`/v1/memberships/${id}`)).toMatchObject({ state: 'member', version: 2 });
    expect((await read('/v1/memberships?state=member')).items).toHaveLength(1);
  });
});

describe('what fails', () => {
  it('does not hold up the others, and is seen', async () => {
    await opened();
    const broken = (await agreement({ until: '2026-02-10' })).body.id;
    const sound = (await agreement({ until: '2026-02-11', kind: 'service' })).body.id;
    await settled();
    now = '2026-03-01T00:10:00.000Z';
    const { store } = registry;
    const load: typeof store.load = async (stream) => {
      if (stream === broken) throw new Error('the table does not answer');
      return store.load(stream);
    };
    await expect(daily({ store: { ...store, load } })()).rejects.toThrow('1 due facts were not recorded');
    await settled();
    expect((await read(`/v1/agreements/${sound}`)).state).toBe('expired');
    expect(await daily()()).toEqual({ recorded: 1 });
  });
  it('passes over a record that is full, and says so', async () => {
    await opened();
    const full = (await agreement({ until: '2026-02-10' })).body.id;
    const large = (await agreement({ until: '2026-02-10', kind: 'purchase' })).body.id;
    const sound = (await agreement({ until: '2026-02-11', kind: 'service' })).body.id;
    for (const id of [full, large]) await registry.post(`/v1/agreements/${id}/add-evidence`, { evidence });
    await settled();
    await fillRecord(engine, registry.tables.events, full, { events: 5000 });
    await fillRecord(engine, registry.tables.events, large, { bytes: 8_000_000 });
    now = '2026-03-01T00:10:00.000Z';
    const warnings: object[] = [];
    const logger = { error: () => {}, warn: (_: unknown, details: object) => void warnings.push(details) };
    expect(await daily({ logger: logger as never })()).toEqual({ recorded: 1 });
    expect(warnings).toEqual(
      expect.arrayContaining([
        {
          record: full,
          rule: 'cap-record-events',
          detail: `${full} would have 5001 events; it takes at most 5000`,
        },
        { record: large, rule: 'cap-record-bytes', detail: expect.stringContaining('it takes at most 8000000') },
      ]),
    );
    expect((await registry.store.load(full)).head.version).toBe(5000);
    const { commits } = await registry.store.load(sound);
    expect(commits.flatMap(eventsOf).at(-1)?.type).toBe('agreement.expired');
  });
  it('passes over what a cap of the store refuses', async () => {
    await opened();
    await agreement({ until: '2026-02-10' });
    await settled();
    now = '2026-03-01T00:10:00.000Z';
    const warnings: object[] = [];
    const logger = { error: () => {}, warn: (_: unknown, details: object) => void warnings.push(details) };
    const cap = { outcome: 'cap', rule: 'cap-event-bytes', detail: 'too large' } as const;
    const append = async () => cap;
    const run = daily({ store: { ...registry.store, append }, logger: logger as never });
    expect(await run()).toEqual({ recorded: 0 });
    expect(warnings).toMatchObject([{ rule: 'cap-event-bytes', detail: 'too large' }]);
  });
  it('is tried again after a race against somebody else', async () => {
    await opened();
    const { id } = (await agreement({ until: '2026-02-10' })).body;
    await settled();
    now = '2026-03-01T00:10:00.000Z';
    const { store } = registry;
    let raced = false;
    const append: typeof store.append = async (appends) => {
      if (!raced) {
        raced = true;
        await registry.post(`/v1/agreements/${id}/confirm-signature`, { party: first, on: '2026-02-04', evidence });
      }
      return store.append(appends);
    };
    expect(await daily({ store: { ...store, append } })()).toEqual({ recorded: 1 });
    await settled();
    const { items } = await read(`/v1/agreements/${id}/history`);
    expect(items.map(({ type }: { type: string }) => type).slice(-2)).toEqual([
      'agreement.signature-confirmed',
      'agreement.expired',
    ]);
  });
  it('refuses to write under other tables than those of the log', async () => {
    await opened();
    await settled();
    await expect(daily({ tables: { events: 'restored', log: registry.tables.log } })()).rejects.toThrow();
  });
});
