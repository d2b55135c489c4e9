import fc from 'fast-check';
import { aggregateByName, aggregates, commandsByName } from '../../domain/catalog.ts';
import { type FoldedRecord, type Lookup, lookupIn } from '../../domain/kernel/aggregate.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { type Fact, idOf, recordOf } from '../support/decider.ts';
import type { Command, Histories } from './histories/history.ts';

/** The histories of every aggregate. */
export const allHistories = await Promise.all(
  aggregates.map(async ({ name }) => {
    const { histories } = (await import(`./histories/${name}.ts`)) as { histories: Histories };
    return { name, histories };
  }),
);

export const historiesOf = (name: string): Histories => {
  const found = allHistories.find((one) => one.name === name);
  if (!found) throw new Error(`there are no histories of ${name}`);
  return found.histories;
};

/** The fact that a command asks to record, whether or not its rules allow that. */
function factIn([name, data]: Command): Fact {
  const definition = commandsByName.get(name)?.definition;
  if (!definition) throw new Error(`the catalog has no command ${name}`);
  return [definition.records, data];
}

/** Facts as no rule has judged them: more than commands accept has been recorded, and may come after a correction. */
export const rawFacts = ({ opening, act }: Histories, maxLength = 10): fc.Arbitrary<readonly [Fact, ...Fact[]]> =>
  fc
    .tuple(opening, fc.array(act, { maxLength }))
    .map(([first, acts]): [Fact, ...Fact[]] => [factIn(first), ...acts.map(factIn)]);

/** What finds a record and all that its histories refer to. */
export function lookupBeside(record: FoldedRecord, { beside = {} }: Histories): Lookup {
  const anyone: readonly Fact[] = [
    ['organization.registered', { kind: 'company', names: [{ value: 'Any', lang: 'en' }] }],
  ];
  return lookupIn((id) => {
    if (id === record.id) return { record };
    const facts = beside[id] ?? (aggregateOf(id) === 'organization' ? anyone : undefined);
    return { record: facts && recordOf(id, facts) };
  });
}

/** A record of such facts. */
export const rawRecord = (name: string, facts: readonly [Fact, ...Fact[]]): FoldedRecord =>
  recordOf(idOf(aggregateByName(name).name), facts);
