import { afterAll, beforeAll, expect, it } from 'vitest';
import { evidence, organization, type TestApi, testApi } from '../../support/api.ts';
import { cpuOfAsync } from '../../support/cpu.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { fillRecord } from '../../support/fill.ts';

let engine: TestEngine;
let api: TestApi;
beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
});
afterAll(() => engine?.stop());

const idOf = async (answer: ReturnType<TestApi['post']>): Promise<string> => (await answer).body.id;
const dayOf = (index: number) => new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10);

/** Milliseconds of CPU, many times what it takes: with the square of the facts it is many times as much as this. */
const MOST = 3_000;

it('a correction that would compare very many facts with very many others is refused, and holds up nobody', async () => {
  const ceremonyOf = async (events: number) => {
    const names = [{ value: `Forum of ${events}`, lang: 'en' }];
    const id = await idOf(
      api.post('/v1/ceremonies', { command: 'announce-ceremony', kind: 'forum', names, on: '2030', evidence }),
    );
    await api.post(`/v1/ceremonies/${id}/reschedule`, { to: '2031', on: '1999-12-30', evidence });
    // Days in turns certain and doubtful, and then many on one day before all those.
    const vary = (index: number) => ({
      on: index < events / 2 ? dayOf(index) + (index % 2 === 0 ? '' : '?') : '1999-12-31',
    });
    await fillRecord(engine, engine.tables.events, id, { events, vary });
    return id;
  };
  const correct = (id: string) =>
    api.post(`/v1/ceremonies/${id}/correct`, { corrects: 2, set: { on: '1999-12-29' }, reason: 'date', evidence });
  expect((await correct(await ceremonyOf(200))).status).toBe(200);
  const large = await ceremonyOf(2_000);
  let answer: Awaited<ReturnType<typeof correct>> | undefined;
  const cpu = await cpuOfAsync(async () => {
    answer = await correct(large);
  });
  expect([answer?.status, answer?.body.type, answer?.body.errors?.[0]?.pointer]).toEqual([
    422,
    '/problems/cap-comparisons',
    '',
  ]);
  expect(cpu).toBeLessThan(MOST);
  expect((await api.store.load(large)).head.version).toBe(2_000);
  expect((await api.post(`/v1/ceremonies/${large}/add-evidence`, { evidence })).status).toBe(200);
});

it('99 acts of one submission on a record of 900 facts are decided in seconds', async () => {
  const body = await idOf(api.post('/v1/organizations', organization('Body')));
  const member = await idOf(api.post('/v1/organizations', organization('Member')));
  const id = await idOf(api.post('/v1/memberships', { body, organization: member, on: '1999', evidence }));
  expect((await api.post(`/v1/memberships/${id}/renew`, { on: '2000', evidence })).status).toBe(200);
  await fillRecord(engine, engine.tables.events, id, { events: 900 });
  const renewal = (index: number) => ({
    command: 'renew-membership',
    target: id,
    data: { on: dayOf(index), evidence },
  });
  const commands = Array.from({ length: 99 }, (_, index) => renewal(index));
  let answer: Awaited<ReturnType<TestApi['post']>> | undefined;
  const cpu = await cpuOfAsync(async () => {
    answer = await api.post('/v1/submissions', { commands });
  });
  expect(answer?.status).toBe(201);
  expect(answer?.body.receipts.at(-1).version).toBe(999);
  expect(cpu).toBeLessThan(MOST);
  const corrected = { corrects: 1, set: { on: '1998' }, reason: 'clerical', evidence };
  const again = await cpuOfAsync(async () => {
    answer = await api.post(`/v1/memberships/${id}/correct`, corrected);
  });
  expect([answer?.status, answer?.body.version]).toEqual([200, 1000]);
  expect(again).toBeLessThan(MOST);
});
