import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { landExamples } from '../../support/landed-examples.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  await landExamples(registry.post);
  await registry.seal();
  await registry.project();
});
afterAll(() => engine?.stop());

const get = async (path: string) => bodyOf(await registry.get(path));

/** The ids of all records that a link lists. */
async function listed(link: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await get(`${link}&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    ids.push(...items.map(({ id }: { id: string }) => id));
    cursor = next;
    if (cursor === undefined) return ids;
  }
}

describe('statistics of the example', () => {
  it('answer figures, each with the list of what it counts', async () => {
    for (const by of [
      '',
      '&by=month',
      '&by=year,kind',
      '&by=organization',
      '&by=month,ceremony',
      '&by=standing',
      '&by=state',
    ]) {
      for (const measure of ['signings', 'intents', 'launches', 'admissions', 'conferrals']) {
        const { rows } = await get(`/v1/statistics?measure=${measure}${by}&limit=3`);
        for (const { link, records } of rows) {
          const ids = await listed(link);
          expect([link, ids.length, new Set(ids).size]).toEqual([link, records, records]);
        }
      }
    }
  });
  it('name the organizations that they are told by', async () => {
    const { rows, references, next } = await get('/v1/statistics?measure=signings&by=organization&limit=2');
    expect(Object.keys(references).sort()).toEqual(
      rows.map(({ organization }: { organization: string }) => organization).sort(),
    );
    const more = await get(`/v1/statistics?measure=signings&by=organization&limit=2&cursor=${next}`);
    expect(more.rows[0].organization < rows[1].organization).toBe(true);
  });
  it.each([
    ['measure=births', 'measure'],
    ['', 'measure'],
    ['measure=signings&by=month,year', 'by'],
    ['measure=signings&by=kind,state', 'by'],
    ['measure=signings&by=kind&from=2023', 'from'],
    ['measure=signings&by=month&from=2024&to=2023', 'to'],
    ['measure=signings&by=month&kind=treaty', 'kind'],
  ])('refuse %s', async (query, parameter) => {
    const response = await registry.get(`/v1/statistics?${query}`);
    expect(response.status).toBe(400);
    expect((await bodyOf(response)).errors.map(({ pointer }: { pointer: string }) => pointer)).toContain(
      `/${parameter}`,
    );
  });
});

describe('the overview', () => {
  it('has the key figures of a front page in one answer, with the position of each part', async () => {
    const response = await registry.get('/v1/overview');
    const { figures, newest } = await bodyOf(response);
    const position = Number(response.headers.get('registry-position'));
    expect(figures).toMatchObject({
      position,
      signings: { count: { exact: 5 }, records: 5, link: '/v1/agreements?measure=signings' },
      members: { count: { exact: 0 }, records: 0 },
      intents: { count: { min: 31 }, records: 1 },
      launches: { count: { exact: 5 } },
      held: { count: { exact: 1 }, link: '/v1/launches?measure=launches&state=held' },
      organizations: { count: { exact: 19 } },
    });
    expect(figures.standings.reduce((sum: number, { records }: { records: number }) => sum + records, 0)).toBe(5);
    expect(newest.position).toBe(position);
    expect(newest.items).toHaveLength(10);
  });
});
