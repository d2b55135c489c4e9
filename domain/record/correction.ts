import type * as z from 'zod';
import { type CommandDefinition, type Context, type FoldedRecord, lookupIn } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { faultsOf } from '../kernel/faults.ts';
import type { Refusal } from '../kernel/refusal.ts';
import type { Rule } from '../problems.ts';
import { afterClosing, atCancelledCeremonies } from './common-rules.ts';
import type { corrected } from './events.ts';
import { ownDefinition, patched, refold } from './record.ts';
import { isAuthor } from './rights.ts';
import { type Evidenced, unknownEvidence } from './unknown-evidence.ts';

/** What speaks against a correction: it must change something, fit the schema, and leave a history that the rules accept. */

export const correctionRules: readonly Rule[] = [
  'no-such-event',
  'right-lacking',
  'no-change',
  'not-correctable',
  'contradicts-history',
  'correction-unfit',
  'unknown-evidence',
  'ceremony-cancelled',
];

type Correction = Pick<z.infer<typeof corrected>, 'corrects' | 'set' | 'schemaVersion'>;

/** What is submitted patches the data as the record shows them: in the current version, which it says where another was recorded. */
export function inCurrentTerms<Data extends Correction>({ aggregate, events }: FoldedRecord, data: Data): Data {
  const event = events.find(({ streamversion }) => streamversion === data.corrects);
  return event?.older ? { ...data, schemaVersion: ownDefinition(aggregate, event.type).version } : data;
}

export function correctionFaults(record: FoldedRecord, correction: Correction, context: Context): Refusal[] {
  const { corrects, set } = correction;
  const was = record.events.find(({ streamversion }) => streamversion === corrects);
  if (!was) {
    return [{ rule: 'no-such-event', pointer: '/corrects', detail: 'the record has no such event of its own' }];
  }
  if (!context.actor.isRegistrar && !isAuthor(was, context.actor, context.lookup)) {
    const detail = 'only the submitter of a fact, or a registrar, corrects it';
    return [{ rule: 'right-lacking', pointer: '/corrects', detail }];
  }
  if (Object.hasOwn(set, 'speaksAs')) {
    return [
      { rule: 'not-correctable', pointer: '/set/speaksAs', detail: 'who spoke in what capacity stays as it was' },
    ];
  }
  const definition = ownDefinition(record.aggregate, was.type);
  if (definition.joint) {
    const detail = 'it stands together with events of other records';
    return [{ rule: 'not-correctable', pointer: '/corrects', detail }];
  }
  const events = patched(record, correction);
  const is = events.find(({ streamversion }) => streamversion === corrects) as RegistryEvent;
  if (sameJson(is.data, was.data)) {
    return [{ rule: 'no-change', pointer: '/set', detail: 'the event says so already' }];
  }
  const parsed = definition.schema.safeParse(is.data, { reportInput: true });
  if (parsed.error) {
    return faultsOf(parsed.error.issues, '/set').map((fault) => ({ ...fault, rule: 'correction-unfit' }));
  }
  const dangling = unknownEvidence({ set: is.data }, is.data as Evidenced);
  if (dangling.length > 0) return dangling;
  const identity = identityFaults(record, was, is, events);
  return identity.length > 0 ? identity : historyFaults(record, events, context);
}

const sameJson = (a: unknown, b: unknown): boolean => {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameJson(a[key as keyof typeof a], b[key as keyof typeof b]));
};

/** What makes up a stream's identity, or is reserved, is not corrected: it is unlinked, or the record retracted. */
function identityFaults(
  { aggregate, state }: FoldedRecord,
  was: RegistryEvent,
  is: RegistryEvent,
  events: readonly RegistryEvent[],
): Refusal[] {
  const identityOf = ({ data }: RegistryEvent) => aggregate.identity?.(data);
  const after = refold(aggregate, events, aggregate.periods?.empty(state));
  const same =
    sameJson(identityOf(was), identityOf(is)) &&
    sameJson(aggregate.holds?.(state) ?? [], (after && aggregate.holds?.(after)) ?? []);
  if (same) return [];
  const detail = 'what a record is known by, or alone may hold, is not corrected: unlink it, or retract the record';
  return [{ rule: 'not-correctable', pointer: '/set', detail }];
}

/** The command whose rules judged an event: of two that record it, the act on a record that is there. */
function commandOf(record: FoldedRecord, { type }: RegistryEvent, isFirst: boolean): CommandDefinition | undefined {
  const candidates = record.aggregate.commands.filter(({ records }) => records === type);
  return candidates.find(({ act }) => (act === undefined) === isFirst) ?? candidates[0];
}

/** What each event of a history would be refused by, were it decided now in its place. */
function refusalsIn(record: FoldedRecord, events: readonly RegistryEvent[], context: Context) {
  const { aggregate } = record;
  let state = aggregate.periods?.empty(record.state);
  return events.map((event, index) => {
    const definition = commandOf(record, event, index === 0);
    const { speaksAs: _, ...data } = event.data;
    const before = index === 0 ? undefined : state;
    const actor =
      event.onbehalfof === undefined
        ? { client: event.actor }
        : { client: event.actor, organization: event.onbehalfof };
    const own: Context = {
      ...context,
      actor,
      today: event.time.slice(0, 10),
      // Of what a long history refers to only a part is read: the rest is unknown.
      lookup: lookupIn((id) => ({ record: id === record.id ? undefined : context.lookup.ifRead(id) })),
    };
    const refusals = definition ? judged(definition, { data, before, record }, own) : [];
    state = aggregate.evolve(index === 0 && aggregate.periods === undefined ? undefined : state, event);
    return { event, rules: refusals };
  });
}

/** What a command is refused by: its own rules, and those that hold for every one. */
function judged(
  definition: CommandDefinition,
  { data, before, record }: { data: object; before: unknown; record: FoldedRecord },
  context: Context,
): readonly Refusal[] {
  const decision = definition.decide(data, before, context);
  if (!decision.ok) return decision.refusals;
  const concerned = before === undefined ? undefined : definition.concerns?.(data, before);
  const folded = before === undefined ? undefined : { aggregate: record.aggregate, state: before };
  return [
    ...atCancelledCeremonies(data, context),
    ...afterClosing({ data, record: folded, concerned }, decision.value.events, context),
  ];
}

/** Only rules that the history did not break before refuse it: some judge by what other records say today. */
function historyFaults(record: FoldedRecord, events: readonly RegistryEvent[], context: Context): Refusal[] {
  const before = refusalsIn(record, record.events, context);
  return refusalsIn(record, events, context).flatMap(({ event, rules }, index) => {
    const known = new Set(before[index]?.rules.map(({ rule }) => rule));
    return rules
      .filter(({ rule }) => !known.has(rule))
      .map(
        ({ rule, detail }): Refusal => ({
          rule: 'contradicts-history',
          pointer: '/set',
          detail: `then ${event.type} at version ${event.streamversion} would break ${rule}: ${detail}`,
        }),
      );
  });
}
