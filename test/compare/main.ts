// `npm run compare -- <git ref>`: whether this build behaves as another one does. Both get the same commands at the same
// moments; what they answer, store and serve afterwards has to be the same bytes. Only texts may differ, and are listed.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Build, checkOut, copyOf, killAll, root, start } from './builds.ts';
import { compareCheckouts } from './checkout.ts';
import { type Clock, createClock } from './clock.ts';
import { compareCommandLine } from './command-line.ts';
import { type ApiDocument, compareDocuments } from './documents.ts';
import { runHistory, type Told, worldOf } from './history.ts';
import { type Pair, pairOf, settle } from './pair.ts';
import { compareReadings } from './readings.ts';
import { createReport, type Report } from './report.ts';
import { acceptedHistory, compareTables, loadAcceptedHistory } from './tables.ts';
import type { World } from './world.ts';

const USAGE = `npm run compare -- <git ref> [--commands N] [--seed N]

  --commands N   how many commands both builds get (2000)
  --seed N       which ones (1)`;

const YEARS = 2 * 365 * 24 * 60 * 60 * 1000;

interface Run {
  readonly builds: readonly [Build, Build];
  readonly folder: string;
  readonly clock: Clock;
  readonly report: Report;
  readonly commands: number;
  readonly seed: number;
}

/** The same origin and the same key, else no two logs are the same. */
function dataDirectory(folder: string, name: string, origin: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'origin'), `${origin}\n`);
  // PKCS#8 of an Ed25519 key (RFC 8410) whose 32 bytes are all the same.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]);
  writeFileSync(
    join(path, 'log-key.pem'),
    `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`,
  );
  return path;
}

const step = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

/** The history that the tests keep because it was accepted once, with events of older versions in it. */
async function compareAcceptedHistory(run: Run, document: ApiDocument): Promise<void> {
  const { builds, folder, clock, report, seed } = run;
  const [file, fileNow] = builds.map((build) => readFileSync(acceptedHistory(build), 'utf8')) as [string, string];
  report.same('the file of the accepted history', '', file, fileNow);
  const { source } = JSON.parse(file.split('\n', 1)[0] ?? '');
  const pair = await startBoth(
    builds.map((_, index) => dataDirectory(folder, `accepted-${index}`, source)),
    run,
    '--empty',
  );
  await loadAcceptedHistory(pair, builds[0]);
  await settle(pair, clock);
  await compareAll(pair, document, await worldOf(pair, document, seed), report.about('accepted history'));
  await pair.stop(report);
}

/** The example as `npm start` loads it, and the history of commands after it. Answers what the old build leaves. */
async function compareHistory(run: Run, data: readonly string[]): Promise<ApiDocument> {
  const { clock, report, folder, commands, seed } = run;
  const pair = await startBoth(data, run);
  const [started, startedNow] = pair.registries.map(({ printed }) =>
    printed().filter((line) => !line.startsWith('error: ')),
  );
  report.allow('what npm start prints', started ?? [], startedNow ?? []);
  await settle(pair, clock);
  const document = await compareDocuments(pair, report);
  step('the example');
  await compareAll(pair, document, await worldOf(pair, document, seed), report.about('example'));
  await compareAcceptedHistory(run, document);
  step(`${commands} commands`);
  const told = await runHistory(pair, clock, document, commands, seed, report);
  tell(told, report);
  step('what became of them');
  await settle(pair, clock);
  await compareAll(pair, document, told.world, report, true);
  await compareCommandLine(pair, folder, report);
  const verified = await pair.registries[0].command('verify', '--state', join(folder, 'state'));
  report.holds('goes on', verified.code === 0, `verify --state of the old build: ${verified.stdout}${verified.stderr}`);
  await pair.stop(report);
  return document;
}

/** Two years later: the old build goes on with what it left, and the new one with a copy of the very same. */
async function compareGoingOn(run: Run, [data = '']: readonly string[], document: ApiDocument): Promise<void> {
  const { clock, report, folder, commands, seed } = run;
  const copy = copyOf(data, join(folder, 'handed-over'));
  clock.advance(YEARS);
  const pair = await startBoth([data, copy], run);
  await settle(pair, clock);
  const later = report.about('goes on');
  const told = await runHistory(pair, clock, document, Math.ceil(commands / 10), seed + 1, later);
  await settle(pair, clock);
  await compareAll(pair, document, told.world, later);
  for (const args of [
    ['verify', '--state', join(folder, 'state')],
    ['replay', '--compare', '--rows'],
  ]) {
    const { code, stdout, stderr } = await pair.registries[1].command(...args);
    report.holds('goes on', code === 0, `registry ${args.join(' ')} of the new build: ${stdout}${stderr}`);
    console.log(stdout.trimEnd());
    const extends_ = args[0] !== 'verify' || stdout.includes('It extends the ');
    report.holds('goes on', extends_, `verify --state went on from nothing: ${stdout}`);
  }
  await pair.stop(report);
}

async function compareAll(
  pair: Pair,
  document: ApiDocument,
  world: World,
  report: Report,
  byParameters = false,
): Promise<void> {
  await compareReadings(pair, document, world, report, byParameters);
  await compareTables(pair, report);
}

async function startBoth(data: readonly string[], { builds, clock }: Run, ...options: string[]): Promise<Pair> {
  const [before, now] = data as [string, string];
  // One after the other: each makes the templates that it needs, and these are kept in one place.
  const first = await start(builds[0], before, clock, ...options);
  return pairOf(first, await start(builds[1], now, clock, ...options));
}

function tell({ statuses, problems, kinds, types, world }: Told, report: Report): void {
  const counted = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  console.log(`  kinds: ${counted(kinds)}\n  statuses: ${counted(statuses)}\n  problems: ${counted(problems)}`);
  console.log(`  ${world.records.size} records, events of ${types.size} types`);
  const accepted = (statuses.get('201') ?? 0) + (statuses.get('200') ?? 0);
  const enough = [...statuses.values()].reduce((sum, count) => sum + count, 0) / 4;
  report.holds('answers to commands', accepted > enough, `only ${accepted} commands were accepted`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { commands: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
  });
  const [ref, ...more] = positionals;
  const [commands, seed] = [Number(values.commands), Number(values.seed)];
  if (ref === undefined || more.length > 0 || !(commands > 0) || !Number.isSafeInteger(seed)) {
    console.error(USAGE);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'compare-'));
  process.on('exit', () => {
    killAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
  const builds = [checkOut(ref, join(folder, 'old')), { name: 'this build', root }] as const;
  const run = { builds, folder, clock: createClock(join(folder, 'clock')), report: createReport(), commands, seed };
  const data = builds.map((_, index) => dataDirectory(folder, `data-${index}`, 'registry.example.org'));
  try {
    step(`${builds[0].name} and this build: stacks and tests`);
    await compareCheckouts(builds, folder, run.report);
    step('the documents');
    const document = await compareHistory(run, data);
    step('the new build goes on where the old one ended');
    await compareGoingOn(run, data, document);
  } catch (error) {
    step(`${run.report.table().text}\n\nThe comparison ended early:`);
    throw error;
  }
  const { text, isSame } = run.report.table();
  step(`${text}\n\n${isSame ? 'Both builds behave the same.' : 'The builds differ.'}`);
  return isSame ? 0 : 1;
}

process.exit(await main());
