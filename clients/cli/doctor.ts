import { runOperator } from './operator.ts';
import type { Subcommand } from './usage.ts';

const usage = `registry doctor [--data DIR] [--vkey KEY] [--yes] [--json]
registry doctor --events-table NAME --log-table NAME --views-table NAME --bucket NAME --origin ORIGIN
                [--vkey KEY] [--yes] [--json]

For operators. It compares the tables of a registry with the published log, says what is wrong and what it would do,
asks, and does it. After a restore it brings the published order back and lets the registry go on. It never moves an
event that was published to another position, and never overwrites a commit. It can be stopped at any time and run again.
It also names read models that are late or have stopped, which it cannot mend, and records that they have set aside.

  --data DIR            the data directory of a stopped registry (by default .data beside package.json)
  --events-table NAME   on AWS, with the credentials and the region of the environment: the tables in service …
  --log-table NAME
  --views-table NAME
  --bucket NAME         … the bucket of the published log …
  --origin ORIGIN       … and the origin of the log
  --vkey KEY            the log's verifier key, if you know it; the published one is ignored then
  --yes                 do it without asking
  --json                one JSON object on stdout, for machines; asks nothing

Example: registry doctor --data .data
Exit codes: 0 healthy, or repaired; 1 something remains; 2 the command line does not fit.`;

export const doctor: Subcommand = {
  usage,
  run: (args) => runOperator('doctor', args),
};
