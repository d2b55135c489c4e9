import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { READ_MODELS, type ReadModelsStatement } from '../../domain/bookkeeping.ts';
import { checkpointOf, startRegistry, temporaryDirectory, tokenFor } from './registry.ts';

/** `PROVABLE=50 npm test -- test/system/statements` measures more submissions. */
const SUBMISSIONS = Number(process.env.PROVABLE ?? 15);

interface FeedEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly position: number;
  readonly data: unknown;
}

const directory = await temporaryDirectory();
afterAll(() => directory.remove());

const eventsOf = async (url: string, after?: number): Promise<FeedEvent[]> =>
  (await fetch(`${url}/v1/events?limit=1000${after === undefined ? '' : `&after=${after}`}`)).json() as never;

const isStatement = ({ subject }: FeedEvent): boolean => subject === READ_MODELS;
const reached = ({ data }: FeedEvent): number =>
  Math.max(...(data as ReadModelsStatement).models.map(({ position }) => position));

test('the examples have the positions that they always had: what is stated of them stands behind them all', async () => {
  const registry = await startRegistry('--data', directory.path, '--statement-interval', '60');
  try {
    const events = await eventsOf(registry.url);
    expect(events.findIndex(isStatement)).toBe(events.length - 1);
    expect(events.at(-1)).toMatchObject({ id: 'read-models/1', position: 76 });
    expect(events.slice(-1).map(reached)).toEqual([75]);
    await checkpointOf(registry.url, 77);
  } finally {
    await registry.end('SIGTERM');
  }
});

test('a submission can be proven soon after it is sealed', async () => {
  const registry = await startRegistry('--data', directory.path, '--statement-interval', '0');
  const { url } = registry;
  try {
    const token = await tokenFor('gzde', directory.path);
    const milliseconds: number[] = [];
    let after = 76;
    for (let left = SUBMISSIONS; left > 0; left -= 1) {
      const begun = performance.now();
      const response = await fetch(`${url}/v1/organizations`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': `provable-${left}`,
          Prefer: 'wait=5',
        },
        body: JSON.stringify({
          kind: 'company',
          names: [{ value: `Company ${left}`, lang: 'en' }],
          evidence: [{ source: { title: 'A newspaper' }, basis: 'stated' }],
        }),
      });
      expect(response.status).toBe(201);
      const { position } = (await response.json()) as { position: number };
      for (;;) {
        const stated = (await eventsOf(url, after)).find((event) => isStatement(event) && reached(event) >= position);
        if (stated) {
          await checkpointOf(url, stated.position + 1);
          after = stated.position;
          break;
        }
        await sleep(20);
      }
      milliseconds.push(performance.now() - begun);
      // A quiet time, in which all that was sealed is published.
      await sleep(1_000);
    }
    milliseconds.sort((one, other) => one - other);
    const at = (share: number) => Math.round(milliseconds[Math.ceil(share * milliseconds.length) - 1] ?? 0);
    console.log(`submit → provable, of ${SUBMISSIONS}: median ${at(0.5)} ms, p95 ${at(0.95)} ms`);
    expect(milliseconds).toHaveLength(SUBMISSIONS);
    const events = await eventsOf(url);
    expect(events.filter(isStatement)).toHaveLength(1 + SUBMISSIONS);
  } finally {
    await registry.end('SIGTERM');
  }
});
