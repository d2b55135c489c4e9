import { describe, expect, it } from 'vitest';
import { isContention, isThrottling, isTransientError } from '../../../functions/runtime/aws-errors.ts';
import { fullJitter, RetryableError, retry } from '../../../functions/runtime/backoff.ts';
import { cancelledBy, heldByTransaction, throttled, timedOut } from '../../support/faults.ts';

describe('exponential backoff with full jitter', () => {
  it('waits at most twice as long each time, up to a limit', async () => {
    const slept: number[] = [];
    const backoff = fullJitter({ base: 20, cap: 100, random: () => 1, sleep: async (time) => slept.push(time) });
    for (let attempt = 1; attempt <= 5; attempt += 1) await backoff(attempt);
    expect(slept).toEqual([20, 40, 80, 100, 100]);
  });
});

describe('a retry', () => {
  /** Each attempt does the next of these; answers after how many failures was waited. */
  async function retried(outcomes: readonly (Error | string)[], progress?: (attempts: number) => number) {
    const waits: unknown[] = [];
    let made = 0;
    const result = retry(
      async () => {
        const outcome = outcomes[made];
        made += 1;
        if (typeof outcome === 'string') return outcome;
        throw outcome;
      },
      {
        attempts: 3,
        backoff: async (failed) => waits.push(failed),
        ...(progress && { progress: () => progress(made) }),
      },
    );
    return { result: await result.catch((error: Error) => error.message), waits };
  }
  const lost = (message = 'lost') => new RetryableError(message);

  it('gives the result of the first attempt that succeeds', async () => {
    expect(await retried(['at once'])).toEqual({ result: 'at once', waits: [] });
    expect(await retried([lost(), lost(), 'at last'])).toEqual({ result: 'at last', waits: [1, 2] });
  });

  it('gives up after so many attempts, with the error of the last one', async () => {
    expect(await retried([lost('first'), lost('second'), lost('third'), 'too late'])).toEqual({
      result: 'third',
      waits: [1, 2],
    });
  });

  it('throws at once what no attempt can overcome', async () => {
    expect(await retried([new Error('broken'), 'never'])).toEqual({ result: 'broken', waits: [] });
  });

  it('counts from the start after progress', async () => {
    const untilThird = (attempts: number) => Math.min(attempts, 3);
    expect(await retried([lost(), lost(), lost(), lost(), 'at last'], untilThird)).toEqual({
      result: 'at last',
      waits: [1, 1, 1, 2],
    });
  });
});

describe('an error of AWS', () => {
  it.each([
    ['a throttled request', throttled(), { isThrottling: true, isContention: false, isTransient: true }],
    [
      'a throttled transaction',
      cancelledBy('ThrottlingError'),
      { isThrottling: true, isContention: false, isTransient: true },
    ],
    ['an item that is held', heldByTransaction(), { isThrottling: false, isContention: true, isTransient: true }],
    [
      'a transaction that met another',
      cancelledBy('TransactionConflict'),
      { isThrottling: false, isContention: true, isTransient: true },
    ],
    ['a lost answer', timedOut(), { isThrottling: false, isContention: false, isTransient: true }],
    ['any other', new Error('broken'), { isThrottling: false, isContention: false, isTransient: false }],
  ])('is classified: %s', (_, error, expected) => {
    expect({
      isThrottling: isThrottling(error),
      isContention: isContention(error),
      isTransient: isTransientError(error),
    }).toEqual(expected);
  });
});
