import { aggregateByName } from '../../domain/catalog.ts';
import { decide } from '../../domain/decide.ts';
import { type CommandDefinition, type FoldedRecord, lookupIn } from '../../domain/kernel/aggregate.ts';
import type { ReadEvent, SpeaksAs } from '../../domain/kernel/event.ts';
import type { Refusal } from '../../domain/kernel/refusal.ts';
import { type Work, withinWork } from '../../domain/kernel/work.ts';
import { commandOf } from '../../domain/record/correction.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { dayOf } from '../../domain/values/partial-date.ts';
import { membershipsBeside } from '../commands/merges.ts';
import { readActor, readRecords } from '../commands/read-records.ts';
import type { ReadWork } from '../stores/unit-of-work.ts';
import { TooMuch } from './around.ts';
import type { Stream } from './standing.ts';

/** Streams as they stood at some moment. */
type StandingOf = (stream: string) => Promise<Stream>;

interface Recorded {
  readonly event: ReadEvent;
  /** The record before the event; `undefined` when the event opens it. */
  readonly before: FoldedRecord | undefined;
}

type Around = [standing: StandingOf, by: { readonly registrars: readonly string[]; readonly work: Work }];

/**
 * What an event would be refused by, were it decided on these streams. It is decided as the command that recorded it was,
 * so that no rule is written twice.
 */
export async function refusalsOf(recorded: Recorded, ...around: Around): Promise<readonly Refusal[]> {
  const { event, before } = recorded;
  const aggregate = aggregateByName(aggregateOf(event.subject) ?? '');
  const opens = before === undefined || before.isRetracted;
  const definition = commandOf(aggregate, event, opens);
  // A merge is guarded, and what it reads of the read model is gone.
  if (!definition || definition.readsMemberships) return [];
  const refusals = await refusalsAs(definition, recorded, ...around);
  // Somebody without a right on a record that is there has recorded it by an opening.
  const opener = opens ? undefined : commandOf(aggregate, event, true);
  const isOpening = opener?.act === undefined && refusals.some(({ rule }) => rule === 'right-lacking');
  return opener && isOpening ? refusalsAs(opener, recorded, ...around) : refusals;
}

async function refusalsAs(
  definition: CommandDefinition,
  { event, before }: Recorded,
  ...[standing, { registrars, work }]: Around
): Promise<readonly Refusal[]> {
  const { subject: id, actor: client, time, data: said } = event;
  const aggregate = aggregateByName(aggregateOf(id) ?? '');
  const { speaksAs, ...data } = said;
  const unit = readWork(event, before, standing);
  const item = { aggregate, definition, id, opens: definition.act === undefined, data, pointer: '' };
  if (await readRecords([item], client, unit)) return [];
  const actor = { ...(await readActor(client, unit)), isRegistrar: registrars.includes(client) };
  const memberships = await membershipsBeside(item, unit);
  const opened = dayOf(before?.recordedAt ?? time);
  const context = { id, today: unit.today, opened, actor, lookup: unit.record, memberships };
  const decision = withinWork(work, () => decide(definition, data, before, context));
  if (!decision) throw new TooMuch();
  if (!decision.ok) return decision.refusals;
  const [draft] = decision.value.events;
  const now = (draft?.data as ReadEvent['data'] | undefined)?.speaksAs;
  if (rankOf(now) >= rankOf(speaksAs)) return [];
  return [{ rule: 'right-lacking', pointer: '', detail: `${client} had no right any more to speak as ${speaksAs}` }];
}

/** Capacities from the least on. What the registry records itself is said in none. */
const capacities: readonly SpeaksAs[] = ['other', 'party', 'host'];
const rankOf = (capacity: SpeaksAs = 'other'): number => capacities.indexOf(capacity);

/** Reads for one decision that nobody lands. */
function readWork({ subject, time }: ReadEvent, before: FoldedRecord | undefined, standing: StandingOf): ReadWork {
  const streams = new Map<string, Stream>([[subject, { record: before, lastEvent: undefined }]]);
  return {
    today: dayOf(time),
    async read(ids) {
      const missing = [...new Set(ids)].filter((id) => !streams.has(id));
      const read = await Promise.all(missing.map(async (id) => [id, await standing(id)] as const));
      for (const [id, stream] of read) streams.set(id, stream);
    },
    record: lookupIn((id) => streams.get(id)),
    records: () => [...streams.values()].flatMap(({ record }) => record ?? []),
    lastEvent: (id) => streams.get(id)?.lastEvent,
    guard() {},
  };
}
