import { type CommandDefinition, type Context, type FoldedRecord, lookupIn } from '../../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import type { Refusal } from '../../../domain/kernel/refusal.ts';
import { afterClosing, atCancelledCeremonies } from '../../../domain/record/common-rules.ts';
import { inTheFuture } from '../../../domain/record/dates.ts';
import { dayOf } from '../../../domain/values/partial-date.ts';

/** What a correction breaks, word for word as it is defined: both histories are decided again from the beginning. */

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
    const before = index === 0 && definition?.act === undefined ? undefined : state;
    const actor =
      event.onbehalfof === undefined
        ? { client: event.actor }
        : { client: event.actor, organization: event.onbehalfof };
    const own: Context = {
      ...context,
      actor,
      today: dayOf(event.time),
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
  const early = inTheFuture(definition, data, context);
  const decision = definition.decide(data, before, context);
  if (!decision.ok) return [...decision.refusals, ...early];
  const concerned = before === undefined ? undefined : definition.concerns?.(data, before);
  const folded = before === undefined ? undefined : { aggregate: record.aggregate, state: before };
  return [
    ...early,
    ...atCancelledCeremonies(data, context),
    ...afterClosing({ data, record: folded, concerned }, decision.value.events, context),
  ];
}

/** Only rules that the history did not break before refuse it: some judge by what other records say today. */
export function historyFaults(record: FoldedRecord, events: readonly RegistryEvent[], context: Context): Refusal[] {
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
