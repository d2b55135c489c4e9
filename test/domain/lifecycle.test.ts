import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CeremonyStep, lifecycle as ofCeremony } from '../../domain/ceremony/lifecycle.ts';
import type { DatedFact } from '../../domain/kernel/history.ts';
import { judge, verdictOn } from '../../domain/kernel/judging.ts';
import { daysOfChange, inOrder, type Lifecycle, statusBy } from '../../domain/kernel/lifecycle.ts';

type Status = 'none' | 'open' | 'paused' | 'closed';
type Type = 'opened' | 'paused' | 'resumed' | 'renamed' | 'closed';
const door: Lifecycle<Status, Type> = {
  start: 'none',
  steps: {
    opened: { after: ['none'], to: 'open' },
    paused: { after: ['open'], skips: ['none'], to: 'paused' },
    resumed: { after: ['paused'], skips: ['none', 'open'], to: 'open' },
    renamed: { after: ['open', 'paused'], skips: ['none'] },
    closed: { after: ['open', 'paused'], skips: ['none'], to: 'closed', rule: 'not-a-party' },
  },
};
const facts = (...list: [Type, (string | undefined)?][]): DatedFact<Type>[] =>
  list.map(([type, on], index) => ({ type, on, version: index + 1 }));
const verdictsIn = (list: DatedFact<Type>[]) => list.map((fact) => verdictOn(door, list, fact));
const types = (list: readonly DatedFact[]) => list.map(({ type }) => type);

describe('the order of facts', () => {
  it('is that of their days, whatever arrived first', () => {
    expect(types(inOrder(door, facts(['closed', '2023'], ['opened', '2020'], ['paused', '2021'])))).toEqual([
      'opened',
      'paused',
      'closed',
    ]);
  });
  it('is that of their ranks where days overlap', () => {
    expect(types(inOrder(door, facts(['closed', '2023-02'], ['opened', '2023'], ['paused'])))).toEqual([
      'opened',
      'paused',
      'closed',
    ]);
  });
  it('is that of arrival only between facts of one type with the same days', () => {
    const [first, second] = facts(['paused', '2023'], ['paused', '2023']);
    expect(inOrder(door, [second, first] as DatedFact<Type>[])).toEqual([first, second]);
  });
  it('does not depend on arrival, and keeps what certainly precedes before', () => {
    const fact = fc.record({
      type: fc.constantFrom<Type>('opened', 'paused', 'resumed', 'renamed', 'closed'),
      on: fc.option(
        fc.constantFrom('2020', '2020-03', '2020-03-15', '2021?', '2019/2021', '2022-01/..', '2021-06-01'),
        { nil: undefined },
      ),
    });
    const distinct = fc.uniqueArray(fact, { maxLength: 7, selector: ({ type, on }) => `${type} ${on}` });
    fc.assert(
      fc.property(
        distinct.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const numbered = (some: typeof list) => some.map((one, index) => ({ ...one, version: index + 1 }));
          const plain = (some: readonly DatedFact[]) => some.map(({ type, on }) => `${type} ${on}`);
          expect(plain(inOrder(door, numbered(shuffled)))).toEqual(plain(inOrder(door, numbered(list))));
          for (const day of ['2018-01-01', '2020-03-15', '2020-12-31', '2021-07-01', '2023-01-01']) {
            expect(statusBy(door, numbered(shuffled), day)).toBe(statusBy(door, numbered(list), day));
          }
        },
      ),
      { seed: 7 },
    );
  });
});

describe('the state on a day', () => {
  const history = facts(['opened', '2020-05'], ['paused', '2021'], ['renamed', '2021-06'], ['closed', '2023-01-10']);
  it.each([
    ['2019-12-31', 'none', 'none'],
    ['2020-05-01', 'open', 'none'],
    ['2020-05-31', 'open', 'open'],
    ['2021-01-01', 'paused', 'open'],
    ['2022-01-01', 'paused', 'paused'],
    ['2023-01-10', 'closed', 'closed'],
  ])('%s is possibly %s and certainly %s', (day, possible, certain) => {
    expect(statusBy(door, history, day)).toBe(possible);
    expect(statusBy(door, history, day, 'certain')).toBe(certain);
  });
});

describe('a history', () => {
  it('has room for what may have happened in between', () => {
    const history = facts(['opened', '2020'], ['paused', '2021'], ['closed', '2022'], ['resumed', '2021']);
    expect(verdictsIn(history)).toEqual(['fits', 'fits', 'fits', 'fits']);
  });
  it('tells a missing step from what cannot be', () => {
    expect(verdictsIn(facts(['paused', '2021']))).toEqual(['step-missing']);
    expect(verdictsIn(facts(['opened', '2020'], ['closed', '2021'], ['paused', '2022'])).at(-1)).toBe('impossible');
  });
});

describe('an effect that ends by itself', () => {
  const paused: DatedFact<Type>[] = [
    { type: 'opened', on: '2020', version: 1 },
    { type: 'paused', on: '2021-03', version: 2, ends: '2021-07-01' },
  ];
  const ending: typeof door = {
    ...door,
    steps: { ...door.steps, paused: { ...door.steps.paused, afterwards: 'open' } },
  };
  it.each([
    ['2021-02-28', 'open'],
    ['2021-03-01', 'paused'],
    ['2021-06-30', 'paused'],
    ['2021-07-01', 'open'],
  ])('counts on %s as %s', (day, state) => {
    expect(statusBy(ending, paused, day)).toBe(state);
  });
  it('lets follow what its end allows', () => {
    const at = (on: string) => judge(ending, paused, { type: 'paused', on }, { id: 'door-a', opened: '2023-03-01' });
    expect(at('2021-08').refusals).toEqual([]);
    expect(at('2021-05').refusals).toHaveLength(1);
    expect(at('2021-06/2021-07').refusals).toEqual([]);
  });
  it('changes the state on the days on which facts begin and end', () => {
    expect(daysOfChange(paused)).toEqual(['2020-01-01', '2021-03-01', '2021-07-01']);
  });
});

describe('judging', () => {
  const on = { id: 'door-a', opened: '2023-03-01' };
  const judged = (before: DatedFact<Type>[], type: Type, day?: string) => judge(door, before, { type, on: day }, on);
  const rules = ({ refusals, warnings }: ReturnType<typeof judged>) => [
    refusals.map(({ rule }) => rule),
    warnings.map(({ rule }) => rule),
  ];

  it('refuses what certainly cannot follow, by the step’s own rule', () => {
    const closed = facts(['opened', '2020'], ['closed', '2021']);
    expect(rules(judged(closed, 'paused', '2022'))).toEqual([['wrong-state'], []]);
    expect(rules(judged(closed, 'closed', '2022'))).toEqual([['not-a-party'], []]);
    expect(rules(judged(closed, 'paused', '2020'))).toEqual([[], []]);
    expect(rules(judged(closed, 'paused', '2022?'))).toEqual([[], []]);
  });
  it('refuses a missing step since the record was opened, and warns of it before', () => {
    expect(rules(judged([], 'paused', '2023-03-01'))).toEqual([['step-missing'], []]);
    expect(rules(judged([], 'paused', '2023-02'))).toEqual([[], ['step-missing']]);
    expect(rules(judged([], 'paused'))).toEqual([[], ['step-missing']]);
  });
  it('warns where a date leaves open which of several orders is the one, and the lifecycle decides it', () => {
    const at = { id: 'door-a', opened: '2023-03-01' };
    const rescheduled: DatedFact<CeremonyStep>[] = [{ type: 'ceremony.rescheduled', on: '2023', version: 1 }];
    const warnings = (on: string) => judge(ofCeremony, rescheduled, { type: 'ceremony.postponed', on }, at).warnings;
    expect(warnings('2023-02').map(({ rule }) => rule)).toEqual(['order-open']);
    expect(warnings('2022')).toEqual([]);
  });
  it('does not warn where one order alone fits', () => {
    const resumed = facts(['opened', '2020'], ['paused', '2021'], ['resumed', '2022']);
    expect(rules(judged(resumed, 'paused'))).toEqual([[], []]);
    expect(statusBy(door, [...resumed, { type: 'paused', version: 4 }], '2023-01-01')).toBe('paused');
    expect(rules(judged(resumed, 'paused', '2023'))).toEqual([[], []]);
    expect(rules(judged(resumed, 'paused', '2020'))).toEqual([[], []]);
  });
  it.each([
    ['is not dated', undefined, undefined],
    ['is doubtful', '2020?', '2021'],
  ])('does not take the opening for what came last where its day %s', (_, openedOn, closedOn) => {
    const closed = facts(['opened', openedOn], ['closed', closedOn]);
    expect(rules(judged(closed, 'closed', '2022'))).toEqual([['not-a-party'], []]);
    expect(rules(judged(closed, 'closed'))).toEqual([['not-a-party'], []]);
  });
  it('refuses what would make a recorded fact impossible', () => {
    const paused = facts(['opened', '2020'], ['paused', '2022']);
    expect(rules(judged(paused, 'closed', '2021'))).toEqual([['contradicts-history'], []]);
    expect(rules(judged(paused, 'closed', '2022'))).toEqual([[], []]);
  });
});
