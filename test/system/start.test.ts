import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { fetchHeld as fetch } from '../support/contract.ts';
import {
  processesOn,
  type RunningRegistry,
  registryCommand,
  startRegistry,
  temporaryDirectory,
  tokenFor,
} from './registry.ts';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step().catch(() => {});
});

async function dataDirectory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  cleanUp.push(remove);
  return path;
}

async function start(...options: string[]): Promise<RunningRegistry> {
  const registry = await startRegistry(...options);
  cleanUp.push(() => registry.kill());
  return registry;
}

async function get(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

test('loads the examples with a line for each, is ready, ends with 0, and goes on at the next start', async () => {
  const data = await dataDirectory();
  const first = await start('--data', data);
  const loaded = first.lines.filter((line) => line.includes('loaded '));
  expect(loaded.length).toBeGreaterThan(0);
  for (const line of loaded) expect(line).toMatch(/guangzhou-2023\/\d\d-.*position \d+/);
  expect(first.lines.at(-1)).toBe(`ready ${first.url}`);
  const events = (await get(`${first.url}/v1/events?limit=1000`)) as unknown[];
  expect(events.length).toBeGreaterThan(20);
  expect(await get(`${first.url}/v1/projections/records`)).toMatchObject({ position: events.length - 1, lag: 0 });
  expect(await first.end('SIGTERM')).toBe(0);
  expect(await first.processes()).toEqual([]);
  expect(await processesOn(data)).toEqual([]);

  const second = await start('--data', data);
  expect(second.lines.filter((line) => line.includes('loaded '))).toEqual([]);
  expect(await get(`${second.url}/v1/events?limit=1000`)).toEqual(events);
  expect(await second.end('SIGINT')).toBe(0);
  expect(await processesOn(data)).toEqual([]);
});

test('refuses a second registry on the same data directory, and a port that is taken', async () => {
  const data = await dataDirectory();
  const registry = await start('--data', data, '--empty');
  await expect(startRegistry('--data', data)).rejects.toThrow(/ended with 2:.*another registry runs on/s);
  const port = new URL(registry.url).port;
  await expect(startRegistry('--memory', '--port', port)).rejects.toThrow(/ended with 2:.*port \d+ is in use/s);
  expect(await get(`${registry.url}/v1/events`)).toEqual([]);
});

test('keeps nothing of a registry in memory', async () => {
  const registry = await start('--memory', '--empty');
  const data = registry.lines.join('\n').match(/data +(\S+) \(removed at the end\)/)?.[1] ?? '';
  expect(existsSync(data)).toBe(true);
  expect(await registry.end('SIGTERM')).toBe(0);
  expect(existsSync(data)).toBe(false);
});

test('ends loudly when its database has ended', async () => {
  const data = await dataDirectory();
  const registry = await start('--data', data, '--empty');
  const { execFileSync } = await import('node:child_process');
  const engine = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .find((line) => /^\s*\d+ \S*dynoxide serve /.test(line) && line.includes(data));
  process.kill(Number.parseInt(engine ?? '', 10), 'SIGKILL');
  expect(await registry.ended).toBe(1);
  expect(registry.lines.join('\n')).toMatch(/database \(dynoxide\) has ended unexpectedly/);
});

test('leaves no process behind when npm alone is killed', async () => {
  const data = await dataDirectory();
  const registry = await start('--data', data, '--empty');
  const [npm] = await registry.processes();
  process.kill(npm as number, 'SIGKILL');
  // Whatever were left would be waited for until the test's time is over.
  while ((await processesOn(data)).length > 0) await sleep(100);
});

test('gives tokens for its clients to whoever may read its data directory', async () => {
  const data = await dataDirectory();
  expect(await registryCommand('token', '--client', 'gzde', '--data', data)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(`No registry was ever started on ${data}`),
  });
  await start('--data', data, '--empty');
  expect(await tokenFor('gzde', data)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect((await stat(join(data, 'issuer.json'))).mode & 0o777).toBe(0o600);
  const { stdout } = await registryCommand('token', '--client', 'registrar', '--data', data, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ token_type: 'Bearer', scope: 'registry/registrar' });
  expect(await registryCommand('token', '--client', 'nobody', '--data', data)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Nobody has appointed the client "nobody"'),
  });
  expect(await registryCommand('token', '--data', data)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--client is missing'),
  });
  expect(await registryCommand('tokens')).toMatchObject({ code: 2, stderr: expect.stringContaining('"tokens"') });
});
