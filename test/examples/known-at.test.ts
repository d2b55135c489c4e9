import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, answerOf, pathsOf, projectUpTo } from '../functions/queries/small-registry.ts';
import { landExamples } from '../support/landed-examples.ts';
import { engineInMemory } from '../support/memory-registry.ts';
import { type TestRegistry, testRegistry } from '../support/registry.ts';

let registry: TestRegistry;
let paths: string[];
/** The last position of each commit. */
const ends: number[] = [];

beforeAll(async () => {
  registry = await testRegistry(engineInMemory());
  const ids = await landExamples(async (...request) => {
    const answer = await registry.post(...request);
    await registry.seal();
    return answer;
  });
  paths = [...pathsOf(Object.fromEntries(ids)).values()];
  for await (const page of registry.log.readPages(0)) {
    for (const { position, count } of page.commits) ends.push(position + count - 1);
  }
});

describe('what was known of the conference at every position at which a commit ends', () => {
  it('is what its records answered when that position was the head', async () => {
    const unknown: Answer = { status: 404, type: '/problems/not-found' };
    let compared = 0;
    for (const end of ends) {
      await projectUpTo(registry, end);
      for (const path of paths) {
        const [then, known] = [await answerOf(registry, path), await answerOf(registry, `${path}?knownAt=${end}`)];
        expect(known, `${path} at ${end}`).toEqual(then.status === 200 ? then : unknown);
        if (then.status === 200) compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(1000);
  });
});
