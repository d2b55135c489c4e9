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

/** The timeout of the functions that write log, rows or objects is one minute; ten seconds more for clocks. */
const LONGEST_INVOCATION_MILLISECONDS = 60_000 + 10_000;

/** Nobody sends the doctor a token. */
const NO_ISSUER = { issuer: 'http://localhost', discovery: 'http://localhost' };

/** With the credentials of the environment. */
function reach({ bucket, origin, ...tables }: Deployment) {
  return { documents: documentClient(), tables, place: { objects: objectClient(), bucket }, origin };
}

/** A registry on AWS, or that of a data directory, which has to be stopped. `opened` gets what has to be closed. */
export async function openDeployment({ deployment, data }: DoctorOptions, opened: (() => unknown)[]) {
  if (deployment) return { ...reach(deployment), untilIdle: () => sleep(LONGEST_INVOCATION_MILLISECONDS) };
  // The lock of the data directory excludes every other process.
  return { ...reach(await openLocal(data, opened)), untilIdle: async () => {} };
}

/**
 * Opens database and bucket of a data directory without functions, schedules and HTTP port: nothing of the registry
 * runs. The environment of the functions has the names of the tables, as on AWS.
 */
async function openLocal(directory: string | undefined, opened: (() => unknown)[]): Promise<Deployment> {
  const path = pathOf({ data: directory });
  if (!existsSync(join(path, 'origin'))) {
    throw new UsageError(`No registry was ever started on ${path}: name its directory with --data DIR.`);
  }
  const data = openDataDirectory({ data: path, memory: false });
  opened.push(data.close);
  const { aws, wiring } = await openStores(data, NO_ISSUER, 'never', opened);
  aws.answerWith(
    createAwsEndpoint({
      putEvents: () => {
        throw new Error('the doctor announces nothing');
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
