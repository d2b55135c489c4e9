import { afterAll, expect, test } from 'vitest';
import { launchStart } from './machine.ts';
import { temporaryDirectory, tokenFor } from './registry.ts';

const ROUNDS = 3;
const IN_FLIGHT = 12;

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
    const workers = Array.from({ length: IN_FLIGHT }, (_, number) => worker(number));
    const ended = await registry.ended;
    isOver = true;
    await Promise.all(workers);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  }
});
