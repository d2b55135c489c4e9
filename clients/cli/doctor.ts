import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CODES } from './stop.ts';
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

/** Starts a process of its own, because clients know the API only, and the doctor works on tables and bucket. */
export const doctor: Subcommand = {
  usage,
  async run(args) {
    const file = fileURLToPath(new URL('../../infra/operator/doctor.ts', import.meta.url));
    const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit' });
    // Windows itself tells both of Ctrl-C; a `kill` there would end the child at once.
    const pass = (signal: NodeJS.Signals) => void (process.platform !== 'win32' && child.kill(signal));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass);
    const codes = Object.entries(CODES);
    const stopped = codes.find(([name, number]) => name === signal || number === code)?.[1];
    return stopped ?? (code === 0 || code === 2 ? code : 1);
  },
};
