import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { records } from '../../../domain/projections/records.ts';
import { createViews } from '../../../functions/stores/views.ts';
import { evidence } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { type TestRegistry, testProjector, testRegistry } from '../../support/registry.ts';
import { rowsIn } from '../../support/rows.ts';
import { seeded } from '../../support/scheduler.ts';
import { registrar, wordsOf } from './merged-registry.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

interface Agreement {
  readonly id: string;
  /** As somebody who follows every step would list them. */
  parties: string[];
  isRetracted: boolean;
}

const ORGANIZATIONS = 8;
const STEPS = 40;

/** Corrections, retractions and merges in an order that the seed alone decides; some are refused, as they should be. */
async function mixed(registry: TestRegistry, seed: number) {
  const words = wordsOf(registry);
  const random = seeded(seed);
  const among = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const organizations: string[] = [];
  for (let n = 0; n < ORGANIZATIONS; n += 1) organizations.push(await words.company(`Company ${n % 5}`));
  const finals = new Map(organizations.map((id) => [id, id]));
  const agreements: Agreement[] = [];
  const done = new Set<string>();

  const steps: Record<string, () => Promise<number>> = {
    async register() {
      const parties = [among(organizations), among(organizations)];
      const data = { kind: 'supply', parties: parties.map((organization) => ({ organization })) };
      const { status, body } = await words.post('/v1/agreements', data);
      if (status === 201) agreements.push({ id: body.id, parties, isRetracted: false });
      return status;
    },
    async correct() {
      const agreement = among(agreements);
      const parties = [among(organizations), among(organizations)];
      const set = { parties: parties.map((organization) => ({ organization })) };
      const path = `/v1/agreements/${agreement?.id}/correct`;
      if (!agreement) return 0;
      const { status } = await words.post(path, { corrects: 1, set, reason: 'identity' });
      if (status === 200) agreement.parties = parties;
      return status;
    },
    async retract() {
      const agreement = among(agreements);
      if (!agreement || random() < 0.5) return 0;
      const { status } = await words.post(`/v1/agreements/${agreement.id}/retract`, { reason: 'In error' });
      if (status === 200) agreement.isRetracted = true;
      return status;
    },
    async rename() {
      const name = { value: `Name ${Math.floor(random() * 6)}`, lang: 'en' };
      return (await words.post(`/v1/organizations/${among(organizations)}/add-name`, { name })).status;
    },
    async merge() {
      const [id, into] = [among(organizations), among(organizations)];
      const { status } = await words.post(`/v1/organizations/${id}/merge`, { into, evidence }, registrar);
      if (status === 200) for (const [one, final] of finals) if (final === id) finals.set(one, into);
      return status;
    },
    async show() {
      await words.show();
      return 200;
    },
  };
  for (let step = 0; step < STEPS; step += 1) {
    const name = among(Object.keys(steps));
    done.add(`${name} ${await steps[name]?.()}`);
  }
  await words.show();
  return { words, finals, agreements, done };
}

describe('any mix of corrections, retractions and merges', () => {
  it.each([1, 2, 3, 4, 5])(
    'leaves the rows of a clean rebuild, and shows what was merged as one (seed %i)',
    async (seed) => {
      const registry = await testRegistry(engine);
      const { words, finals, agreements, done } = await mixed(registry, seed);
      for (const what of ['register 201', 'correct 200', 'merge 200', 'merge 308']) expect(done).toContain(what);

      const { events, log, views } = registry.tables;
      const table = (await engine.freshTables()).views;
      const clean = createViews({ documents: engine.documents, table });
      expect(await testProjector({ ...registry, views: clean, tables: { events, log } }).deliver()).toEqual([]);
      expect(await rowsIn(engine, views)).toEqual(await rowsIn(engine, table));
      expect(await clean.checkpoint(records)).toEqual(await registry.views.checkpoint(records));

      for (const [id, final] of finals) {
        const location = (await registry.get(`/v1/organizations/${id}`)).headers.get('Location');
        expect(location).toBe(id === final ? null : `/v1/organizations/${final}`);
        const expected = agreements.filter(({ parties }) => parties.some((party) => finals.get(party) === final));
        const { items } = await words.get(`/v1/agreements?organization=${id}&limit=100`);
        const listed = items.map((item: { id: string; state: string }) => [item.id, item.state === 'retracted']);
        expect(new Map(listed)).toEqual(new Map(expected.map((one) => [one.id, one.isRetracted])));
        expect(listed).toHaveLength(expected.length);
      }
      expect(registry.errors()).toEqual([]);
    },
  );
});
