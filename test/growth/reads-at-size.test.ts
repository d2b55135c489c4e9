import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { growingHistory } from '../generated/land.ts';
import { inRounds, metered } from '../support/capacity.ts';
import { tapped } from '../support/faults.ts';
import { engineInMemory } from '../support/memory-registry.ts';
import { bodyOf, testRegistry } from '../support/registry.ts';
import { reads } from './reads.ts';

/** Whoever reads pays for what is read, and not for how large the register is: measured in one that grows. */
const [SMALL, LARGE] = [1_000, 10_000];

/** Rounds of requests that wait for each other, besides what tells where the read models stand. */
const ROUNDS = 3;

/** Read units of the large register against those of the small one: the rows that stand first differ in length. */
const units = { factor: 1.5, plus: 3 };

interface Cost {
  readonly requests: number;
  readonly rounds: number;
  readonly items: number;
  readonly readUnits: number;
}

const engine = engineInMemory();
const [meter, waits] = [metered(), inRounds()];
const costs = new Map<string, Cost[]>();
const found = new Map<string, unknown[]>();

beforeAll(async () => {
  const registry = await testRegistry(engine);
  const measured = await testRegistry({ ...engine, documents: tapped(engine.documents, waits.tap, meter.tap) });
  const history = growingHistory(registry, engine, { records: LARGE, seed: 7 });

  async function costOf(path: string) {
    Object.assign(meter.counted, { requests: 0, readUnits: 0, items: 0 });
    waits.counted.rounds = 0;
    const response = await measured.get(path);
    expect(response.status, path).toBe(200);
    const { requests, readUnits, items } = meter.counted;
    return { cost: { requests, rounds: waits.counted.rounds, items, readUnits }, body: await bodyOf(response) };
  }

  for (const size of [SMALL, LARGE]) {
    const { ids } = await history.landTo(size);
    await registry.project();
    for (const { name, pathIn } of reads) {
      const { cost, body } = await costOf(
        pathIn((given) => ids.get(given) ?? expect.fail(`nothing is called ${given}`)),
      );
      costs.set(name, [...(costs.get(name) ?? []), cost]);
      found.set(name, [...(found.get(name) ?? []), body]);
    }
  }
});

const shown = ({ requests, rounds, items, readUnits }: Cost) =>
  [requests, rounds, items, readUnits].map((one) => String(one).padStart(7)).join('');

afterAll(() => {
  const head = `${`${SMALL} records: requests, rounds, items, read units`.padEnd(50)} | ${LARGE} records`;
  const lines = [...costs].map(([name, of]) => `${of.map(shown).join(' | ')}  ${name}`);
  console.log([head, ...lines].join('\n'));
});

it(`${LARGE} records are in the lists at the end`, () => {
  const [small, large] = found.get('page of a list') as { total: number }[];
  expect(large?.total).toBeGreaterThan((0.8 * LARGE * (small?.total ?? 0)) / SMALL);
});

describe.each(reads)('$name', ({ name, items, most, holds }) => {
  const both = () => costs.get(name) as [Cost, Cost];

  it('has what it is to be measured by', () => {
    for (const body of found.get(name) ?? [])
      expect(holds(body as never), JSON.stringify(body).slice(0, 500)).toBe(true);
  });

  const bound = most ? `in at most ${most.requests} requests` : 'in as many requests at both sizes';
  it(`is read in at most ${ROUNDS} rounds, and ${bound}`, () => {
    const [small, large] = both();
    expect(Math.max(small.rounds, large.rounds)).toBeLessThanOrEqual(ROUNDS);
    if (most) expect(Math.max(small.requests, large.requests)).toBeLessThanOrEqual(most.requests);
    else expect([large.rounds, large.requests]).toEqual([small.rounds, small.requests]);
  });

  it(`reads at most ${items} items, and ${most ? `${most.readUnits} read units` : 'alike many read units at both sizes'}`, () => {
    const [small, large] = both();
    expect(Math.max(small.items, large.items)).toBeLessThanOrEqual(items);
    expect(large.readUnits).toBeLessThanOrEqual(most?.readUnits ?? units.factor * small.readUnits + units.plus);
  });
});
