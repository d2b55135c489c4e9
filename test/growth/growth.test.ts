import { afterAll, describe, expect, it } from 'vitest';
import { cpuOfAsync } from '../support/cpu.ts';
import { acts } from './acts.ts';
import { type GrownRecord, grownRecord } from './grown.ts';
import { kinds } from './kinds.ts';
import { operations } from './operations.ts';

/**
 * What is done with a record costs in proportion to its events, or little more where they are sorted: twice as many cost at
 * most 2.3 times as much. With the square of them it would be four times.
 */
const MOST = 2.3;
/** On a busy machine the larger record finds less of itself in the caches: up to here that is told, and fails nothing. */
const BUSY = 3;
const [SMALL, LARGE] = [1_000, 2_000];

/** Milliseconds that a record is worked on at a time: what is shorter is repeated. */
const AT_LEAST = 15;
const [MEASUREMENTS, MOST_MEASUREMENTS] = [3, 40];
/** Milliseconds after which what is too much is not measured again, and what would fail is not. */
const [ENOUGH, ENOUGH_TO_FAIL] = [1_500, 10_000];

type Operation = (record: GrownRecord) => unknown;

async function cpuOfTimes(times: number, operation: Operation, record: GrownRecord): Promise<number> {
  const all = await cpuOfAsync(async () => {
    for (let done = 0; done < times; done += 1) await operation(record);
  });
  return all / times;
}

/**
 * The CPU time of an operation on the larger record, and how many times that of the smaller one it is. What else the
 * machine does only adds to a measurement, and adds more to a longer one: so both records are worked on equally long,
 * and the least of several measurements counts. More are taken while it is too much.
 */
async function measured(operation: Operation, small: GrownRecord, large: GrownRecord) {
  for (const record of [small, large, small]) await operation(record);
  const once = await cpuOfTimes(1, operation, large);
  const times = Math.ceil(AT_LEAST / Math.max(once, 0.1));
  const takenIn = (milliseconds: number) => Math.min(MOST_MEASUREMENTS, milliseconds / (2 * once * times));
  let [least, leastOfSmall] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const isOpen = (taken: number) =>
    (least > MOST * leastOfSmall && taken < takenIn(ENOUGH)) ||
    (least > BUSY * leastOfSmall && taken < takenIn(ENOUGH_TO_FAIL));
  for (let taken = 0; taken < MEASUREMENTS || isOpen(taken); taken += 1) {
    leastOfSmall = Math.min(leastOfSmall, await cpuOfTimes(times * (LARGE / SMALL), operation, small));
    least = Math.min(least, await cpuOfTimes(times, operation, large));
  }
  return { cpu: least, ratio: least / leastOfSmall };
}

const table: string[] = [];
afterAll(() => console.log(`CPU of ${LARGE} facts, and against ${SMALL}:\n${table.join('\n')}`));

describe.each(Object.entries(kinds))('of %s', (name, kind) => {
  const [small, large] = [grownRecord(kind, SMALL), grownRecord(kind, LARGE)];
  const all = { ...operations, ...(kind.act && acts) };
  const asked = Object.entries(all).filter(([what]) => kind.operations?.includes(what) ?? true);

  it.each(asked)('twice the facts cost about twice as much %s', async (what, operation) => {
    const { cpu, ratio } = await measured(operation, small, large);
    const mark = ratio > MOST ? ` (more than ${MOST})` : '';
    table.push(`${cpu.toFixed(1).padStart(8)} ms ${ratio.toFixed(2)}${mark}  ${name}: ${what}`);
    expect(ratio).toBeLessThanOrEqual(BUSY);
  });
});

describe('the measurement', () => {
  it('finds what costs with the square', async () => {
    const [small, large] = [SMALL, LARGE].map((size) => ({ size }) as GrownRecord) as [GrownRecord, GrownRecord];
    const { ratio } = await measured(
      ({ size }) => {
        let copy: number[] = [];
        for (let event = 0; event < size * 4; event += 1) copy = [...copy, event];
        return copy;
      },
      small,
      large,
    );
    expect(ratio).toBeGreaterThan(MOST);
  });
});
