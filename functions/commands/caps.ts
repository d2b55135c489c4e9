import { COMMAND_EVENT_BYTES } from '../../domain/bounds.ts';
import type { Actor } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import type { Refusal } from '../../domain/kernel/refusal.ts';
import { overfull, roomFor } from '../../domain/record/room.ts';
import { eventText } from '../stores/event-store.ts';
import type { UnitOfWork } from '../stores/unit-of-work.ts';

/** Looks at the records that a command writes to before it is decided; what it returns judges their size afterwards. */
export function roomsFor(ids: readonly string[], actor: Actor, unit: UnitOfWork): () => Refusal[] {
  const rooms = ids.map((id) => ({ id, room: roomFor(unit.record(id), actor, unit.record) }));
  return () => rooms.flatMap(({ id, room }) => overfull(id, unit.size(id), room));
}

const bytesStored = (event: RegistryEvent): number => Buffer.byteLength(eventText(event));

/** What speaks against the size of the events that a command has caused: at most the largest is named. */
export function overlong(events: readonly RegistryEvent[], bytesOf = bytesStored): Refusal[] {
  const sizes = events.map((event) => ({ subject: event.subject, bytes: bytesOf(event) }));
  const [largest] = sizes.sort((one, other) => other.bytes - one.bytes);
  if (!largest || largest.bytes <= COMMAND_EVENT_BYTES) return [];
  const detail = `an event of ${largest.bytes} bytes for ${largest.subject}; at most ${COMMAND_EVENT_BYTES}`;
  return [{ rule: 'cap-event-bytes', pointer: '', detail }];
}
