import { expect } from 'vitest';
import type { Actor, CommandDefinition, FoldedRecord } from '../../domain/aggregate.ts';
import { aggregateByName, commandsByName, schemaVersionOf } from '../../domain/catalog.ts';
import { decide } from '../../domain/decide.ts';
import { type EventDraft, type RegistryEvent, stamp } from '../../domain/event.ts';
import type { Rule } from '../../domain/problems.ts';
import { fold } from '../../domain/record.ts';
import type { Refusal, Warning } from '../../domain/refusal.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { faultsOf } from '../../functions/shared/http/faults.ts';

/** The id that every test gives to the n-th record of an aggregate, from `a` to `z`. */
export const idOf = (aggregate: string, letter = 'a') => `${aggregate}-${letter.repeat(26)}`;

export const TODAY = '2023-03-01';
export const evidence = [{ source: { title: 'Press release', publishedOn: '2023-02-27' }, basis: 'stated' }];

/** The client that submitted whatever a test says was there before. */
export const SUBMITTER: Actor = { client: 'gzde' };

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
export function recordOf(id: string, facts: readonly Fact[], actor: Actor = SUBMITTER): FoldedRecord | undefined {
  return fold(aggregateByName(aggregateOf(id) ?? ''), eventsOf(id, facts, actor));
}

export interface Around {
  /** Who submits the command. */
  readonly actor?: Actor;
  readonly today?: string;
  /** What else the register holds. Organizations `a` to `z` are there without being told. */
  readonly beside?: Readonly<Record<string, readonly Fact[]>>;
}

const anOrganization: readonly Fact[] = [
  ['organization.registered', { kind: 'company', names: [{ value: 'Any', lang: 'en' }] }],
];

type Outcome =
  | { readonly ok: true; readonly events: readonly EventDraft[]; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** The schema first and then the decider, as the commands function does it. */
function outcomeOf(
  definition: CommandDefinition,
  data: object,
  id: string,
  given: readonly Fact[],
  around: Around,
): Outcome {
  const parsed = definition.schema.safeParse(data, { reportInput: true });
  if (!parsed.success) return { ok: false, refusals: faultsOf(parsed.error.issues, '') };
  const lookup = (other: string) => {
    const facts = around.beside?.[other] ?? (/^organization-([a-z])\1{25}$/.test(other) ? anOrganization : undefined);
    return other === id ? recordOf(id, given) : facts && recordOf(other, facts);
  };
  const { actor = SUBMITTER, today = TODAY } = around;
  const record = recordOf(id, given);
  const opened = record?.recordedAt.slice(0, 10) ?? today;
  const decision = decide(definition, parsed.data as object, record, { id, today, opened, actor, lookup });
  return decision.ok ? { ok: true, events: decision.value.events, warnings: decision.value.warnings ?? [] } : decision;
}

/**
 * Given what was recorded, when a command arrives, then these facts are recorded, or it is refused by this rule at
 * this place. With an empty `given` the command opens the record.
 */
export function given(facts: readonly Fact[], around: Around = {}) {
  return {
    when(command: string, data: object) {
      const found = commandsByName.get(command);
      if (!found) throw new Error(`the catalog has no command ${command}`);
      const id = idOf(found.aggregate.name);
      const outcome = outcomeOf(found.definition, { evidence, ...data }, id, facts, around);
      return {
        outcome,
        // biome-ignore lint/suspicious/noThenProperty: given, when, then; nobody awaits it
        then(...expected: readonly Fact[]) {
          expect(outcome).toMatchObject({ ok: true });
          if (!outcome.ok) return;
          const told = outcome.events.map(({ type, data }) => {
            const { evidence: _, speaksAs: __, ...rest } = data as Record<string, unknown>;
            return [type, rest];
          });
          expect(told).toEqual(expected);
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
