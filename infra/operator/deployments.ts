import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { documentClient, objectClient } from '../../functions/runtime/clients.ts';
import { readEnv, string } from '../../functions/runtime/env.ts';
import { createAwsEndpoint } from '../local/aws-endpoint.ts';
import { createBuckets } from '../local/buckets.ts';
import { openDataDirectory, pathOf } from '../local/data-directory.ts';
import { createKeys } from '../local/keys.ts';
import { openStores } from '../local/open.ts';
import { UsageError } from '../local/options.ts';
import { createQueues } from '../local/queues.ts';
import type { Deployment, DoctorOptions } from './options.ts';

/** No function that writes log, rows or objects lives longer (its timeout, one minute), in milliseconds; with room for clocks. */
const LONGEST_LIFE = 60_000 + 10_000;

/** With the credentials of the environment. */
function reach({ bucket, origin, ...tables }: Deployment) {
  return { documents: documentClient(), tables, place: { objects: objectClient(), bucket }, origin };
}

/** The registry on AWS, or the one in a data directory, which has to be stopped. What has to be closed goes to `opened`. */
export async function openDeployment({ deployment, data }: DoctorOptions, opened: (() => unknown)[]) {
  if (deployment) return { ...reach(deployment), untilIdle: () => sleep(LONGEST_LIFE) };
  // Whoever holds the lock of the data directory is alone.
  return { ...reach(await openLocal(data, opened)), untilIdle: async () => {} };
}

/**
 * Database and bucket of a data directory, without functions, schedules and port: nothing of the registry runs. What the
 * tables are called stands in the environment of the functions, as on AWS.
 */
async function openLocal(directory: string | undefined, opened: (() => unknown)[]): Promise<Deployment> {
  const path = pathOf({ data: directory });
  if (!existsSync(join(path, 'origin'))) {
    throw new UsageError(`No registry was ever started on ${path}: name its directory with --data DIR.`);
  }
  const data = openDataDirectory({ data: path, memory: false });
  opened.push(data.close);
  const { aws, wiring } = await openStores(data, 'http://localhost', opened);
  aws.answerWith(
    createAwsEndpoint({
      putEvents: () => {
        throw new Error('the doctor tells the bus nothing');
      },
      queues: createQueues(wiring.queues, data.state),
      keys: createKeys(wiring.keys, data.file('log-key.pem')),
      objects: createBuckets(wiring.buckets, data.file('buckets')),
    }),
  );
  const names = { EVENTS_TABLE: string, LOG_TABLE: string, VIEWS_TABLE: string, PUBLISHED_BUCKET: string };
  const env = readEnv(names, Object.assign({}, ...wiring.functions.map(({ environment }) => environment)));
  return {
    events: env.EVENTS_TABLE,
    log: env.LOG_TABLE,
    views: env.VIEWS_TABLE,
    bucket: env.PUBLISHED_BUCKET,
    origin: data.origin,
  };
}
