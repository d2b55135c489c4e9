import { afterAll, describe, expect, it } from 'vitest';
import { cpuOfAsync } from '../support/cpu.ts';
import { type GrownRecord, grownRecord } from './grown.ts';
import { kinds } from './kinds.ts';
import { operations } from './operations.ts';

/**
 * What is done with a record costs in proportion to its events, or little more where they are sorted: twice as many cost at
 * most 2.3 times as much. With the square of them it would be four times.
 */
const MOST = 2.3;
const [SMALL, LARGE] = [1_000, 2_000];

/** Milliseconds that the larger record is worked on at a time: what is shorter is repeated. */
const AT_LEAST = 15;
const MEASUREMENTS = 5;

type Operation = (record: GrownRecord) => unknown;

/**
 * The CPU time of an operation on the larger record, and how many times that of the smaller one it is. What else the
 * machine does only adds to a measurement, so the least of several counts; more are taken while it is too much.
 */
async function measured(operation: Operation, small: GrownRecord, large: GrownRecord) {
  for (const record of [small, large, small]) await operation(record);
  const once = await cpuOfAsync(() => operation(large));
  const times = Math.ceil(AT_LEAST / Math.max(once, 0.1));
  const repeated = async (record: GrownRecord) => {
    for (let done = 0; done < times; done += 1) await operation(record);
  };
  let [least, ratio] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let leastOfSmall = least;
  for (let taken = 0; taken < MEASUREMENTS || (ratio > MOST && taken < 4 * MEASUREMENTS); taken += 1) {
    leastOfSmall = Math.min(leastOfSmall, await cpuOfAsync(() => repeated(small)));
    least = Math.min(least, await cpuOfAsync(() => repeated(large)));
    ratio = least / leastOfSmall;
  }
  return { cpu: least / times, ratio };
}

const table: string[] = [];
afterAll(() => console.log(`CPU of ${LARGE} facts, and against ${SMALL}:\n${table.join('\n')}`));

describe.each(Object.entries(kinds))('of %s', (name, kind) => {
  const [small, large] = [grownRecord(kind, SMALL), grownRecord(kind, LARGE)];
  const asked = Object.entries(operations).filter(([what]) => kind.operations?.includes(what) ?? true);

  it.each(asked)('twice the facts cost about twice as much %s', async (what, operation) => {
    const { cpu, ratio } = await measured(operation, small, large);
    table.push(`${cpu.toFixed(1).padStart(8)} ms ${ratio.toFixed(2)}  ${name}: ${what}`);
    expect(ratio).toBeLessThanOrEqual(MOST);
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
