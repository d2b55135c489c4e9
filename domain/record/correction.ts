import type * as z from 'zod';
import {
  type Aggregate,
  type CommandDefinition,
  type Context,
  type FoldedRecord,
  lookupIn,
} from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { faultsOf, parsedBy } from '../kernel/faults.ts';
import { growing } from '../kernel/growing.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { spend } from '../kernel/work.ts';
import type { Rule } from '../problems.ts';
import { dayOf } from '../values/partial-date.ts';
import { unknownRemovals } from '../values/without-free-text.ts';
import { afterClosing, atCancelledCeremonies } from './common-rules.ts';
import { endingTooEarly, inTheFuture } from './dates.ts';
import type { corrected } from './events.ts';
import { actorOf, ownDefinition, patched, refold } from './record.ts';
import { isAuthor, ONLY_ITS_AUTHOR } from './rights.ts';
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
  'ends-before-it-begins',
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
    return [{ rule: 'right-lacking', pointer: '/corrects', detail: ONLY_ITS_AUTHOR }];
  }
  if (Object.hasOwn(set, 'speaksAs')) {
    return [
      { rule: 'not-correctable', pointer: '/set/speaksAs', detail: 'who spoke in what capacity stays as it was' },
    ];
  }
  if (Object.hasOwn(set, 'mentions')) {
    return [
      { rule: 'not-correctable', pointer: '/set/mentions', detail: 'the registry itself finds mentions in texts' },
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
  const parsed = parsedBy(definition.schema, is.data);
  if (!parsed.success) {
    return faultsOf(parsed.error.issues, '/set').map((fault) => ({ ...fault, rule: 'correction-unfit' }));
  }
  const unknown = unknownRemovals(definition.schema, set);
  if (unknown.length > 0) {
    const detail = 'the event knows no such field, so there is nothing to take away';
    return unknown.map((at) => ({ rule: 'correction-unfit', pointer: `/set${at}`, detail }));
  }
  const dangling = unknownEvidence({ set: is.data }, is.data as Evidenced);
  if (dangling.length > 0) return dangling;
  const early = endingTooEarly(is.data, '/set');
  if (early.length > 0 && endingTooEarly(was.data).length === 0) return early;
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
  const after = aggregate.holds && growing(() => refold(aggregate, events, aggregate.periods?.empty(state)));
  const same =
    sameJson(identityOf(was), identityOf(is)) &&
    sameJson(aggregate.holds?.(state) ?? [], (after && aggregate.holds?.(after)) ?? []);
  if (same) return [];
  const detail = 'what a record is known by, or alone may hold, is not corrected: unlink it, or retract the record';
  return [{ rule: 'not-correctable', pointer: '/set', detail }];
}

/** The command whose rules judged an event: of two that record it, the act on a record that is there. */
export function commandOf(
  { commands }: Pick<Aggregate, 'commands'>,
  { type }: RegistryEvent,
  isFirst: boolean,
): CommandDefinition | undefined {
  const candidates = commands.filter(({ records }) => records === type);
  return candidates.find(({ act }) => (act === undefined) === isFirst) ?? candidates[0];
}

/** An event of a history, and what it would be refused by, were it decided now in its place. */
interface Judged {
  readonly index: number;
  readonly event: RegistryEvent;
  readonly rules: readonly Refusal[];
}

/** What it costs to evolve a state by one more event and to judge that, in comparisons. */
const COMPARISONS_OF_AN_EVENT = 200;

/** Those of a history's events that would be refused, of all from one of them on, or of some. */
function refusedIn(
  record: FoldedRecord,
  events: readonly RegistryEvent[],
  context: Context,
  isAsked: (index: number) => boolean,
): Judged[] {
  const { aggregate } = record;
  // Of what a long history refers to only a part is read: the rest is unknown.
  const lookup = lookupIn((id) => ({ record: id === record.id ? undefined : context.lookup.ifRead(id) }));
  const judgedAt = (index: number, event: RegistryEvent, state: unknown): Judged => {
    const definition = commandOf(aggregate, event, index === 0);
    const { speaksAs: _, ...data } = event.data;
    // A part of a history may begin with an act on the record.
    const before = index === 0 && definition?.act === undefined ? undefined : state;
    const own: Context = { ...context, actor: actorOf(event), today: dayOf(event.time), lookup };
    // A fold of its own: rules may look at the state with one more fact in it.
    const rules = definition ? growing(() => judged(definition, { data, before, record }, own)) : [];
    return { index, event, rules };
  };
  return growing(() => {
    const refused: Judged[] = [];
    let state = aggregate.periods?.empty(record.state);
    for (const [index, event] of events.entries()) {
      spend(COMPARISONS_OF_AN_EVENT);
      if (isAsked(index)) refused.push(judgedAt(index, event, state));
      state = aggregate.evolve(index === 0 && aggregate.periods === undefined ? undefined : state, event);
    }
    return refused.filter(({ rules }) => rules.length > 0);
  });
}

/** What a command is refused by: its own rules, and those that hold for every one. */
function judged(
  definition: CommandDefinition,
  { data, before, record }: { data: object; before: unknown; record: FoldedRecord },
  context: Context,
): readonly Refusal[] {
  // Also of what breaks other rules: so a fact that was recorded before this rule is not found to break it anew.
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

/**
 * Only rules that the history did not break before refuse it: some judge by what other records say today. Before the
 * event that is corrected nothing has changed.
 */
function historyFaults(record: FoldedRecord, events: readonly RegistryEvent[], context: Context): Refusal[] {
  const first = events.findIndex((event, index) => event !== record.events[index]);
  const after = refusedIn(record, events, context, (index) => index >= first);
  if (after.length === 0) return [];
  const places = new Set(after.map(({ index }) => index));
  const before = refusedIn(record, record.events, context, (index) => places.has(index));
  return newlyBroken(after, before, '/set');
}

/** What speaks against two parts of a record's history standing together, which each stood by itself. */
export function unionFaults(
  record: FoldedRecord,
  { parts, union }: { parts: readonly (readonly RegistryEvent[])[]; union: readonly RegistryEvent[] },
  context: Context,
): Refusal[] {
  const after = refusedIn(record, union, context, () => true);
  if (after.length === 0) return [];
  const before = parts.flatMap((part) => refusedIn(record, part, context, () => true));
  return newlyBroken(after, before, '');
}

function newlyBroken(after: readonly Judged[], before: readonly Judged[], pointer: string): Refusal[] {
  const known = new Map(
    before.map(({ event, rules }) => [event.streamversion, new Set(rules.map(({ rule }) => rule))]),
  );
  return after.flatMap(({ event, rules }) =>
    rules
      .filter(({ rule }) => !known.get(event.streamversion)?.has(rule))
      .map(
        ({ rule, detail }): Refusal => ({
          rule: 'contradicts-history',
          pointer,
          detail: `then ${event.type} at version ${event.streamversion} would break ${rule}: ${detail}`,
        }),
      ),
  );
}
