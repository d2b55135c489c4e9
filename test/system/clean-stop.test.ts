import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { fetchHeld as fetch } from '../support/contract.ts';
import { launchStart, withoutOverload } from './machine.ts';
import { temporaryDirectory, tokenFor } from './registry.ts';

const ROUNDS = 3;
const IN_FLIGHT = 12;
/** Clients that wait longer for the next event than a stop waits for them. */
const WAITING = 100;

/** Waits for what never comes. */
const WAIT = '/v1/events?actor=nobody&wait=20';

const directory = await temporaryDirectory();
afterAll(() => directory.remove());

test(`a stop under load prints no error, ${ROUNDS} times over`, { timeout: 240_000 }, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const registry = launchStart(['--data', directory.path]);
    const url = await registry.ready;
    const token = await tokenFor('gzde', directory.path);
    let landed = 0;
    let isOver = false;
    const worker = async (number: number) => {
      for (let count = 0; !isOver; count++) {
        const answer = await fetch(`${url}/v1/organizations`, {
          method: 'POST',
          headers: {
            Authorization: `Bearer ${token}`,
            'Content-Type': 'application/json',
            'Idempotency-Key': `${round}-${number}-${count}`,
          },
          body: JSON.stringify({
            kind: 'company',
            names: [{ value: `Company ${number}-${count}`, lang: 'en' }],
            evidence: [{ source: { title: 'Test' }, basis: 'stated' }],
          }),
        }).catch(() => undefined);
        if (answer?.status === 201 && ++landed === 20 * (round + 1)) registry.signal('SIGTERM');
      }
    };
    // One after the other, so that some of them look again just when the database closes.
    const waiting = Array.from({ length: WAITING }, async (_, number) => {
      await sleep(number * 10);
      const headers = { Authorization: `Bearer ${token}` };
      await fetch(`${url}${WAIT}`, { headers }).catch(() => {});
    });
    const workers = Array.from({ length: IN_FLIGHT }, (_, number) => worker(number));
    const ended = await registry.ended;
    isOver = true;
    await Promise.all([...workers, ...waiting]);
    expect(withoutOverload(ended)).toMatchObject({ code: 0, stderr: '' });
  }
});

test(`a stop while a function sees its first tokens prints no error, ${ROUNDS} times over`, {
  timeout: 240_000,
}, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const registry = launchStart(['--data', directory.path]);
    const url = await registry.ready;
    const headers = { Authorization: `Bearer ${await tokenFor('gzde', directory.path)}` };
    // It asks the issuer for its keys, which this registry is itself.
    const asking = Array.from({ length: 20 }, () => fetch(`${url}${WAIT}`, { headers }).catch(() => undefined));
    registry.signal('SIGTERM');
    expect(withoutOverload(await registry.ended)).toMatchObject({ code: 0, stderr: '' });
    await Promise.all(asking);
  }
});
