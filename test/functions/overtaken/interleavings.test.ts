import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testApi } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import type { Tap } from '../../support/faults.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { type Answer, guardedPairs, landed, type Pair, type Scene, send, shownPairs } from './scenes.ts';

let engine: TestEngine;
let registry: TestRegistry;
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  // A merge waits until the read model is whole.
  expect(await registry.projector().deliver()).toEqual([]);
});
afterAll(() => engine?.stop());

/** Lets something happen before the n-th command that the store sends. */
function interrupted(step: number, happens: () => Promise<void>): Tap & { reached: boolean } {
  let sent = 0;
  const tap = async (_: unknown, next: () => Promise<unknown>) => {
    sent += 1;
    if (sent === step) {
      tap.reached = true;
      await happens();
    }
    return next();
  };
  tap.reached = false;
  return tap;
}

interface Run {
  readonly scene: Scene;
  /** The one that is interrupted, and the one that comes between. */
  readonly slow: Answer;
  readonly quick: Answer;
}

/** One of the two is interrupted at each of its steps, in a scene of its own each time, and the other lands there and is sealed. */
async function interleavings(pair: Pair, slow: 'ending' | 'dependent'): Promise<Run[]> {
  const quick = slow === 'ending' ? 'dependent' : 'ending';
  const runs: Run[] = [];
  for (let step = 1; ; step += 1) {
    const scene = await pair.scene(registry);
    let between: Answer | undefined;
    const tap = interrupted(step, async () => {
      between = await send(registry.post, scene[quick]);
      await registry.seal();
    });
    const { post } = testApi(engine, {
      tables: registry.tables,
      taps: [tap],
      clock: () => new Date(),
      applied: async () => Number.MAX_SAFE_INTEGER,
    });
    const answer = await send(post, scene[slow]);
    if (!tap.reached || !between) return runs;
    runs.push({ scene, slow: answer, quick: between });
  }
}

const ruleOf = ({ body }: Answer) =>
  landed({ status: 0, body } as Answer)
    ? undefined
    : String(body.errors?.[0]?.rule ?? body.type).replace('/problems/', '');
const pageOf = async ({ page }: Scene, { headers, body }: Answer) =>
  bodyOf(registry.get(page ?? (headers.get('Location') as string) ?? `/${body.id}`));

const tried: Record<string, unknown>[] = [];
afterAll(() => console.table(tried));

describe('a decision that is shown', () => {
  it.each(shownPairs)('$name', async (pair) => {
    const dependentWaits = await interleavings(pair, 'dependent');
    const endingWaits = await interleavings(pair, 'ending');
    await registry.seal();
    expect(await registry.projector().deliver()).toEqual([]);
    let overtaken = 0;
    for (const { scene, slow, quick } of dependentWaits) {
      expect(quick.status, quick.text).toBe(200);
      if (!landed(slow)) {
        expect(pair.rules, slow.text).toContain(ruleOf(slow));
        continue;
      }
      overtaken += 1;
      const page = await pageOf(scene, slow);
      const position = expect.stringMatching(/^[a-z-]+\.[a-z-]+ at position \d+: /);
      expect(page.overtaken).toEqual([{ rule: pair.rules[0], record: scene.other, detail: position }]);
    }
    for (const { scene, slow, quick } of endingWaits) {
      expect(landed(quick), quick.text).toBe(true);
      expect(slow.status, slow.text).toBe(200);
      expect((await pageOf(scene, quick)).overtaken).toBeUndefined();
    }
    tried.push({
      pair: pair.name,
      interleavings: dependentWaits.length + endingWaits.length,
      overtaken,
      refused: dependentWaits.length - overtaken,
    });
    expect(overtaken).toBeGreaterThan(0);
    expect(overtaken).toBeLessThan(dependentWaits.length);
  });
});

describe('a decision that is guarded', () => {
  it.each(guardedPairs)('$name', async (pair) => {
    const dependentWaits = await interleavings(pair, 'dependent');
    const endingWaits = await interleavings(pair, 'ending');
    await registry.seal();
    expect(await registry.projector().deliver()).toEqual([]);
    const runs = [...dependentWaits, ...endingWaits];
    for (const { slow, quick } of runs) {
      expect(landed(quick), quick.text).toBe(true);
      if (!landed(slow)) expect(pair.rules, slow.text).toContain(ruleOf(slow));
    }
    const both = runs.filter(({ slow }) => landed(slow));
    // The one that comes second has decided again: whatever lands of it stands by what the first has left.
    if (pair.second === undefined) expect(both).toEqual([]);
    expect(dependentWaits.filter(({ slow }) => landed(slow))).toEqual([]);
    if (pair.second === 'lands') expect(both).toEqual(endingWaits);
    if (pair.second === 'is shown') expect(both).not.toEqual([]);
    for (const { slow } of pair.second === 'is shown' ? both : []) {
      const page = await bodyOf(registry.get(`/v1/memberships/${slow.body.id}`));
      expect(page.overtaken).toMatchObject([{ rule: pair.rules[0] }]);
    }
    const overtaken = pair.second === 'is shown' ? both.length : 0;
    tried.push({ pair: pair.name, interleavings: runs.length, overtaken, refused: runs.length - both.length });
    expect(runs.length).toBeGreaterThan(4);
  });
});
