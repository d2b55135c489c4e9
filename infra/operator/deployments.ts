import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { documentClient, objectClient } from '../../functions/runtime/clients.ts';
import { readEnv, string } from '../../functions/runtime/env.ts';
import { createAwsEndpoint } from '../local/aws-endpoint.ts';
import { createBuckets } from '../local/buckets.ts';
import { DirectoryInUse, noteOfRunning, openDataDirectory, originOf, pathOf } from '../local/data-directory.ts';
import { isolateFromAws } from '../local/environment.ts';
import { createKeys } from '../local/keys.ts';
import { openStores } from '../local/open.ts';
import { UsageError } from '../local/options.ts';
import { createQueues } from '../local/queues.ts';
import type { FunctionSpec } from '../local/specs.ts';
import { readTemplates } from '../local/templates.ts';
import { readWiring } from '../local/wiring.ts';
import type { Opened } from './operate.ts';
import type { Deployment, DoctorOptions, Tables } from './options.ts';

/** The timeout of the functions that write log, rows or objects is one minute; ten seconds more for clocks. */
const LONGEST_INVOCATION_MILLISECONDS = 60_000 + 10_000;

/** Nobody sends the doctor a token. */
const NO_ISSUER = { issuer: 'http://localhost', discovery: 'http://localhost' };

/** With the credentials of the environment. */
function reach({ bucket, origin, ...tables }: Deployment) {
  return { documents: documentClient(), tables, place: { objects: objectClient(), bucket }, origin };
}

/** A registry on AWS, or that of a data directory, which has to be stopped. `opened` gets what has to be closed. */
export async function openDeployment({ deployment, data }: DoctorOptions, opened: Opened) {
  if (deployment) return { ...reach(deployment), untilIdle: () => sleep(LONGEST_INVOCATION_MILLISECONDS) };
  // The lock of the data directory excludes every other process.
  return { ...reach(await openLocal(data, opened)), untilIdle: async () => {} };
}

/** The tables of a registry, and how operators' commands work beside it. */
export interface OpenTables {
  readonly documents: ReturnType<typeof documentClient>;
  readonly tables: Tables;
  /** Whether its functions run: on AWS they do. */
  readonly isRunning: boolean;
  /** Resolves when every function that began before the call has ended. */
  readonly untilIdle: () => Promise<unknown>;
}

/** Requests to a registry on one machine end within seconds, and no request relies on an older read. */
const LONGEST_REQUEST_MILLISECONDS = 10_000;

/** The tables of a registry on AWS, or of that of a data directory, whether it runs or not. */
export async function openTables(
  { tables, data }: { readonly tables?: Tables; readonly data?: string | undefined },
  opened: Opened,
): Promise<OpenTables> {
  if (tables) {
    return {
      documents: documentClient(),
      tables,
      isRunning: true,
      untilIdle: () => sleep(LONGEST_INVOCATION_MILLISECONDS),
    };
  }
  try {
    const { events, log, views } = await openLocal(data, opened);
    return { documents: documentClient(), tables: { events, log, views }, isRunning: false, untilIdle: async () => {} };
  } catch (error) {
    if (!(error instanceof DirectoryInUse)) throw error;
    return openRunning(pathOf({ data }));
  }
}

/** The tables of the registry that has the data directory open, in its database. */
async function openRunning(path: string): Promise<OpenTables> {
  const endpoint = noteOfRunning(path, 'database');
  if (endpoint === undefined) throw new UsageError(`the registry that runs on ${path} is of an earlier release`);
  const origin = originOf(path);
  const stacks = await readTemplates({ origin, ...NO_ISSUER });
  // Its tables alone are reached: nothing answers for the other services of AWS.
  isolateFromAws({ dynamodb: endpoint, aws: 'http://127.0.0.1:9' });
  const wiring = readWiring(stacks, { endpoint: 'http://127.0.0.1:9', suffix: origin.split('/').at(-1) ?? '' });
  const env = tableNames(wiring.functions);
  return {
    documents: documentClient(),
    tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE, views: env.VIEWS_TABLE },
    isRunning: true,
    untilIdle: () => sleep(LONGEST_REQUEST_MILLISECONDS),
  };
}

/** As the environment of the functions has them. */
const tableNames = (functions: readonly FunctionSpec[]) =>
  readEnv(
    { EVENTS_TABLE: string, LOG_TABLE: string, VIEWS_TABLE: string, PUBLISHED_BUCKET: string },
    Object.assign({}, ...functions.map(({ environment }) => environment)),
  );

/**
 * Opens database and bucket of a data directory without functions, schedules and HTTP port: nothing of the registry
 * runs. The environment of the functions has the names of the tables, as on AWS.
 */
async function openLocal(directory: string | undefined, opened: Opened): Promise<Deployment> {
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
  const env = tableNames(wiring.functions);
  return {
    events: env.EVENTS_TABLE,
    log: env.LOG_TABLE,
    views: env.VIEWS_TABLE,
    bucket: env.PUBLISHED_BUCKET,
    origin: data.origin,
  };
}
