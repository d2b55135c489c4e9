import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregates, commandMeant, commandsByName, eventDefinitions } from '../../domain/catalog.ts';
import { commandName, makes } from '../../domain/kernel/aggregate.ts';
import { definitionsOnAnyRecord } from '../../domain/record/events.ts';
import { type Fact, given, idOf, Ledger } from '../support/decider.ts';
import type { Histories } from './histories/history.ts';

const definitionNamed = (name: string) => {
  const found = commandsByName.get(name);
  if (!found) throw new Error(`there is no command ${name}`);
  return found.definition;
};

/** What a command has made. */
const typesIn = ({ outcome }: ReturnType<ReturnType<typeof given>['when']>): string[] => {
  expect(outcome).toMatchObject({ ok: true });
  if (!outcome.ok) return [];
  return [outcome.events, ...outcome.others.map(({ events }) => events)].flatMap((events) =>
    events.map(({ type }) => type),
  );
};

const [one, other, body] = ['b', 'c', 'd'].map((letter) => idOf('organization', letter)) as [string, string, string];
const registered: Fact = ['organization.registered', { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }] }];
const parties = [{ organization: one }, { organization: other }];
const [programme, ceremony] = [idOf('award-programme'), idOf('ceremony')];

/** One command that makes all that its definition says, with what is there before it. */
const everything: Readonly<Record<string, readonly ReturnType<ReturnType<typeof given>['when']>[]>> = {
  'register-agreement': [
    given([]).when('register-agreement', {
      ...{ kind: 'other', parties, entryIntoForce: { on: '2023-03' } },
      signatures: parties.map(({ organization }) => ({ party: organization, on: '2023-02' })),
    }),
  ],
  'merge-organization': [
    given([registered], { actor: { client: 'registrar' } }).when('merge-organization', { into: one, reason: 'Twice' }),
  ],
  'identify-in-cohort': [
    given([['cohort.recorded', { subject: 'agreements', ceremony, count: { min: 2 } }]], {
      beside: {
        [ceremony]: [['ceremony.recorded', { kind: 'signing' }]],
        [idOf('agreement')]: [['agreement.registered', { kind: 'other', parties, ceremony }]],
      },
    }).when('identify-in-cohort', { record: idOf('agreement') }),
    given([['cohort.recorded', { subject: 'intents', body, count: { min: 2 } }]], {
      beside: { [idOf('membership')]: [['membership.intent-declared', { body, organization: one }]] },
    }).when('identify-in-cohort', { record: idOf('membership') }),
    given([['cohort.recorded', { subject: 'recipients', programme, count: { min: 2 } }]], {
      beside: {
        [programme]: [['award-programme.opened', { names: [{ value: 'A', lang: 'en' }], conferredBy: [body] }]],
        [idOf('award')]: [['award.conferred', { programme, recipient: { organization: one } }]],
      },
    }).when('identify-in-cohort', { record: idOf('award') }),
  ],
};

describe('the events that a command says it makes', () => {
  it('are the ones that it makes: all of them, where it makes several', () => {
    const several = [...commandsByName.values()].filter(({ definition }) => makes(definition).length > 1);
    expect(several.map(({ definition }) => definition.name).sort()).toEqual(Object.keys(everything).sort());
    for (const [name, cases] of Object.entries(everything)) {
      expect([...new Set(cases.flatMap(typesIn))].sort()).toEqual(makes(definitionNamed(name)).sort());
    }
  });

  it('are the only ones that histories of their records hold', async () => {
    for (const { name, commands } of aggregates) {
      const { histories } = (await import(`./histories/${name}.ts`)) as { histories: Histories };
      const declared = new Map(commands.map((definition) => [definition.name, makes(definition)]));
      const sequence = fc.tuple(histories.opening, fc.array(histories.act, { maxLength: 8 }));
      for (const [opening, acts] of fc.sample(sequence, { numRuns: 100, seed: 11 })) {
        const ledger = new Ledger(idOf(name), { beside: histories.beside ?? {}, today: '2030-01-01' });
        for (const [command, data] of [opening, ...acts]) {
          const outcome = ledger.submit(command, data);
          for (const { type } of outcome.ok ? outcome.events : []) expect(declared.get(command)).toContain(type);
        }
      }
    }
  });

  it('are all that there are, but for those that the registry makes itself', () => {
    const made = new Set([...commandsByName.values()].flatMap(({ definition }) => makes(definition)));
    const own = new Set(
      aggregates.flatMap((aggregate) =>
        [...aggregate.events, ...definitionsOnAnyRecord(aggregate)].map(({ type }) => type),
      ),
    );
    const unmade = eventDefinitions.filter(({ type, due }) => own.has(type) && !due && !made.has(type));
    expect(unmade.filter(({ type }) => !type.endsWith('.day-reached'))).toEqual([]);
    expect([...made].filter((type) => !own.has(type))).toEqual([]);
  });
});

describe('the name of a command', () => {
  it('is one: that of an act is the last part of its path, and means it on every target of its kind', () => {
    for (const { aggregate, definition } of commandsByName.values()) {
      const target = definition.act === undefined ? undefined : idOf(aggregate.name);
      expect(commandMeant(commandName(definition), target)?.definition.name).toBe(definition.name);
      expect(commandMeant(definition.name, target)?.definition.name).toBe(definition.name);
    }
  });

  it('means one thing on one record, and opens records of one kind', () => {
    const openings = aggregates.flatMap(({ commands }) => commands.filter(({ act }) => act === undefined));
    expect(new Set(openings.map(commandName)).size).toBe(openings.length);
    for (const { commands } of aggregates) {
      const acts = commands.filter(({ act }) => act !== undefined);
      expect(new Set(acts.map(commandName)).size).toBe(acts.length);
      // What both opens a record and is an act on one makes the same events.
      for (const { name, ...opening } of commands.filter(({ act }) => act === undefined)) {
        const act = acts.find((one) => one.act === name);
        if (act) expect(makes(act)).toEqual(makes(opening));
      }
    }
  });
});
