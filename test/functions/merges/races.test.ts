import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { organization as organizations } from '../../../domain/organization/organization.ts';
import type { OrganizationState } from '../../../domain/organization/state.ts';
import { fold } from '../../../domain/record/record.ts';
import { evidence, testApi } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { meeting, type Tap } from '../../support/faults.ts';
import { type TestRegistry, testRegistry } from '../../support/registry.ts';
import { seeded } from '../../support/scheduler.ts';
import { registrar, wordsOf } from './merged-registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
let words: ReturnType<typeof wordsOf>;
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  words = wordsOf(registry);
});
afterAll(() => engine?.stop());

/** Every command waits as long as chance will have it: whoever is overtaken, is overtaken anywhere. */
const delaying = (random: () => number): Tap => {
  return async (_, next) => {
    await sleep(random() * 12);
    return next();
  };
};

type Post = TestRegistry['post'];
const act = (post: Post, id: string, name: string, data: object, how: object = {}) =>
  post(`/v1/organizations/${id}/${name}`, { ...data, evidence }, how);
const stateOf = async (id: string) =>
  fold(organizations as never, await words.events(id))?.state as OrganizationState | undefined;

describe('two merges at once', () => {
  it('in opposite directions: one wins, and there is no circle', async () => {
    const [one, other] = [await words.company('One'), await words.company('Other')];
    const { post } = testApi(engine, { tables: registry.tables, taps: [meeting(2)] });
    const done = await Promise.all([
      act(post, one, 'merge', { into: other }, registrar),
      act(post, other, 'merge', { into: one }, registrar),
    ]);
    expect(done.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(done.find(({ status }) => status === 422)?.body.type).toBe('/problems/merge-into-itself');
    const states = await Promise.all([one, other].map(stateOf));
    expect(states.filter((state) => state?.mergedInto !== undefined)).toHaveLength(1);
    expect(states.flatMap((state) => state?.absorbed ?? [])).toHaveLength(1);
  });

  it('around in a circle, in any interleaving: no circle, and every id leads to its last organization', async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const { post } = testApi(engine, { tables: registry.tables, taps: [delaying(seeded(seed))] });
      const ring = [await words.company('A'), await words.company('B'), await words.company('C')];
      const merges = ring.map((id, place) => act(post, id, 'merge', { into: ring[(place + 1) % 3] }, registrar));
      await Promise.all(merges);
      const states = new Map(await Promise.all(ring.map(async (id) => [id, await stateOf(id)] as const)));
      const left = ring.filter((id) => states.get(id)?.mergedInto === undefined);
      expect(left.length).toBeGreaterThan(0);
      for (const id of ring) {
        const into = states.get(id)?.mergedInto;
        if (into === undefined) continue;
        expect(left).toContain(into);
        expect(states.get(into)?.absorbed).toContain(id);
      }
    }
  });
});

describe('merging and acting at once', () => {
  it('loses no fact, in any interleaving', async () => {
    const outcomes = new Set<number>();
    for (let seed = 1; seed <= 16; seed += 1) {
      const { post } = testApi(engine, { tables: registry.tables, taps: [delaying(seeded(seed))] });
      const [old, into] = [await words.company('Old'), await words.company('New')];
      const partner = await words.company('Partner');
      const agreement = await words.agreement(old, partner);
      const client = `client-${seed}`;
      const acting = [
        act(post, old, 'add-name', { name: { value: 'Alias', lang: 'en' } }),
        act(post, old, 'appoint-client', { client }, registrar),
        post(`/v1/agreements/${agreement}/sign`, { party: old, mode: 'definitive', evidence }),
      ];
      const merging = act(post, old, 'merge', { into }, registrar);
      await Promise.all([merging, ...acting]);
      expect((await merging).status).toBe(200);
      const types = [...(await words.events(old)), ...(await words.events(agreement))].map(({ type }) => type);
      for (const [index, type] of [
        'organization.name-added',
        'organization.client-appointed',
        'agreement.signed',
      ].entries()) {
        const { status } = (await acting[index]) as { status: number };
        outcomes.add(status);
        expect(types.filter((one) => one === type)).toHaveLength(status === 200 ? 1 : 0);
        if (status !== 200) expect(status).toBe(308);
      }
      const appointed = (await acting[1])?.status === 200;
      expect((await stateOf(into))?.clients).toEqual(appointed ? [client] : []);
      expect((await stateOf(old))?.clients).toEqual([]);
      expect(types.indexOf('organization.merged')).toBe((await words.events(old)).length - 1);
    }
    expect([...outcomes].sort()).toEqual([200, 308]);
  });
});
