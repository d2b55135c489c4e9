import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { fetchHeld as fetch } from '../support/contract.ts';
import { type RunningRegistry, startRegistry, temporaryDirectory, tokenFor } from './registry.ts';
import { evidence, organization, signedAgreement } from './signed-agreement.ts';

const NAME = 'Chen Example-Person';

/** The promise is a minute. */
const GONE_WITHIN = 60_000;
const PATIENCE = 240_000;

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step().catch(() => {});
});

async function started(data?: string) {
  const directory = data ?? (await newDirectory());
  const registry = await startRegistry('--empty', '--data', directory);
  cleanUp.push(() => registry.kill());
  return { registry, directory, tokens: await tokensOf(directory) };
}
type Started = Awaited<ReturnType<typeof started>>;

async function newDirectory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  cleanUp.push(remove);
  return path;
}

async function tokensOf(directory: string) {
  return { gzde: await tokenFor('gzde', directory), registrar: await tokenFor('registrar', directory) };
}

async function send(
  { registry, tokens }: Started,
  client: 'gzde' | 'registrar',
  path: string,
  body: object,
  key: string,
) {
  return fetch(registry.url + path, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${tokens[client]}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
      Prefer: 'wait=10',
    },
    body: JSON.stringify(body),
  });
}

/** The id of a person who has signed. */
async function signed(registry: Started, key: string): Promise<string> {
  const commands = signedAgreement(NAME, key);
  const landed = (await (await send(registry, 'gzde', '/v1/submissions', { commands }, key)).json()) as {
    ids: { agreement: string };
  };
  const answer = await fetch(`${registry.registry.url}/v1/agreements/${landed.ids.agreement}`);
  const { signatures } = (await answer.json()) as { signatures: { signatory: { person: string } }[] };
  return signatures[0]?.signatory.person as string;
}

async function erase(registry: Started, person: string): Promise<void> {
  const erasure = { legalBasis: 'Article 17', evidence };
  expect((await send(registry, 'registrar', `/v1/people/${person}/erase`, erasure, 'erase')).status).toBe(200);
}

/** The files of the data directory that hold the name. */
const holding = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => existsSync(file) && readFileSync(file).includes(NAME));

/** How long until no file holds the name, in milliseconds. */
async function untilGone(directory: string): Promise<number> {
  const began = performance.now();
  while (holding(directory).length > 0) {
    const waited = performance.now() - began;
    if (waited > GONE_WITHIN) throw new Error(`still in ${holding(directory).join(', ')}`);
    await sleep(250);
  }
  return performance.now() - began;
}

/** Registers organizations until it is told to stop; every status that was answered, with how often. */
function keepSubmitting(registry: Started) {
  const statuses: Record<number, number> = {};
  let isStopped = false;
  const worker = async (number: number) => {
    for (let count = 0; !isStopped; count++) {
      const { status } = await send(registry, 'gzde', '/v1/organizations', organization('Any'), `${number}-${count}`);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const workers = Array.from({ length: 8 }, (_, number) => worker(number));
  return async () => {
    isStopped = true;
    await Promise.all(workers);
    return statuses;
  };
}

test('an erased name is gone from all files within a minute, while others go on submitting', {
  timeout: PATIENCE,
}, async () => {
  const registry = await started();
  const person = await signed(registry, 'first');
  const stop = keepSubmitting(registry);
  expect(holding(registry.directory).length).toBeGreaterThan(0);
  await erase(registry, person);
  await untilGone(registry.directory);
  const statuses = await stop();
  expect(Object.keys(statuses)).toEqual(['201']);
  expect(holding(registry.directory)).toEqual([]);

  // The database is whole, and so is what the engine makes of it.
  const next = await signed(registry, 'second');
  expect(holding(registry.directory).length).toBeGreaterThan(0);
  await registry.registry.end('SIGTERM');
  expect(integrityOf(registry.directory)).toBe('ok');
  const again = await started(registry.directory);
  await erase(again, next);
  await untilGone(again.directory);
});

const integrityOf = (directory: string): unknown => {
  const database = new DatabaseSync(join(directory, 'registry.sqlite'), { readOnly: true });
  try {
    return database.prepare('PRAGMA integrity_check').get()?.integrity_check;
  } finally {
    database.close();
  }
};

test('a kill right after the erasure is made up for at the next start', { timeout: PATIENCE }, async () => {
  const registry = await started();
  await erase(registry, await signed(registry, 'first'));
  await registry.registry.kill();
  const { directory } = await started(registry.directory);
  await untilGone(directory);
});

test('a stop right after the erasure takes the name along', { timeout: PATIENCE }, async () => {
  const registry = await started();
  await erase(registry, await signed(registry, 'first'));
  await announced(registry.registry);
  expect(await registry.registry.end('SIGTERM')).toBe(0);
  expect(holding(registry.directory)).toEqual([]);
});

/** The bus is told after sealing: the feed has everything then. */
async function announced({ url }: RunningRegistry): Promise<void> {
  for (;;) {
    const events = (await (await fetch(`${url}/v1/events?limit=1000`)).json()) as { type: string }[];
    if (events.some(({ type }) => type === 'person.erased')) return sleep(1000);
    await sleep(50);
  }
}
