import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projections } from '../../domain/projections/projections.ts';
import { fetchHeld as fetch } from '../support/contract.ts';
import { type RunningRegistry, registryCommand, startRegistry, temporaryDirectory, tokenFor } from './registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let data: Awaited<ReturnType<typeof temporaryDirectory>>;
let running: RunningRegistry;
beforeAll(async () => {
  data = await temporaryDirectory();
  running = await startRegistry('--data', data.path);
});
afterAll(async () => {
  await running?.kill();
  await data?.remove();
});

/** A rebuild that is killed as soon as its build has begun. */
async function killed(name: string): Promise<void> {
  const rebuild: ChildProcess = spawn(join(root, 'clients/cli/bin.mjs'), ['rebuild', name, '--data', data.path], {
    detached: true,
    stdio: 'ignore',
  });
  const ended = once(rebuild, 'exit');
  while (rebuild.exitCode === null && !(await stateOf(name)).building) await sleep(20);
  process.kill(-(rebuild.pid as number), 'SIGKILL');
  await ended;
}

// biome-ignore lint/suspicious/noExplicitAny: the test asserts what it is
const stateOf = async (name: string): Promise<any> => (await fetch(`${running.url}/v1/projections/${name}`)).json();

/** Goes on until it is told to end; answers how often it was done. */
function repeatedly(once: (time: number) => Promise<void>) {
  let isOver = false;
  const ended = (async () => {
    let times = 0;
    for (; !isOver; times += 1) await once(times);
    return times;
  })();
  // It is awaited at the end.
  ended.catch(() => {});
  return () => {
    isOver = true;
    return ended;
  };
}

test('every read model is rebuilt under load, killed twice, with equal digests, and no read fails', async () => {
  const token = await tokenFor('gzde', data.path);
  const submit = async (time: number) => {
    const response = await fetch(`${running.url}/v1/organizations`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': `load-${time}`,
      },
      body: JSON.stringify({
        kind: 'company',
        names: [{ value: `Company ${time}`, lang: 'en' }],
        evidence: [{ source: { title: 'Test' }, basis: 'stated' }],
      }),
    });
    expect(response.status).toBe(201);
  };
  let last = -1;
  const poll = async () => {
    for (const path of ['/v1/organizations', '/v1/timeline']) {
      const response = await fetch(`${running.url}${path}`);
      expect(response.status, path).toBe(200);
      const position = Number(response.headers.get('registry-position'));
      expect(position).toBeGreaterThanOrEqual(last);
      last = position;
      const { items } = (await response.json()) as { items: unknown[] };
      expect(items.length).toBeGreaterThan(0);
    }
    await sleep(20);
  };
  const endings = [repeatedly(submit), repeatedly(poll)];
  for (const { name, revision } of projections) {
    await killed(name);
    await killed(name);
    const { code, stdout, stderr } = await registryCommand('rebuild', name, '--data', data.path, '--json');
    expect(code, stdout + stderr).toBe(0);
    const { to, compared, stored } = JSON.parse(stdout);
    expect(compared.built).toBe(compared.served);
    expect(stored).toMatchObject({ isAsWritten: true, unexplained: [] });
    const { build, building } = await stateOf(name);
    expect([`${name}@${revision}.${build}`, building]).toEqual([to, undefined]);
  }
  const [submitted = 0, polled = 0] = await Promise.all(endings.map((end) => end()));
  expect([submitted, polled].every((times) => times > 5)).toBe(true);
  console.log(`${submitted} submissions and ${polled} polls meanwhile`);

  // Stopped and started, without a new event: what was built is read.
  const { build } = await stateOf('records');
  expect(await running.end('SIGTERM')).toBe(0);
  expect(await registryCommand('rebuild', 'records', '--drop', '--data', data.path)).toMatchObject({ code: 0 });
  expect(await registryCommand('rebuild', 'records', '--data', data.path)).toMatchObject({ code: 0 });
  running = await startRegistry('--data', data.path);
  expect(await stateOf('records')).toMatchObject({ build: build + 1, lag: 0 });
  await poll();
});
