import { expect, it } from 'vitest';
import { simulateProving } from '../../support/proving-simulation.ts';

/** `PROVING_SIMULATIONS=500 npm test -- test/functions/prover/simulation` runs more; `SEED=17` repeats one run. */
const RUNS = Number(process.env.PROVING_SIMULATIONS ?? 50);
const [FIRST, COUNT] = process.env.SEED ? [Number(process.env.SEED), 1] : [1, RUNS];

it(`states nothing false, nothing without its pack, and nothing when it is quiet, in ${COUNT} runs full of faults`, async () => {
  const all = { events: 0, statements: 0, restores: 0, losses: 0 };
  for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
    const result = await simulateProving(seed).catch((cause) => {
      throw new Error(`the run with SEED=${seed} went wrong: ${cause.message}`, { cause });
    });
    for (const name of ['events', 'statements', 'restores', 'losses'] as const) all[name] += result[name];
  }
  console.log(JSON.stringify(all));
  if (COUNT === 1) return;
  expect(all.statements).toBeGreaterThan(COUNT * 2);
  expect(all.restores).toBeGreaterThan(COUNT / 5);
  expect(all.losses).toBeGreaterThan(COUNT / 5);
});
