import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateByName, aggregates, definitionOf } from '../../domain/catalog.ts';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { fold, indexFieldsOf, RETRACTED, standingOf, standings } from '../../domain/record/record.ts';
import { idOf, Ledger } from '../support/decider.ts';
import { type Command, days, type Histories } from './histories/history.ts';

const files = await Promise.all(
  aggregates.map(async ({ name }) => {
    const { histories } = (await import(`./histories/${name}.ts`)) as { histories: Histories };
    return { name, histories };
  }),
);

/** What is accepted of some commands, one after the other. */
function run(aggregate: string, { beside = {} }: Histories, commands: readonly Command[]) {
  // All of the dates have come: none of them is refused for lying in the future.
  const ledger = new Ledger(idOf(aggregate), { beside, today: '2030-01-01' });
  const accepted = commands.filter(([name, data]) => ledger.submit(name, data).ok);
  return { accepted, record: ledger.record as FoldedRecord, events: ledger.events };
}

const sequence = ({ opening, act }: Histories) =>
  fc.tuple(opening, fc.array(act, { maxLength: 8 })).map(([first, acts]) => [first, ...acts]);

const statesOf = ({ aggregate, state }: FoldedRecord) => days.map((day) => aggregate.lifecycle.statusOn(state, day));

/** At most one fact of a type and day. */
const onePerDay = (commands: readonly Command[], { about = () => '' }: Histories): Command[] => {
  const key = ([name, data]: Command) => `${name} ${(data as { on?: string }).on} ${about(data)}`;
  return [...new Map(commands.map((command) => [key(command), command])).values()];
};

describe.each(files)('histories of $name', ({ name, histories }) => {
  const seen = new Set<string>();

  it('leave a state that is one of the aggregate’s on every day, and events of their schemas', () => {
    fc.assert(
      fc.property(sequence(histories), (commands) => {
        const { record, events } = run(name, histories, commands);
        const states = statesOf(record);
        expect(record.aggregate.states).toEqual(expect.arrayContaining(states));
        for (const state of states) seen.add(state);
        for (const { type, data } of events) expect(definitionOf(type).schema.parse(data)).toEqual(data);
        const { parties, participants } = indexFieldsOf(record);
        expect(participants).toEqual(expect.arrayContaining([...parties]));
        expect(standings).toContain(standingOf(record));
      }),
      { numRuns: 1500, seed: 7 },
    );
    const own = aggregateByName(name).states.filter((state) => state !== RETRACTED);
    expect([...seen].sort()).toEqual(own.sort());
  });

  it('fold into the same record again, and stay as they are', () => {
    fc.assert(
      fc.property(sequence(histories), (commands) => {
        const { record, events } = run(name, histories, commands);
        const before = JSON.stringify(events);
        const again = fold(record.aggregate, events as RegistryEvent[]);
        expect(JSON.stringify(again?.state)).toBe(JSON.stringify(record.state));
        expect(JSON.stringify(events)).toBe(before);
      }),
    );
  });

  it('give the same states and the same date in whatever order their facts arrive', () => {
    let compared = 0;
    const inTwoOrders = sequence(histories).chain((commands) => {
      const [first, ...acts] = onePerDay(run(name, histories, commands).accepted, histories);
      return fc
        .shuffledSubarray(acts, { minLength: acts.length })
        .map(
          (shuffled) =>
            ({ one: [first, ...acts], other: [first, ...shuffled] }) as { one: Command[]; other: Command[] },
        );
    });
    fc.assert(
      fc.property(inTwoOrders, ({ one, other }) => {
        const [first, second] = [run(name, histories, one), run(name, histories, other)];
        if (first.accepted.length < one.length || second.accepted.length < other.length) return;
        compared += 1;
        expect(statesOf(second.record)).toEqual(statesOf(first.record));
        expect(indexFieldsOf(second.record).on).toBe(indexFieldsOf(first.record).on);
      }),
      { numRuns: 600 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
