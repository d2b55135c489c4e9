import { runOperator } from './operator.ts';
import type { Subcommand } from './usage.ts';

const usage = `registry rebuild NAME [--drop] [--data DIR] [--json]
registry rebuild NAME [--drop] --events-table NAME --log-table NAME --views-table NAME [--json]

For operators. It has the read model NAME (records, search, statistics or relations) built anew beside what is served, while
everybody goes on reading and submitting. Once both stand at one position it compares their digests, serves the new build, and says which rows the
old one had that no event makes. It can be stopped at any time: the registry goes on building, and the next run goes on
from there.

  --drop                delete the builds that are not served any more; a rebuild keeps what was served until then
  --data DIR            the data directory of a registry, running or stopped (by default .data beside package.json)
  --events-table NAME   on AWS, with the credentials and the region of the environment: the tables in service
  --log-table NAME
  --views-table NAME
  --json                one JSON object on stdout, for machines

Example: registry rebuild records --data .data
Exit codes: 0 done, and nothing differed; 1 what was served differed, or something failed; 2 the command line does not fit.`;

export const rebuild: Subcommand = {
  usage,
  run: (args) => runOperator('rebuild', args),
};
