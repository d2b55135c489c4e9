import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidence, organization } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

const ANA = 'Ana Example-Person';
let engine: TestEngine;
let registry: TestRegistry;
const ids: Record<string, string> = {};
const get = (path: string) => bodyOf(registry.get(path));

async function open(name: string, collection: string, body: object): Promise<void> {
  const answer = await registry.post(`/v1/${collection}`, { ...body, evidence });
  expect(answer.status, answer.text).toBe(201);
  ids[name] = answer.body.id;
}

async function visible(): Promise<void> {
  await registry.seal();
  expect(await registry.projector().deliver()).toEqual([]);
}

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  for (const name of ['body', 'one', 'other', 'third']) await open(name, 'organizations', organization(name));
  const names = [{ value: 'Prize', lang: 'en' }];
  await open('programme', 'award-programmes', { names, conferredBy: [ids.body] });
  const recipients = [
    { organization: ids.one, share: '1/2' },
    { organization: ids.other, share: '1/4' },
    { person: { name: ANA }, share: '1/8', notes: [{ text: 'For the drawings', lang: 'en' }] },
    { unidentified: 'A workshop of the province', lang: 'en', share: '1/8' },
  ];
  await open('shared', 'awards', { programme: ids.programme, category: 'Rings', recipients, on: '2023' });
  await open('single', 'awards', { programme: ids.programme, recipient: { organization: ids.one }, on: '2022' });
  await visible();
});
afterAll(() => engine?.stop());

describe('an award that several share', () => {
  it('shows them all, each with its share', async () => {
    const { recipients } = await get(`/v1/awards/${ids.shared}`);
    expect(recipients).toEqual([
      { organization: ids.one, share: '1/2' },
      { organization: ids.other, share: '1/4' },
      {
        person: { person: expect.stringMatching(/^person-/), name: ANA },
        share: '1/8',
        notes: [{ text: 'For the drawings', lang: 'en' }],
      },
      { unidentified: 'A workshop of the province', lang: 'en', share: '1/8' },
    ]);
  });
  it('is one award of its programme, and one of each organization that has a seat in it', async () => {
    const listed = async (query: string) =>
      (await get(`/v1/awards?${query}`)).items.map(({ id }: { id: string }) =>
        Object.keys(ids).find((name) => ids[name] === id),
      );
    expect(await listed(`programme=${ids.programme}`)).toEqual(['shared', 'single']);
    expect(await listed(`organization=${ids.one}`)).toEqual(['shared', 'single']);
    expect(await listed(`organization=${ids.other}`)).toEqual(['shared']);
    expect(await listed(`organization=${ids.third}`)).toEqual([]);
    const [summary] = (await get('/v1/awards')).items;
    expect(summary).toMatchObject({ participants: [ids.one, ids.other], participantCount: 2 });
  });
  it('names the person on its page alone, and no more once the name is erased', async () => {
    for (const path of ['/v1/awards', '/v1/timeline', '/v1/events', `/v1/awards/${ids.shared}/history`]) {
      expect(await (await registry.get(path)).text(), path).not.toContain(ANA);
    }
    const { recipients } = await get(`/v1/awards/${ids.shared}`);
    const { person } = recipients[2].person;
    const erased = await registry.post(
      `/v1/people/${person}/erase`,
      { legalBasis: 'Article 17(1)(c)', evidence },
      { client: 'registrar' },
    );
    expect(erased.status, erased.text).toBe(200);
    const page = await get(`/v1/awards/${ids.shared}`);
    expect(page.recipients[2].person).toEqual({ person, erased: true });
  });
});
