import { parseArgs } from 'node:util';
import { type CommitCost, clientCode, measure } from './measure.ts';

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
const told = ({ commits, changes, groupsRead, packBytes, cpuMs }: CommitCost) =>
  `${commits} commits of ${changes} rows: ${(cpuMs / changes).toFixed(3)} ms a row, ${Math.round((commits * 1000) / cpuMs)} commits a second, ${groupsRead} groups read, ${packBytes} bytes packed`;
console.log(`records, each in a statement of its own: ${told(alone)}`);
console.log(`changes of state, each in a statement of its own: ${told(changed)}`);
console.log(`in statements of ${together.commits / 2}: ${told(together)}`);
const { minified, gzip } = await clientCode();
console.log(`verifying code: ${minified} bytes minified, ${gzip} gzip`);
