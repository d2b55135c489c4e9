import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregates } from '../../../domain/catalog.ts';
import { evidence, REGISTRAR } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { land, pathsOf, submissions } from './small-registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
const ids: Record<string, string> = {};
const get = (path: string) => bodyOf(registry.get(path));
const post = async (path: string, body: object, client: string) => {
  const answer = await registry.post(path, { ...body, evidence }, { client });
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.body.id as string;
};

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  for (const commands of submissions) await land(registry, commands, ids);
});
afterAll(() => engine?.stop());

async function visible(): Promise<void> {
  await registry.seal();
  expect(await registry.projector().deliver()).toEqual([]);
}

describe('who submitted a record', () => {
  it('stands on its page, whatever its aggregate', async () => {
    await visible();
    const pages = await Promise.all([...pathsOf(ids).values()].map(get));
    expect(pages.map(({ submittedBy }) => submittedBy)).toEqual(pages.map(() => ({ client: 'gzde' })));
    const collections = [...pathsOf(ids).values()].map((path) => path.split('/')[2]);
    expect([...new Set(collections)].sort()).toEqual(aggregates.map(({ collection }) => collection).sort());
  });
  it('is the client, and the organization that it acted for when it opened the record', async () => {
    await post(`/v1/organizations/${ids.exchange}/appoint-client`, { client: 'of-exchange' }, REGISTRAR);
    const programme = await post(
      '/v1/award-programmes',
      { names: [{ value: 'Order', lang: 'en' }], conferredBy: [ids.exchange] },
      'of-exchange',
    );
    const submittedBy = { client: 'of-exchange', organization: ids.exchange };
    await visible();
    const before = await get(`/v1/award-programmes/${programme}`);
    expect(before).toMatchObject({
      submittedBy,
      references: { [String(ids.exchange)]: { collection: 'organizations' } },
    });
    await post(`/v1/organizations/${ids.exchange}/dismiss-client`, { client: 'of-exchange' }, REGISTRAR);
    await post(`/v1/award-programmes/${programme}/add-evidence`, {}, 'gdgje');
    await visible();
    expect(await get(`/v1/award-programmes/${programme}`)).toMatchObject({ submittedBy });
  });
});
