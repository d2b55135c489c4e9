import { parseArgs } from 'node:util';
import { engineInMemory } from '../support/memory-registry.ts';
import { testRegistry } from '../support/registry.ts';
import { landHistory } from './land.ts';

/** `npm run generate -- --records 1000 --seed 7`: lands a generated history, and prints its events as NDJSON. */
const { values } = parseArgs({
  options: { records: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const [records, seed] = [Number(values.records), Number(values.seed)];
if (!(Number.isInteger(records) && records >= 12 && Number.isInteger(seed))) {
  console.error('--records takes a whole number from 12 on, --seed a whole number.');
  process.exit(2);
}

const engine = engineInMemory();
const registry = await testRegistry(engine);
const begun = performance.now();
const { events } = await landHistory(registry, engine, { records, seed });
const landed = performance.now();
await registry.project();
const projected = performance.now();
const perSecond = (from: number, to: number) => Math.round((events * 1000) / (to - from));
console.error(
  `${events} events of ${records} records: ${perSecond(begun, landed)} a second landed and sealed, ${perSecond(landed, projected)} projected.`,
);
for await (const { commits } of registry.log.readPages(0)) {
  const found = await registry.commits.readCommits(commits);
  for (const { stream, version } of commits) {
    for (const event of found.get(`${stream}/${version}`)?.events ?? []) console.log(event);
  }
}
