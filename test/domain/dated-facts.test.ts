import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partyLifecycle, termLifecycle } from '../../domain/agreement/lifecycle.ts';
import { lifecycle as ofCeremony } from '../../domain/ceremony/lifecycle.ts';
import { type DatedFact, placed, ranksIn } from '../../domain/kernel/history.ts';
import { judge, statusesAt, verdictOn } from '../../domain/kernel/judging.ts';
import { type Lifecycle, statusBy } from '../../domain/kernel/lifecycle.ts';
import { byDaysAndRanks } from '../../domain/kernel/ordering.ts';
import { lifecycle as ofLaunch } from '../../domain/launch/lifecycle.ts';
import { membershipLifecycle } from '../../domain/membership/lifecycle.ts';
import { daysOf } from '../../domain/values/partial-date.ts';
import * as slow from './slow/lifecycle.ts';

// biome-ignore lint/suspicious/noExplicitAny: each lifecycle has states and facts of its own
type Any = Lifecycle<any, any>;
const lifecycles: readonly [string, Any][] = [
  ['membership', membershipLifecycle],
  ['party', partyLifecycle],
  ['term', termLifecycle],
  ['ceremony', ofCeremony],
  ['launch', ofLaunch],
];

/** Few days, so that they overlap, contain and follow each other in all ways; whole days, doubtful ones, open ends. */
const days = ['2023-01-01', '2023-01-02', '2023-01-03', '2023-02-01', '2023-02-02', '2024-05-05'];
const on = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...days) },
  { weight: 3, arbitrary: fc.constantFrom('2023', '2023-01', '2023-02', '2024', '2022') },
  { weight: 2, arbitrary: fc.constantFrom('2023?', '2023-01-02~', '2023-02?', '2023-01-01/2023-02-01?') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '../2023-01-02',
      '2023-01-02/..',
      '2023-01-01/2023-01-03',
      '2023-01-02/2024',
      '0001-01-01',
    ),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

/** A fact of a lifecycle: its effect may end, and where its step leaves a choice it may say where it leads. */
const factOf = ({ steps }: Any, types = Object.keys(steps)) =>
  fc
    .record({
      type: fc.constantFrom(...types),
      on,
      ends: fc.option(fc.constantFrom(...days), { nil: undefined, freq: 3 }),
      choice: fc.nat(5),
    })
    .map(({ type, choice, ...dated }): Omit<DatedFact, 'version'> => {
      const leadsTo: string | undefined = steps[type]?.or?.[choice];
      return { type, ...dated, ...(leadsTo !== undefined && { leadsTo }) };
    });

/**
 * Facts of all types, or of one or two of them: in the order in which they arrived or in another, at any dates or each
 * later than the one before it, or earlier.
 */
const historyOf = (lifecycle: Any, maxLength = 12) => {
  const types = Object.keys(lifecycle.steps);
  const ofAll = fc.array(factOf(lifecycle), { maxLength });
  const ofFew = fc
    .subarray(types, { minLength: 1, maxLength: 2 })
    .chain((few) => fc.array(factOf(lifecycle, few), { maxLength }));
  const directed = fc.constantFrom(0, 0, 1, -1);
  return fc.tuple(fc.oneof(ofAll, ofFew), directed, fc.boolean()).map(([facts, direction, isShuffled]) => {
    const begins = ({ on: day }: Omit<DatedFact, 'version'>) => (day === undefined ? '' : daysOf(day).earliest);
    const arrived = facts.toSorted((a, b) => direction * begins(a).localeCompare(begins(b)));
    return arrived.map(
      (fact, index): DatedFact => ({ ...fact, version: isShuffled ? ((index * 7) % 23) + 1 : index + 1 }),
    );
  });
};

const RUNS = 2_500;
const check = <Values extends [unknown, ...unknown[]]>(
  arbitraries: { [Key in keyof Values]: fc.Arbitrary<Values[Key]> },
  holds: (...values: Values) => void,
) => fc.assert(fc.property(...arbitraries, holds), { seed: 11, numRuns: RUNS });

describe.each(lifecycles)('dated facts of a %s', (_, lifecycle) => {
  const types = Object.keys(lifecycle.steps);

  it('stand in the order of days and ranks', () => {
    const ranks = ranksIn(types);
    check([historyOf(lifecycle, 20)], (facts) => {
      const ordered = byDaysAndRanks(facts.map((fact) => placed(fact, ranks))).map(({ fact }) => fact);
      expect(ordered).toEqual(slow.inOrderOfRanks(facts, types));
    });
  });

  it('are judged as is defined', () => {
    const opened = fc.constantFrom('2020-01-01', '2023-01-02', '2025-01-01');
    check([historyOf(lifecycle), factOf(lifecycle), opened, fc.nat(3)], (facts, added, day, behind) => {
      const judged = { id: 'record-a', opened: day };
      const defined = slow.judge(lifecycle, facts, added, judged);
      expect(judge(lifecycle, facts, added, judged)).toEqual(defined);
      const [list, others] = [facts.slice(0, -behind || undefined), facts.slice(facts.length - behind)];
      if (behind <= facts.length) expect(judge(lifecycle, list, added, judged, others)).toEqual(defined);
    });
  });

  it('are judged so one after the other, while their list grows', () => {
    check([historyOf(lifecycle, 20)], (facts) => {
      const [list, judged] = [[] as DatedFact[], { id: 'record-a', opened: '2023-01-02' }];
      for (const fact of facts) {
        expect(judge(lifecycle, list, fact, judged)).toEqual(slow.judge(lifecycle, [...list], fact, judged));
        list.push(fact);
        expect(statusBy(lifecycle, list, '2023-02-01')).toBe(statusBy(lifecycle, [...list], '2023-02-01'));
      }
    });
  });

  it('may follow what is defined', () => {
    check(
      [
        historyOf(lifecycle),
        fc.oneof(
          factOf(lifecycle),
          on.map((day) => ({ type: '', on: day })),
        ),
      ],
      (facts, fact) => {
        const at = { ...fact, version: Number.MAX_SAFE_INTEGER };
        expect([...statusesAt(lifecycle, facts, at)]).toEqual([...slow.statusesAt(lifecycle, facts, at)]);
        const verdicts = slow.verdicts(lifecycle, facts);
        expect(facts.map((one) => verdictOn(lifecycle, facts, one))).toEqual(facts.map((one) => verdicts.get(one)));
      },
    );
  });
});
