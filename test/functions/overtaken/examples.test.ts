import { afterAll, beforeAll, expect, it } from 'vitest';
import { aggregateByName } from '../../../domain/catalog.ts';
import { aggregateOf } from '../../../domain/values/ids.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { landExamples } from '../../support/landed-examples.ts';
import { bodyOf, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

// Five agreements are opened in place of one that the same request retracts, just after others have acted on its parties.
it('is nothing that was recorded by examples which land one after the other', async () => {
  const registry = await testRegistry(engine);
  const sealedAtOnce: typeof registry.post = async (...asked) => {
    const answer = await registry.post(...asked);
    await registry.seal();
    return answer;
  };
  const ids = [...(await landExamples(sealedAtOnce)).values()];
  await registry.projector().deliver();
  const pageOf = (id: string) => registry.get(`/v1/${aggregateByName(aggregateOf(id) ?? '').collection}/${id}`);
  const pages = await Promise.all(ids.map((id) => bodyOf(pageOf(id))));
  expect(pages.filter(({ state }) => state === 'retracted')).toHaveLength(1);
  for (const page of pages) expect(page).not.toHaveProperty('overtaken');
});
