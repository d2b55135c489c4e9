import { expect } from 'vitest';
import { aggregateByName, commandsByName, rulesOnOthers, schemaVersionOf } from '../../domain/catalog.ts';
import { decide } from '../../domain/decide.ts';
import {
  type Actor,
  type CommandDefinition,
  type Decision,
  type FoldedRecord,
  lookupIn,
  makes,
} from '../../domain/kernel/aggregate.ts';
import { type EventDraft, type RegistryEvent, stamp } from '../../domain/kernel/event.ts';
import { faultsOf } from '../../domain/kernel/faults.ts';
import type { Refusal, Warning } from '../../domain/kernel/refusal.ts';
import { withoutPersons } from '../../domain/person/pointers.ts';
import type { Rule } from '../../domain/problems.ts';
import { apply, fold } from '../../domain/record/record.ts';
import { aggregateOf, referencesIn } from '../../domain/values/ids.ts';
import { dayOf } from '../../domain/values/partial-date.ts';
import { brokenElsewhere } from './elsewhere.ts';

/** The id that every test gives to the n-th record of an aggregate, from `a` to `z`. */
export const idOf = (aggregate: string, letter = 'a') => `${aggregate}-${letter.repeat(26)}`;

/** The day on which records are opened, and that of the acts on them, unless a test says another one. */
const OPENING = '2023-03-01';
const TODAY = '2026-01-01';
export const evidence = [{ source: { title: 'Press release', publishedOn: '2023-02-27' }, basis: 'stated' }];

/** The client that submitted whatever a test says was there before. */
const SUBMITTER: Actor = { client: 'gzde' };

/** A past fact: its type and data; evidence and capacity are added where the test does not care. */
export type Fact = readonly [type: string, data: object];

const draftOf = ([type, data]: Fact): EventDraft => ({ type, data: { evidence, speaksAs: 'other', ...data } });

/** Facts as the events of one stream, recorded by `actor` a second after each other. */
export function eventsOf(stream: string, facts: readonly Fact[], actor: Actor = SUBMITTER): RegistryEvent[] {
  return facts.flatMap((fact, index) => {
    const time = new Date(Date.UTC(2023, 1, 27, 12, 0, index)).toISOString();
    const by = { source: 'registry.test', stream, version: index + 1, time, actor, commandId: 'a'.repeat(26) };
    return stamp([draftOf(fact)], by, schemaVersionOf);
  });
}

/** A record as its facts leave it. */
export function recordOf(id: string, facts: readonly [Fact, ...Fact[]], actor?: Actor): FoldedRecord;
export function recordOf(id: string, facts: readonly Fact[], actor?: Actor): FoldedRecord | undefined;
export function recordOf(id: string, facts: readonly Fact[], actor: Actor = SUBMITTER): FoldedRecord | undefined {
  return fold(aggregateByName(aggregateOf(id) ?? ''), eventsOf(id, facts, actor));
}

/** What an event holds of a person. */
export const committed = (letter = 'a') => ({ person: idOf('person', letter), commitment: '0'.repeat(64) });

export interface Around {
  /** Who submits the command. */
  readonly actor?: Actor;
  readonly today?: string;
  /** What else the register holds. Organizations `a` to `z` are there without being told. */
  readonly beside?: Readonly<Record<string, readonly Fact[]>>;
  /** Memberships that the command does not name: see `Context.memberships`. */
  readonly memberships?: Readonly<Record<string, readonly Fact[]>>;
}

const anOrganization: readonly Fact[] = [
  ['organization.registered', { kind: 'company', names: [{ value: 'Any', lang: 'en' }] }],
];

type Outcome =
  | {
      readonly ok: true;
      readonly events: readonly EventDraft[];
      /** What lands with them on other records. */
      readonly others: NonNullable<Decision['others']>;
      readonly warnings: readonly Warning[];
    }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** Rules that stand before those of the command itself: see `decide`. */
const common: readonly Rule[] = [
  'unknown-reference',
  'unknown-evidence',
  'right-lacking',
  'ceremony-cancelled',
  'after-closing',
  'in-the-future',
  'user-info-in-address',
  'subtag-repeated',
  'name-malformed',
  'cap-name-characters',
  'name-repeated',
  'ends-before-it-begins',
  'record-retracted',
  'target-merged',
];

/** The schema first and then the decider, as the commands function does it. */
function outcomeOf(
  definition: CommandDefinition,
  data: object,
  id: string,
  record: FoldedRecord | undefined,
  around: Around,
): Outcome {
  const parsed = definition.schema.safeParse(data, { reportInput: true });
  if (!parsed.success) return { ok: false, refusals: faultsOf(parsed.error.issues, '') };
  const asked = new Set([id, ...referencesIn(data).map((reference) => reference.id)]);
  const lookup = lookupIn((other) => {
    if (other === id) return { record };
    const facts = around.beside?.[other] ?? (/^organization-([a-z])\1{25}$/.test(other) ? anOrganization : undefined);
    if (facts) return { record: recordOf(other, facts) };
    return asked.has(other) ? { record: undefined } : undefined;
  });
  const { actor = SUBMITTER, today = record ? TODAY : OPENING } = around;
  const opened = record ? dayOf(record.recordedAt) : today;
  const memberships = Object.entries(around.memberships ?? {}).flatMap(
    ([other, facts]) => recordOf(other, facts) ?? [],
  );
  const nameless = withoutPersons(parsed.data as object, (_, number) => committed('abcdefghij'[number]));
  const context = { id, today, opened, actor, lookup, memberships };
  const decision = decide(definition, nameless, record, context);
  if (decision.ok) {
    const { events, others = [], warnings = [] } = decision.value;
    // A correction of the event is judged by the command that says it records it.
    expect(events[0]?.type, `${definition.name} records what it says`).toBe(definition.records);
    // The API's documents list the events that a command may make.
    for (const { type } of [...events, ...others.flatMap((other) => other.events)]) {
      expect(makes(definition), `${definition.name} makes what it says`).toContain(type);
    }
    return { ok: true, events, others, warnings };
  }
  // The API's documents list what a command may be refused by.
  const declared = [...common, ...(definition.rules ?? [])];
  const rules = decision.refusals.map(({ rule }) => rule);
  for (const rule of rules) expect(declared, `${definition.name} declares its rules`).toContain(rule);
  // The catalog says of every rule that looks at another record what becomes of a decision that is overtaken.
  const others = [...Object.keys(around.beside ?? {}), ...Object.keys(around.memberships ?? {})];
  for (const rule of brokenElsewhere({ definition, data: nameless, record, context, rules }, others)) {
    expect(Object.keys(rulesOnOthers), `${definition.name} looks at another record`).toContain(rule);
  }
  return decision;
}

/** An event's type and what it says, but for evidence and capacity. */
function factIn({ type, data }: EventDraft): Fact {
  const { evidence: _, speaksAs: __, ...said } = data as Record<string, unknown>;
  return [type, said];
}

/** One record that commands are submitted to, one after the other. */
export class Ledger {
  readonly id: string;
  readonly events: RegistryEvent[] = [];
  record: FoldedRecord | undefined;
  private readonly around: Around;

  constructor(id: string, around: Around) {
    this.id = id;
    this.around = around;
  }

  submit(command: string, data: object): Outcome {
    const { definition, aggregate } = commandNamed(command);
    const outcome = outcomeOf(definition, { evidence, ...data }, this.id, this.record, this.around);
    if (!outcome.ok) return outcome;
    const version = this.events.length + 1;
    const time = new Date(Date.UTC(2023, 1, 27, 12, 0, version)).toISOString();
    const by = { source: 'registry.test', stream: this.id, version, time, actor: SUBMITTER, commandId: 'a'.repeat(26) };
    for (const event of stamp(outcome.events, by, schemaVersionOf)) {
      this.events.push(event);
      this.record = apply(aggregate, this.record, event);
    }
    return outcome;
  }
}

function commandNamed(name: string) {
  const found = commandsByName.get(name);
  if (!found) throw new Error(`the catalog has no command ${name}`);
  return found;
}

/**
 * Given what was recorded, when a command arrives, then these facts are recorded, or it is refused by this rule at
 * this place. With an empty `given` the command opens the record.
 */
export function given(facts: readonly Fact[], around: Around = {}) {
  return {
    when(command: string, data: object) {
      const { aggregate, definition } = commandNamed(command);
      const id = idOf(aggregate.name);
      const outcome = outcomeOf(definition, { evidence, ...data }, id, recordOf(id, facts), around);
      return {
        outcome,
        // biome-ignore lint/suspicious/noThenProperty: given, when, then; nobody awaits it
        then(...expected: readonly Fact[]) {
          expect(outcome).toMatchObject({ ok: true });
          if (!outcome.ok) return;
          expect(outcome.events.map(factIn)).toEqual(expected);
        },
        /** What lands on another record together with it. */
        thenBeside(id: string, ...expected: readonly Fact[]) {
          const others = outcome.ok ? outcome.others.filter((other) => other.id === id) : [];
          expect(others.flatMap(({ events }) => events.map(factIn))).toEqual(expected);
        },
        thenAccepted: () => expect(outcome).toMatchObject({ ok: true }),
        thenRefused(rule: Rule, pointer: string) {
          const refusals = outcome.ok ? [] : outcome.refusals.map((refusal) => [refusal.rule, refusal.pointer]);
          expect(refusals).toEqual([[rule, pointer]]);
        },
        thenWarned(rule: Rule) {
          expect(outcome.ok && outcome.warnings.map((warning) => warning.rule)).toEqual([rule]);
        },
      };
    },
  };
}
