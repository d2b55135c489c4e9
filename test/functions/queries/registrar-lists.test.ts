import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenFor } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { registrar, wordsOf } from '../merges/merged-registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
let words: ReturnType<typeof wordsOf>;
let authorization: string;
let now = Date.parse('2026-02-03T04:05:06.789Z');
const ids: Record<string, string> = {};

/** The registry's clock, a second later each time. */
const tick = () => {
  now += 1000;
  return new Date(now).toISOString();
};

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine, { clock: () => now });
  words = wordsOf(registry);
  authorization = `Bearer ${await tokenFor('registrar')}`;
  for (const name of ['bank', 'old', 'other']) ids[name] = await words.company(name);
  ids.agreement = await words.agreement(ids.bank as string, ids.old as string);
});
afterAll(() => engine.stop());

const read = (list: string, query = '') => registry.get(`/v1/${list}${query}`, { Authorization: authorization });
async function listed(list: string): Promise<{ items: object[]; references: Record<string, { names: object[] }> }> {
  await words.show();
  return bodyOf(read(list));
}
const organization = (name: string) => `/v1/organizations/${ids[name]}`;
const agreement = () => `/v1/agreements/${ids.agreement}`;

describe('the clients', () => {
  const of = (client: string, name: string, since: string, on?: string) => ({
    client,
    organization: ids[name],
    since,
    ...(on && { on }),
  });
  let first: string;
  let second: string;

  it('stand with the organization that each acts for and since when, last appointed first', async () => {
    expect((await listed('clients')).items).toEqual([]);
    first = tick();
    const longest = 'x'.repeat(128);
    await words.landed(`${organization('bank')}/appoint-client`, { client: 'of-bank', on: '2025-12' }, registrar);
    // Positions are the order of sealing.
    await words.show();
    second = tick();
    await words.appoint(ids.old as string, longest);
    await words.appoint(ids.old as string, 'of-old');
    const { items, references } = await listed('clients');
    const all = [of('of-old', 'old', second), of(longest, 'old', second), of('of-bank', 'bank', first, '2025-12')];
    expect(items).toEqual(all);
    expect(references[ids.old as string]?.names).toMatchObject([{ value: 'old' }]);
    const pages: object[] = [];
    for (let cursor = ''; ; ) {
      const page = await bodyOf(read('clients', `?limit=1${cursor && `&cursor=${cursor}`}`));
      pages.push(...page.items);
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(pages, 'page by page, also after the longest name of a client').toEqual(items);
    await words.landed(`${organization('old')}/dismiss-client`, { client: longest }, registrar);
    expect((await listed('clients')).items).toEqual(all.filter(({ client }) => client !== longest));
  });

  it('pass to the organization into which theirs is merged, and are gone when dismissed', async () => {
    await words.appoint(ids.other as string, 'of-other');
    await words.show();
    const merged = tick();
    expect((await words.merge(ids.old as string, ids.bank as string)).status).toBe(200);
    const [theirs, own] = [of('of-old', 'bank', merged), of('of-other', 'other', second)];
    expect((await listed('clients')).items).toEqual([theirs, own, of('of-bank', 'bank', first, '2025-12')]);
    const again = tick();
    await words.landed(`${organization('bank')}/dismiss-client`, { client: 'of-bank' }, registrar);
    expect((await listed('clients')).items).toEqual([theirs, own]);
    await words.appoint(ids.bank as string, 'of-bank');
    expect((await listed('clients')).items).toEqual([of('of-bank', 'bank', again), theirs, own]);
  });
});

describe('the disputes', () => {
  it('stand with the record, who disputes it and since when, until that one corroborates it', async () => {
    const since = tick();
    const dispute = { grounds: 'We have not signed it' };
    await words.landed(`${agreement()}/dispute`, dispute, { client: 'of-bank' });
    const { items, references } = await listed('disputes');
    expect(items).toEqual([{ id: ids.agreement, version: 2, by: ids.bank, since }]);
    expect(Object.keys(references)).toEqual(expect.arrayContaining([ids.agreement, ids.bank]));
    await words.landed(`${agreement()}/corroborate`, {}, { client: 'of-bank' });
    expect((await listed('disputes')).items).toEqual([]);
  });

  it('are over when the record is retracted', async () => {
    const since = tick();
    await words.landed(`${agreement()}/dispute`, { grounds: 'Never' }, { client: 'of-bank' });
    expect((await listed('disputes')).items).toMatchObject([{ id: ids.agreement, since }]);
    await words.landed(`${agreement()}/retract`, { reason: 'Never signed' }, registrar);
    expect((await listed('disputes')).items).toEqual([]);
  });
});

describe.each(['clients', 'disputes', 'duplicates'])('the list of %s', (list) => {
  it('is for registrars, and not stored', async () => {
    const scope = 'registry/registrar';
    const statuses = await Promise.all(
      [undefined, await tokenFor('gzde'), await tokenFor('pretender', { claims: { scope } })].map(async (token) => {
        const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
        const answer = await registry.get(`/v1/${list}`, headers);
        return (await bodyOf(answer)).type;
      }),
    );
    expect(statuses).toEqual(['/problems/token-missing', '/problems/scope-lacking', '/problems/right-lacking']);
    expect((await read(list)).headers.get('cache-control')).toBe('no-store');
    expect((await read(list, '?cursor=x')).status).toBe(400);
  });
});
