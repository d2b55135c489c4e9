import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchHeld as fetch } from '../support/contract.ts';
import {
  checkpointOf,
  type RunningRegistry,
  registryCommand,
  startRegistry,
  temporaryDirectory,
  tokenFor,
} from './registry.ts';

let data: Awaited<ReturnType<typeof temporaryDirectory>>;
let backup: typeof data;
let running: RunningRegistry | undefined;

beforeAll(async () => {
  [data, backup] = await Promise.all([temporaryDirectory(), temporaryDirectory()]);
});
afterAll(async () => {
  await running?.kill();
  await Promise.all([data, backup].map((directory) => directory.remove()));
});

const doctor = (...options: string[]) => registryCommand('doctor', '--data', data.path, ...options);

async function start(): Promise<RunningRegistry> {
  running = await startRegistry('--data', data.path);
  return running;
}

async function end(): Promise<void> {
  expect(await running?.end('SIGTERM')).toBe(0);
  running = undefined;
}

async function register(name: string): Promise<void> {
  const response = await fetch(`${running?.url}/v1/organizations`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${await tokenFor('gzde', data.path)}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': name,
    },
    body: JSON.stringify({
      kind: 'company',
      names: [{ value: name, lang: 'en' }],
      evidence: [{ source: { title: 'Test' }, basis: 'stated' }],
    }),
  });
  expect(response.status).toBe(201);
}

// biome-ignore lint/suspicious/noExplicitAny: the test asserts what it is
async function get(path: string): Promise<any> {
  const response = await fetch(`${running?.url}${path}`);
  return response.ok ? response.json() : undefined;
}

/** The history, as soon as a signed checkpoint covers so many events. */
async function published(count: number): Promise<{ id: string }[]> {
  await checkpointOf(running?.url ?? '', count);
  return get('/v1/events?limit=1000');
}

async function copy(from: string, to: string): Promise<void> {
  const ours = async (directory: string) =>
    (await readdir(directory)).filter((name) => name.startsWith('registry.sqlite'));
  for (const name of await ours(to)) await rm(join(to, name));
  for (const name of await ours(from)) await copyFile(join(from, name), join(to, name));
}

test('a database of an hour ago is mended, whether or not the registry has run over it', async () => {
  await start();
  const examples = (await get('/v1/events?limit=1000')) as unknown[];
  await published(examples.length);
  expect(await doctor()).toMatchObject({ code: 2, stderr: expect.stringContaining('another registry runs') });
  await end();
  expect(await doctor()).toMatchObject({ code: 0, stdout: expect.stringContaining('Healthy') });

  await copy(data.path, backup.path);
  await start();
  for (const name of ['One', 'Two', 'Three']) await register(name);
  const history = await published(examples.length + 3);
  await end();

  await copy(backup.path, data.path);
  const asked = await doctor();
  expect(asked.code).toBe(1);
  expect(asked.stdout).toContain('lacks 3 published commits');
  expect(asked.stdout).toContain('Nothing was changed.');
  const { code, stdout } = await doctor('--yes', '--json');
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    expect.objectContaining({ state: 'ill', isMended: true, remains: [] }),
  ]);
  await start();
  expect(await get('/v1/events?limit=1000')).toEqual(history);
  await register('Four');
  const longer = await published(history.length + 1);
  await end();

  await copy(backup.path, data.path);
  await start();
  await register('Five');
  while (!running?.lines.some((line) => line.includes('the log is halted'))) await sleep(100);
  await end();
  expect(await doctor('--yes')).toMatchObject({ code: 0, stdout: expect.stringContaining('Done') });
  await start();
  const last = await published(longer.length + 1);
  expect(last.slice(0, longer.length)).toEqual(longer);
  expect(last).toHaveLength(longer.length + 1);
  expect(await registryCommand('verify', '--url', running?.url ?? '')).toMatchObject({ code: 0 });
  for (;;) {
    const { position } = await get('/v1/projections/records');
    if (position === last.length - 1) break;
    await sleep(100);
  }
  const listed = JSON.stringify(await get('/v1/organizations?limit=100'));
  for (const name of ['One', 'Two', 'Three', 'Four', 'Five']) expect(listed.split(`"${name}"`), name).toHaveLength(2);
  await end();
  expect(await doctor()).toMatchObject({ code: 0, stdout: expect.stringContaining('Healthy') });
});
