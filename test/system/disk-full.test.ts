import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchHeld as fetch } from '../support/contract.ts';
import { launchStart, mountSmall, skip, whyNoMount, withoutOverload } from './machine.ts';
import { startRegistry, temporaryDirectory, tokenFor } from './registry.ts';

const IN_FLIGHT = 4;
const PATIENCE = 240_000;

/** Registers organizations until the registry is gone: the ids that it acknowledged. */
async function fill(url: string, token: string, ended: Promise<unknown>): Promise<string[]> {
  const acknowledged: string[] = [];
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  const worker = async (number: number) => {
    for (let count = 0; !isOver; count++) {
      const response = await fetch(`${url}/v1/organizations`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': `${number}-${count}`,
        },
        body: JSON.stringify({
          kind: 'company',
          names: [{ value: `Company ${number}-${count}`, lang: 'en' }],
          evidence: [{ source: { title: 'T'.repeat(500) }, basis: 'stated' }],
        }),
      }).catch(() => undefined);
      if (response?.status === 201) acknowledged.push(((await response.json()) as { id: string }).id);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, number) => worker(number)));
  return acknowledged;
}

test('a disk that fills up ends the registry with one line, and takes nothing that was acknowledged', {
  timeout: PATIENCE,
}, async (context) => {
  const directory = await temporaryDirectory();
  const place = join(directory.path, 'small');
  const reason = whyNoMount(place);
  if (reason) return skip(context, reason);
  const mount = mountSmall(place, '6m');
  try {
    const full = launchStart(['--data', place]);
    const acknowledged = await fill(await full.ready, await tokenFor('gzde', place), full.ended);
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(withoutOverload(await full.ended)).toMatchObject({
      code: 1,
      stderr: `the disk under ${place} is full: free some space and start again; what was acknowledged is kept\n`,
    });

    mount.resize('100m');
    const registry = await startRegistry('--empty', '--data', place);
    try {
      for (const id of acknowledged) {
        expect((await fetch(`${registry.url}/v1/organizations/${id}`)).status, id).toBe(200);
      }
      expect(await registry.end('SIGTERM')).toBe(0);
    } finally {
      await registry.kill();
    }
  } finally {
    mount.remove();
    await directory.remove();
  }
});
