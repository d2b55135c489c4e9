import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { fetchHeld as fetch } from '../support/contract.ts';
import {
  type RunningRegistry,
  registryCommand,
  startAndKillAt,
  startRegistry,
  temporaryDirectory,
  tokenFor,
} from './registry.ts';

const ROUNDS = 3;
const IN_FLIGHT = 12;

interface FeedEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly position: number;
}

const directory = await temporaryDirectory();
let registry: RunningRegistry | undefined;
afterAll(async () => {
  await registry?.kill().catch(() => {});
  await directory.remove();
});

async function register(key: string, token: string, url: string): Promise<Response> {
  return fetch(`${url}/v1/organizations`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify({
      kind: 'company',
      names: [{ value: `Company ${key}`, lang: 'en' }],
      evidence: [{ source: { title: 'Test' }, basis: 'stated' }],
    }),
  });
}

/**
 * Submits from several sides at once until the registry is gone, which `kill` sees to when `enough` requests are
 * acknowledged. What it acknowledged: the record's id by key.
 */
async function submitUntilKilled(
  round: number,
  { url, kill }: RunningRegistry,
  token: string,
  enough: number,
): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  let killed: Promise<void> | undefined;
  const worker = async (number: number) => {
    for (let count = 0; ; count++) {
      const key = `${round}-${number}-${count}`;
      try {
        const response = await register(key, token, url);
        const { id } = (await response.json()) as { id: string };
        expect(response.status).toBe(201);
        acknowledged.set(key, id);
        if (acknowledged.size >= enough) killed ??= kill();
      } catch (error) {
        // The connection broke: nobody knows what became of this one.
        if (error instanceof TypeError) return;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, number) => worker(number)));
  expect(killed, 'the registry lives until it is killed').toBeDefined();
  await killed;
  return acknowledged;
}

async function everyEvent(url: string): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for (;;) {
    const after = events.length === 0 ? '' : `&after=${events.length - 1}`;
    const page = (await (await fetch(`${url}/v1/events?limit=1000${after}`)).json()) as FeedEvent[];
    if (page.length === 0) return events;
    events.push(...page);
  }
}

async function recordsPosition(url: string): Promise<number | undefined> {
  return ((await (await fetch(`${url}/v1/projections/records`)).json()) as { position?: number }).position;
}

/** Reads again until two readings in a row agree and the read model stands at the head. */
async function settled(url: string): Promise<FeedEvent[]> {
  for (let before = -1; ; ) {
    const events = await everyEvent(url);
    if (events.length === before && (await recordsPosition(url)) === events.length - 1) return events;
    before = events.length;
    await sleep(300);
  }
}

/** Everything is published, the published log holds, and it extends the checkpoint that was seen before the kill. */
async function verifies(url: string, size: number): Promise<void> {
  const state = join(directory.path, 'auditor.json');
  for (;;) {
    const { code, stdout, stderr } = await registryCommand('verify', '--url', url, '--state', state, '--json');
    // The first checkpoint may be a moment away.
    if (code !== 0 && !stdout.includes('it is missing')) {
      throw new Error(`registry verify ended with ${code}: ${stdout}${stderr}`);
    }
    if (code === 0 && (JSON.parse(stdout) as { size: number }).size === size) return;
    await sleep(300);
  }
}

test(`nothing acknowledged is lost when the whole process group is killed under load, ${ROUNDS} times over`, async () => {
  const acknowledged = new Map<string, string>();
  let sealed: FeedEvent[] = [];
  registry = await startRegistry('--data', directory.path, '--empty');
  for (let round = 0; round < ROUNDS; round++) {
    const token = await tokenFor('gzde', directory.path);
    const enough = randomInt(40, 120);
    for (const [key, id] of await submitUntilKilled(round, registry, token, enough)) acknowledged.set(key, id);

    registry = await startRegistry('--data', directory.path, '--empty');
    const events = await settled(registry.url);
    // The order is the one that was seen before, and has no gap.
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index));
    expect(events.slice(0, sealed.length)).toEqual(sealed);
    sealed = events;
    await verifies(registry.url, events.length);
    // Every event is there once, and so is every record that was acknowledged.
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const openings = events.filter(({ type }) => type === 'organization.registered').map(({ subject }) => subject);
    expect(openings).toEqual(expect.arrayContaining([...acknowledged.values()]));
    expect(new Set(acknowledged.values()).size).toBe(acknowledged.size);
  }

  // The same requests again change nothing, and get the first answer.
  const token = await tokenFor('gzde', directory.path);
  const again = [...acknowledged].slice(-200);
  for (const [key, id] of again) {
    const response = await register(key, token, registry.url);
    expect(response.headers.get('idempotency-replayed')).toBe('true');
    expect(await response.json()).toMatchObject({ id });
    expect((await fetch(`${registry.url}/v1/organizations/${id}`)).status).toBe(200);
  }
  expect(await everyEvent(registry.url)).toHaveLength(sealed.length);
});

test('loading of the examples that a kill broke off goes on at the next start, to the same records', async () => {
  const whole = await startRegistry('--memory');
  const expected = await settled(whole.url);
  await whole.end('SIGTERM');

  const broken = await temporaryDirectory();
  await startAndKillAt(/ loaded .*02-/, '--data', broken.path);
  const mended = await startRegistry('--data', broken.path);
  try {
    const ids = (events: readonly FeedEvent[]) => events.map(({ id }) => id).sort();
    expect(ids(await settled(mended.url))).toEqual(ids(expected));
  } finally {
    await mended.kill();
    await broken.remove();
  }
});
