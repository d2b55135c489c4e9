import { expect, it } from 'vitest';
import { engineInMemory } from '../support/memory-registry.ts';
import { testRegistry } from '../support/registry.ts';
import { landHistory } from './land.ts';

/** What a registry holds after such a history: how many events, and the ids of its records. */
async function landed(seed: number) {
  const engine = engineInMemory();
  const registry = await testRegistry(engine);
  const { events, ids } = await landHistory(registry, engine, { records: 120, seed });
  await registry.project();
  return { events, ids: [...ids] };
}

it('of a seed is always the same, and of another seed another one', async () => {
  const first = await landed(7);
  expect(first.ids).toHaveLength(120);
  expect(first.events).toBeGreaterThan(120);
  expect(await landed(7)).toEqual(first);
  expect((await landed(8)).ids).not.toEqual(first.ids);
});
