import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestId, recordIdOf, reservationStream } from '../../../functions/runtime/ids.ts';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { createUnitOfWork } from '../../../functions/stores/unit-of-work.ts';
import { evidence, organization, type TestApi, testApi } from '../../support/api.ts';
import { ORIGIN } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';

let engine: TestEngine;
let api: TestApi;
let company: string;
let programme: string;

async function opened(collection: string, body: object): Promise<string> {
  const { status, body: receipt, text } = await api.post(`/v1/${collection}`, { ...body, evidence });
  expect(status, text).toBe(201);
  return receipt.id;
}

beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
  const body = await opened('organizations', organization('Body'));
  company = await opened('organizations', organization('Company'));
  programme = await opened('award-programmes', { names: [{ value: 'Contest', lang: 'en' }], conferredBy: [body] });
});
afterAll(() => engine?.stop());

const design = (category: string) => ({ programme, category, recipient: { organization: company } });
const revoke = (id: string, on = '2023') =>
  api.post(`/v1/awards/${id}/revoke`, { reason: 'Copied', authority: 'Jury', on, evidence });

describe('an award', () => {
  it('is conferred once in a programme and category on a recipient', async () => {
    await opened('awards', design('Rings'));
    const { status, body } = await api.post('/v1/awards', { ...design('Rings'), evidence });
    expect([status, body.type]).toEqual([422, '/problems/conferred-already']);
    expect(body.errors).toMatchObject([{ pointer: '/recipient/organization', rule: 'conferred-already' }]);
    await opened('awards', design('Necklaces'));
  });
  it('can be conferred again after it was revoked, and then not be reinstated', async () => {
    const first = await opened('awards', design('Brooches'));
    expect((await revoke(first)).status).toBe(200);
    const second = await opened('awards', design('Brooches'));
    const { status, body } = await api.post(`/v1/awards/${first}/reinstate`, { evidence });
    expect([status, body.type]).toEqual([422, '/problems/conferred-already']);
    expect((await revoke(second)).status).toBe(200);
    expect((await api.post(`/v1/awards/${first}/reinstate`, { evidence })).status).toBe(200);
  });
  it('is not free to be conferred again while its revocation is still to come', async () => {
    const first = await opened('awards', design('Earrings'));
    const { status, body } = await revoke(first, '2040');
    expect([status, body.type]).toEqual([422, '/problems/in-the-future']);
    const again = await api.post('/v1/awards', { ...design('Earrings'), evidence });
    expect(again.body.type).toBe('/problems/conferred-already');
  });
});

describe('an award that several share', () => {
  const on = (category: string, ...organizations: string[]) => ({
    programme,
    category,
    recipients: organizations.map((one) => ({ organization: one })),
  });
  const refusedAt = async (body: object) => {
    const { status, body: problem } = await api.post('/v1/awards', { ...body, evidence });
    expect([status, problem.type]).toEqual([422, '/problems/conferred-already']);
    return problem.errors.map(({ pointer }: { pointer: string }) => pointer);
  };

  it('is conferred once on each of them', async () => {
    const [second, third] = [
      await opened('organizations', organization('Second')),
      await opened('organizations', organization('Third')),
    ];
    const shared = await opened('awards', on('Cuffs', company, second));
    expect(await refusedAt({ programme, category: 'Cuffs', recipient: { organization: second } })).toEqual([
      '/recipient/organization',
    ]);
    expect(await refusedAt(on('Cuffs', third, company))).toEqual(['/recipients/1/organization']);
    await opened('awards', on('Cuffs', third));
    expect((await revoke(shared)).status).toBe(200);
    await opened('awards', on('Cuffs', second, company));
  });
});

describe('the category of an award', () => {
  it('is one however it is spelt', async () => {
    const first = await opened('awards', design('Café Lockets'));
    for (const spelt of ['CAFÉ LOCKETS', 'cafe\u0301 lockets', 'Café Lockets']) {
      const { body } = await api.post('/v1/awards', { ...design(spelt), evidence });
      expect(body.type).toBe('/problems/conferred-already');
    }
    expect((await revoke(first)).status).toBe(200);
    await opened('awards', design('CAFÉ LOCKETS'));
  });
});

describe('an award of a release that reserved the category as it was spelt', () => {
  const held = (category: string) => reservationStream({ kind: 'conferral', key: [programme, category, company] });
  const lastOf = async (stream: string) => (await api.store.load(stream)).commits.flatMap(eventsOf).at(-1)?.type;

  /** Writes what that release wrote. */
  async function conferredBefore(category: string): Promise<string> {
    const by = { source: ORIGIN, commandId: digestId(category), now: new Date('2025-01-01') };
    const unit = createUnitOfWork(api.store, by);
    const [id, actor] = [recordIdOf('award', by.commandId, 0), { client: 'gzde' }];
    await unit.read([id, held(category)]);
    const data = { ...design(category), evidence, speaksAs: 'other' };
    unit.decideOn(id, [{ type: 'award.conferred', data }], actor);
    unit.decideOn(held(category), [{ type: 'conferral.reserved', data: { holder: id } }], actor);
    expect((await api.store.append(unit.appends(''))).outcome).toBe('appended');
    return id;
  }

  it('is conferred once, and free to be conferred again once it is revoked', async () => {
    const old = await conferredBefore('Anklets');
    const again = () => api.post('/v1/awards', { ...design('Anklets'), evidence });
    expect((await again()).body.type).toBe('/problems/conferred-already');
    expect((await revoke(old)).status).toBe(200);
    expect(await lastOf(held('Anklets'))).toBe('conferral.released');
    expect((await again()).status).toBe(201);
    expect(await lastOf(held('anklets'))).toBe('conferral.reserved');
  });
  it('is held in the new way once it is reinstated', async () => {
    const old = await conferredBefore('Armlets');
    expect((await revoke(old)).status).toBe(200);
    expect((await api.post(`/v1/awards/${old}/reinstate`, { evidence })).status).toBe(200);
    expect(await lastOf(held('armlets'))).toBe('conferral.reserved');
    const { body } = await api.post('/v1/awards', { ...design('ARMLETS'), evidence });
    expect(body.type).toBe('/problems/conferred-already');
  });
  it('gives back what it holds itself, and nothing that another award does', async () => {
    const old = await conferredBefore('Diadems');
    await opened('awards', design('diadems'));
    expect((await revoke(old)).status).toBe(200);
    expect(await lastOf(held('diadems'))).toBe('conferral.reserved');
    const { body } = await api.post('/v1/awards', { ...design('Diadems'), evidence });
    expect(body.type).toBe('/problems/conferred-already');
  });
});

describe('an award that a cohort has counted', () => {
  const identify = (cohort: string, record: string) => api.post(`/v1/cohorts/${cohort}/identify`, { record, evidence });
  const cohort = () => opened('cohorts', { subject: 'recipients', programme, count: { min: 2 } });
  const typesIn = async (id: string) => (await api.store.load(id)).commits.flatMap(eventsOf).map(({ type }) => type);

  it('is identified in both streams at once, and in one cohort alone', async () => {
    const [award, first, second] = [await opened('awards', design('Pins')), await cohort(), await cohort()];
    expect((await identify(first, award)).status).toBe(200);
    expect(await typesIn(award)).toEqual(['award.conferred', 'award.identified-in-cohort']);
    expect(await typesIn(first)).toEqual(['cohort.recorded', 'cohort.identified']);
    const { status, body } = await identify(second, award);
    expect([status, body.type]).toEqual([422, '/problems/identified-elsewhere']);
  });
  it('may be acted on under the key that identified it: keys are scoped to the record', async () => {
    const [counted, award] = [await cohort(), await opened('awards', design('Tiaras'))];
    const key = 'the-same-key';
    const identified = await api.post(`/v1/cohorts/${counted}/identify`, { record: award, evidence }, { key });
    expect(identified.status).toBe(200);
    const revoked = { reason: 'Copied', authority: 'Jury', on: '2023', evidence };
    expect((await api.post(`/v1/awards/${award}/revoke`, revoked, { key })).status).toBe(200);
    const again = await api.post(`/v1/cohorts/${counted}/identify`, { record: award, evidence }, { key });
    expect([again.headers.get('idempotency-replayed'), again.body.id]).toEqual(['true', counted]);
  });
  it('is identified in one of two cohorts that name it at once', async () => {
    const [award, ...cohorts] = [await opened('awards', design('Clasps')), await cohort(), await cohort()];
    const answers = await Promise.all(cohorts.map((one) => identify(one, award)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });
});
