import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { eventAt, publishedLog } from './support/published.ts';
import { temporary } from './support/run.ts';
import { feedOf, objectsOf, serve } from './support/server.ts';

const main = fileURLToPath(new URL('../../clients/cli/main.ts', import.meta.url));

/**
 * As a process of its own, whose heap ends at 64 MB: the log alone has more. The young generation is kept small, or else
 * it grows with the rate to some 150 MB of garbage, at any size of the log, and would hide what is measured.
 */
async function verifyInLittleMemory(...args: string[]) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--max-old-space-size=64',
    '--max-semi-space-size=2',
    main,
    'verify',
    '--json',
    ...args,
  ]);
  return JSON.parse(stdout) as { size: number; events: number; eventsPerSecond: number; peakMemoryBytes: number };
}

it('verifies 100,000 events of 1 KB, and what the API tells of them, in memory that does not grow with the log', async () => {
  const fill = 'x'.repeat(880);
  const events = Array.from({ length: 100_000 }, (_, at) => eventAt(at, fill));
  const log = publishedLog(events);
  const tenth = publishedLog(events.slice(0, 10_000));
  await using server = await serve(objectsOf(log), feedOf(log));
  await using small = await serve(objectsOf(tenth), feedOf(tenth));
  await using directory = await temporary();
  const state = directory.file('state.json');

  const few = await verifyInLittleMemory('--url', small.url);
  const all = await verifyInLittleMemory('--url', server.url, '--state', state);
  const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
  console.log(
    `${all.events} events at ${all.eventsPerSecond} events/s, ${megabytes(all.peakMemoryBytes)} MB at most;`,
    `${few.events} events: ${megabytes(few.peakMemoryBytes)} MB`,
  );
  expect(all).toMatchObject({ holds: true, events: 100_000 });
  // The larger log has 90 MB more. What a run holds in flight does not depend on it.
  expect(all.peakMemoryBytes - few.peakMemoryBytes).toBeLessThan(75 * 1024 * 1024);
  expect(all.peakMemoryBytes).toBeLessThan(250 * 1024 * 1024);

  const again = await verifyInLittleMemory('--url', server.url, '--state', state);
  expect(again).toMatchObject({ size: 100_000, events: 0 });
});
