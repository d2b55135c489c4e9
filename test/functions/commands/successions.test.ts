import { afterAll, beforeAll, expect, it } from 'vitest';
import { evidence, organization, type TestApi, testApi } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';

/** What a party that was closed leaves behind: rules look at organizations that no command names. */

let engine: TestEngine;
let api: TestApi;
beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
});
afterAll(() => engine?.stop());

async function open(path: string, body: object): Promise<string> {
  const answer = await api.post(path, { evidence, ...body });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id;
}
const act = async (path: string, body: object, client = 'gzde') => {
  const { status, body: answer } = await api.post(path, { evidence, ...body }, { client });
  return [status, ...(answer.errors ?? []).map(({ rule }: { rule: string }) => rule)];
};

it('goes on without the assent of the one that was closed, and with its successor', async () => {
  const [lasting, closed, heir] = [
    await open('/v1/organizations', organization('Lasting')),
    await open('/v1/organizations', organization('Closed')),
    await open('/v1/organizations', organization('Heir')),
  ] as const;
  const parties = [{ organization: lasting }, { organization: closed }];
  const signatures = [lasting, closed].map((party) => ({ party, mode: 'definitive', on: '2020-01-10' }));
  const agreement = await open('/v1/agreements', { kind: 'supply', parties, signatures, openForAccession: true });
  const path = `/v1/agreements/${agreement}`;
  const acceded = await open('/v1/organizations', organization('Acceded'));
  expect(await act(`${path}/accede`, { organization: acceded, on: '2020-06-01' })).toEqual([200]);
  const amendment = { changes: [{ text: 'More', lang: 'en' }], effectiveOn: '2022-02-01', assents: [lasting] };
  expect(await act(`${path}/amend`, amendment)).toEqual([422, 'assent-missing']);
  expect(await act(`/v1/organizations/${closed}/close`, { on: '2021-12-31', successor: heir })).toEqual([200]);
  expect(await act(`${path}/amend`, amendment)).toEqual([422, 'assent-missing']);
  expect(await act(`/v1/organizations/${acceded}/close`, { on: '2021-12-31' })).toEqual([200]);
  expect(await act(`${path}/amend`, amendment)).toEqual([200]);

  const notice = { party: closed, on: '2022-02-01', takesEffectOn: '2023-01-01' };
  expect(await act(`${path}/notify-withdrawal`, notice)).toEqual([422, 'after-closing']);
  const succession = { party: closed, successor: heir, on: '2022-01-01' };
  expect(await act(`${path}/succeed-party`, { ...succession, party: 2 }, 'registrar')).toEqual([200]);
  expect(await act(`${path}/amend`, amendment)).toEqual([422, 'assent-missing']);
  expect(await act(`${path}/amend`, { ...amendment, assents: [lasting, heir] })).toEqual([200]);
  expect(await act(`${path}/notify-withdrawal`, { ...notice, party: heir })).toEqual([200]);
});

it('takes no place from a party that has a client of its own, but by that one or a registrar', async () => {
  const [first, represented, heir] = [
    await open('/v1/organizations', organization('First')),
    await open('/v1/organizations', organization('Represented')),
    await open('/v1/organizations', organization('Second heir')),
  ] as const;
  const appointed = await act(
    `/v1/organizations/${represented}/appoint-client`,
    { client: 'represented' },
    'registrar',
  );
  expect(appointed).toEqual([200]);
  const parties = [{ organization: first }, { organization: represented }];
  const agreement = await open('/v1/agreements', { kind: 'supply', parties });
  const path = `/v1/agreements/${agreement}/succeed-party`;
  const succession = { successor: heir, on: '2022-01-01' };
  for (const party of [2, represented]) {
    expect((await act(path, { ...succession, party }))[0]).toBe(403);
  }
  expect(await act(path, { ...succession, party: represented }, 'represented')).toEqual([200]);
});
