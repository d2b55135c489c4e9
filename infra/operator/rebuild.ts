// The operator's side of `registry rebuild`, in a process that clients/cli/rebuild.ts starts.
import { setTimeout as sleep } from 'node:timers/promises';
import { projectionByName, projections } from '../../domain/projections/projections.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import { type ProjectorMemory, project } from '../../functions/projector/project.ts';
import { dropBuilds } from '../../functions/rebuild/drop.ts';
import { RebuildFailed, type Rebuilt, rebuildReadModel } from '../../functions/rebuild/rebuild.ts';
import { fullJitter } from '../../functions/runtime/backoff.ts';
import { commitReader } from '../../functions/stores/commits.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import { createViews } from '../../functions/stores/views.ts';
import { UsageError } from '../local/options.ts';
import { openTables } from './deployments.ts';
import { type Opened, operate } from './operate.ts';
import { type RebuildOptions, readRebuildOptions } from './options.ts';
import { createRebuildProgress, grouped } from './rebuild-progress.ts';

/** For how long a projector of this process works before progress is told, in milliseconds. */
const ROUND = 1_000;

/** The exit code: 0 done, 1 a fault was found or something failed. */
async function run({ name, drop, json, ...place }: RebuildOptions, opened: Opened): Promise<0 | 1> {
  const projection = projectionByName(name);
  if (!projection) {
    const names = projections.map((one) => one.name);
    throw new UsageError(
      `There is no read model "${name}"${didYouMean(name, names) || `; there are: ${names.join(', ')}.`}`,
    );
  }
  const { documents, tables, isRunning, untilIdle } = await openTables(place, opened);
  const views = createViews({ documents, table: tables.views });
  if (drop) {
    const items = await dropBuilds({ projection, views, untilIdle });
    if (json) console.log(JSON.stringify({ name, dropped: items }));
    else console.log(`Deleted ${grouped(items)} items of builds of ${name} that are not served.`);
    return 0;
  }
  const deps = {
    projection,
    views,
    log: createLogStore({ documents, table: tables.log }),
    commits: commitReader({ documents, table: tables.events }),
    clock: Date.now,
  };
  const memory: ProjectorMemory = new Map();
  const logger = { info: () => {}, warn: () => {} };
  const work = () => project({ ...deps, tables, backoff: fullJitter(), logger }, memory, Date.now() + ROUND);
  const progress = createRebuildProgress(process.stderr, () => performance.now());
  const rebuilt = await rebuildReadModel({ ...deps, sleep, tell: progress.tell, ...(!isRunning && { work }) });
  progress.end();
  if (json) console.log(JSON.stringify({ name, ...rebuilt }));
  else for (const line of linesOf(name, rebuilt)) console.log(line);
  return isSound(rebuilt) ? 0 : 1;
}

const isSound = ({ compared, stored }: Rebuilt): boolean =>
  compared?.served === compared?.built && stored?.isAsWritten !== false;

function linesOf(name: string, { from, to, compared, stored }: Rebuilt): string[] {
  const lines = [`${to} is served; ${from} is kept until \`registry rebuild ${name} --drop\`.`];
  if (compared) {
    const { position, served, built } = compared;
    const are = `at position ${grouped(position)} their digests`;
    lines.push(served === built ? `  ${are} are one: ${built}` : `  ${are} differ: ${served}, now ${built}`);
  }
  if (!stored) return lines;
  const { rows, isAsWritten, unexplained } = stored;
  if (isAsWritten) return [...lines, `  the table has the ${grouped(rows)} rows of ${from} as they were written`];
  lines.push(
    `  the table has ${grouped(rows)} rows of ${from}, and not as they were written; they are not served any more`,
  );
  return [...lines, ...unexplained.map((row) => `  no event makes ${row}`)];
}

// What was ordered stays: the projector goes on, and so does the next run.
await operate(readRebuildOptions, run, (error) => (error instanceof RebuildFailed ? error.message : undefined));
