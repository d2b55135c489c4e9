// The registry on one machine: the wiring of the deployed stacks, with a local counterpart for each resource.
import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAwsEndpoint } from './aws-endpoint.ts';
import { createBuckets } from './buckets.ts';
import { tellBuilding } from './building.ts';
import { createBus } from './bus.ts';
import { type DataDirectory, note, openDataDirectory, pathOf, setNote } from './data-directory.ts';
import type { dynamoDb } from './dynamodb.ts';
import { DATABASES } from './engine/choose.ts';
import type { Database } from './engine/engine.ts';
import { loadExamples } from './examples.ts';
import { untilPublished } from './first-checkpoint.ts';
import { loadFunctions } from './functions.ts';
import { createGateway } from './gateway.ts';
import { openIssuer } from './issuer.ts';
import { createKeys } from './keys.ts';
import { openStores } from './open.ts';
import { type Options, readStartOptions, USAGE } from './options.ts';
import { startPollers } from './pollers.ts';
import { openPort, unavailable } from './port.ts';
import { createQueues } from './queues.ts';
import { startSchedules } from './schedules.ts';
import { createScrubber } from './scrub.ts';
import type { Wiring } from './specs.ts';
import { reportOf } from './start-errors.ts';
import { isProver, untilStated, withInterval } from './statements.ts';
import { isEmpty } from './tables.ts';
import { createDeliver } from './targets.ts';
import { hush, keepLogs, print, printLast } from './terminal.ts';

/** How long stopping may take, in milliseconds. What has not ended by then resumes at the next start. */
const STOP_WITHIN = 8000;

/** What has to be closed at the end, the last opened first. */
const opened: (() => unknown)[] = [];
let isStopping = false;
let directory = '';

async function start(options: Options): Promise<void> {
  directory = pathOf(options);
  const data = openDataDirectory(options);
  directory = data.path;
  opened.push(data.close);
  const logs = keepLogs(data.file('functions.log'));
  opened.push(logs.close);
  const port = await openPort(options.port);
  const url = `http://localhost:${port.number}`;
  const issuer = await openIssuer(url, data.origin, data.file('issuer.json'));

  const scrubber = createScrubber(data, DATABASES);
  await scrubber.finish();
  // Before the database is opened, so that it is closed first.
  opened.push(scrubber.close);
  const { engine, aws, wiring, call } = await openStores(
    data,
    issuer,
    options.installEngine ? 'always' : 'ask',
    opened,
  );
  // For operators' commands beside this process.
  setNote(data.state, 'database', engine.endpoint);
  // When the database closes, only requests are left that were cut off.
  opened.push(hush);
  engine.died.then((why) => fail(why));
  const queues = createQueues(wiring.queues, data.state);
  const functions = await loadFunctions(withInterval(wiring.functions, options.statementInterval));
  const { deliver, stop: finishDeliveries } = createDeliver(queues, functions);
  opened.push(finishDeliveries);
  aws.answerWith(
    createAwsEndpoint({
      putEvents: createBus(wiring, deliver, (type) => {
        if (type === 'person.erased' && engine.isOurs) scrubber.erased();
      }),
      queues,
      keys: createKeys(wiring.keys, data.file('log-key.pem')),
      objects: createBuckets(wiring.buckets, data.file('buckets')),
    }),
  );

  // What is stated of the examples stands behind all of them, so that they have the same positions everywhere.
  const pollers = startPollers(wiring, { functions, queues, call, state: data.state }, ({ spec }) => isProver(spec));
  opened.push(pollers.stop);
  const gateway = createGateway(wiring, functions, pollers.writing);
  port.answerWith((request) => issuer.answer(request.url ?? '/') ?? gateway(request));
  const schedules = startSchedules(wiring.schedules, deliver);
  opened.push(schedules.stop);
  // The HTTP port closes first, so that the requests that it has accepted are still answered. Those with the first token that a
  // function sees need the issuer's keys, which this port serves.
  const stopping = unavailable('stopping');
  opened.push(() => port.close((request) => issuer.answer(request.url ?? '/') ?? stopping(request)));

  printPlaces(url, data, engine, options);
  const states = options.statementInterval !== 'never';
  const untilStop = new AbortController();
  opened.push(() => untilStop.abort());
  await tellBuilding(url, print, untilStop.signal);
  if (await wantsExamples(options, data, wiring, call)) {
    setNote(data.state, 'examples', 'loading');
    await loadExamples(url, issuer.token);
    setNote(data.state, 'examples', 'loaded');
    if (states) {
      pollers.release();
      await untilStated(url, untilStop.signal);
    }
  }
  if (states) pollers.release();
  await untilPublished(url, untilStop.signal);
  print(`ready ${url}`);
  flushCompileCache();
}

/** Whether to load the examples: once, into an empty registry, or again after an interruption. */
async function wantsExamples(
  { empty }: Options,
  { state }: DataDirectory,
  { tables, mappings }: Wiring,
  call: ReturnType<typeof dynamoDb>,
): Promise<boolean> {
  if (empty) return false;
  const noted = note(state, 'examples');
  if (noted !== undefined) return noted === 'loading';
  const events = tables.find(({ arn }) => mappings.some(({ source }) => source.startsWith(`${arn}/`)));
  return events !== undefined && isEmpty(events.name, call);
}

function printPlaces(url: string, { path, origin, file }: DataDirectory, engine: Database, { data, memory }: Options) {
  const option = memory ? ` --data ${path}` : data === undefined ? '' : ` --data ${data}`;
  print(`The Signings Registry ${origin}`);
  print(`  API        ${url}/v1 (described in ${url}/v1/openapi.json)`);
  print(`  history    ${url}/v1/events`);
  print(`  data       ${path}${memory ? ' (removed at the end)' : ''}`);
  print(`  database   ${engine.description}`);
  if (engine.origin !== undefined) print(`  engine     ${engine.origin}`);
  print(`  logs       ${file('functions.log')}`);
  print(`  a token    npx registry token --client gzde${option}`);
}

/** Closes everything in order, and exits when that takes too long. */
async function stop(code: number): Promise<never> {
  if (isStopping) return new Promise(() => {});
  isStopping = true;
  const ending = (async () => {
    for (const close of opened.reverse()) await close();
  })();
  await Promise.race([
    ending.catch((error) => code === 0 && printLast(`error: ${error.message}`)),
    sleep(STOP_WITHIN, undefined, { ref: false }),
  ]);
  process.exit(code);
}

function fail(error: unknown): Promise<never> {
  const { text, code } = reportOf(error, directory);
  if (!isStopping) printLast(text);
  hush();
  return stop(code);
}

/** Ends this process with the npm or start.mjs that started it, even when that was killed. */
function watchParent(): void {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== 'start' && process.env.REGISTRY_PARENT !== String(parent)) return;
  setInterval(() => (process.ppid !== parent || !isRunning(parent)) && stop(1), 250).unref();
}

/** On Windows a process keeps the id of a parent that has ended. */
function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0));
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
watchParent();
try {
  const options = readStartOptions(process.argv.slice(2));
  if (options.help) print(USAGE);
  else await start(options);
} catch (error) {
  await fail(error);
}
