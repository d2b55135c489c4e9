import { parseArgs } from 'node:util';
import { projections } from '../../domain/projections/projections.ts';
import { stepsOf } from '../../functions/projector/steps.ts';
import { growingHistory } from '../generated/land.ts';
import { engineInMemory } from '../support/memory-registry.ts';
import { testRegistry } from '../support/registry.ts';

/**
 * `node test/bench/proving.ts --records 3000 --seed 7`: what proving costs, over tables and buckets in the memory of this
 * process: catching up with a generated history in one go, and then one submission after another.
 */
const { values } = parseArgs({
  options: { records: { type: 'string', default: '3000' }, seed: { type: 'string', default: '1' } },
});
const [records, seed] = [Number(values.records), Number(values.seed)];
const LONE = 40;

const engine = engineInMemory();
const registry = await testRegistry(engine);
const history = growingHistory(registry, engine, { records, seed });
await history.landTo(records - LONE);
await registry.publish();

const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const prover = registry.prover();
const commits = (await Array.fromAsync(registry.log.readPages(0))).flatMap((page) => page.commits).length;
const caughtUp = await cpuOf(async () => {
  do prover.wakeUps.length = 0;
  while ((await prover.wake()) && prover.wakeUps.length > 0);
});
await registry.seal();
await registry.publish();
console.log(
  `catching up: ${commits} commits in ${Math.round(caughtUp)} ms of CPU: ${Math.round((commits * 1000) / caughtUp)} commits a second`,
);

let milliseconds = 0;
let rows = 0;
for (let landed = records - LONE + 1; landed <= records; landed += 1) {
  const from = (await registry.log.readHead())?.size ?? 0;
  await history.landTo(landed);
  const to = (await registry.log.readHead())?.size ?? 0;
  if (to === from) continue;
  await registry.publish();
  for (const projection of projections) {
    const span = { from, to, asides: new Map(), isBegun: false };
    for await (const { differences, sums } of stepsOf({ ...registry, projection }, span))
      rows += differences.size + sums.size;
  }
  milliseconds += await cpuOf(() => prover.wake());
  await registry.seal();
}
console.log(
  `lone commits: ${rows} changed rows in ${Math.round(milliseconds)} ms of CPU: ${(milliseconds / rows).toFixed(2)} ms a changed row`,
);
if (prover.alarms.length > 0) throw new Error(JSON.stringify(prover.alarms));
