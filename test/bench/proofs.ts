import { parseArgs } from 'node:util';
import { type CommitCost, clientCode, measure, unitCosts } from './measure.ts';

/** `npm run bench -- --rows 100000`: what proofs of rows cost, to send, to verify and to be ready for. */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '10000' } } });
const wanted = Number(values.rows);
if (!(Number.isInteger(wanted) && wanted >= 1000)) {
  console.error('--rows takes a whole number from 1,000 on.');
  process.exit(2);
}

const { rows, height, baseBytes, building, commits, proofs, alone, changed, together } = await measure(wanted);
console.log(
  `${rows} rows, height ${height}; built of ${commits} commits in one statement in ${Math.round(building)} ms, ${Math.round((commits * 1000) / building)} a second, a pack of ${baseBytes} bytes`,
);
for (const [name, { bytes, rowBytes, shown, lines, verifyMs }] of Object.entries(proofs)) {
  const each = shown > 1 ? `, ${Math.round((bytes - rowBytes) / shown)} for each row` : '';
  console.log(
    `${name}: ${bytes - rowBytes} bytes beside ${shown} rows${each}; ${lines} lines, verified in ${verifyMs.toFixed(2)} ms`,
  );
}

/** What commits took, and how much of it, as this machine does these things by themselves, is hashes and DEFLATE. */
async function tell(what: string, { commits: count, changes, cpuMs, ...cost }: CommitCost): Promise<void> {
  const unit = await unitCosts(cost.packBytes / cost.groupsWritten);
  const rate = `${(cpuMs / changes).toFixed(3)} ms a row, ${Math.round((count * 1000) / cpuMs)} commits a second`;
  console.log(`${what}: ${count} commits of ${changes} rows, ${rate}`);
  const parts = {
    hashes: [cost.hashes, unit.hash],
    'groups deflated': [cost.groupsWritten, unit.deflate],
    'groups inflated': [cost.groupsRead, unit.inflate],
  } as const;
  for (const [part, [times, ms]] of Object.entries(parts)) {
    console.log(`  ${times} ${part} of ${(ms * 1000).toFixed(1)} µs: ${((times * ms) / changes).toFixed(3)} ms a row`);
  }
  console.log(`  ${cost.packBytes} bytes packed`);
}

await tell('records, each in a statement of its own', alone);
await tell('changes of state, each in a statement of its own', changed);
await tell(`in statements of ${together.commits / 2}`, together);
const { minified, gzip } = await clientCode();
console.log(`verifying code: ${minified} bytes minified, ${gzip} gzip`);
