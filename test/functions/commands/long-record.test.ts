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
