import { HOST_OR_PARTY_SHARE, OTHER_SHARE, RECORD_BYTES, RECORD_EVENTS } from '../bounds.ts';
import type { Actor, FoldedRecord, Lookup } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { areSame } from './merges.ts';
import { hasSubmitted, isInOwnHands, speaksAs } from './rights.ts';

/** How large a stream is: its events, and the bytes of their canonical JSON. */
export interface StreamSize {
  readonly events: number;
  readonly bytes: number;
}

/** How far an actor may fill the stream of a record. */
export interface Room extends StreamSize {
  readonly of: 'owner' | 'host-or-party' | 'other';
}

const roomOf = (of: Room['of'], share: number): Room => ({
  of,
  events: Math.floor(RECORD_EVENTS * share),
  bytes: Math.floor(RECORD_BYTES * share),
});

/** All that a record takes: for its owner, for registrars, and for what the registry itself records. */
export const wholeRoom: Room = roomOf('owner', 1);
const hostOrPartyRoom = roomOf('host-or-party', HOST_OR_PARTY_SHARE);
const otherRoom = roomOf('other', OTHER_SHARE);

/**
 * The room of an actor in a record as it is before the command: an act that makes its author a party gives no room to
 * itself.
 */
export function roomFor(record: FoldedRecord | undefined, actor: Actor, lookup: Lookup): Room {
  if (record === undefined || actor.isRegistrar || owns(record, actor, lookup)) return wholeRoom;
  return speaksAs(record, actor, lookup) === 'other' ? otherRoom : hostOrPartyRoom;
}

/** The owner of a record is who submitted it, or the organization that it is about, once that is in its own hands. */
const owns = (record: FoldedRecord, actor: Actor, lookup: Lookup): boolean =>
  isInOwnHands(record) ? areSame(actor.organization, record.id, lookup) : hasSubmitted(record, actor, lookup);

const whose: Readonly<Record<Room['of'], string>> = {
  owner: 'it takes',
  'host-or-party': 'its hosts and its parties fill',
  other: 'who is neither its owner nor a host of it or a party to it fills',
};

/** What speaks against a stream of this size. */
export function overfull(id: string, { events, bytes }: StreamSize, room: Room): Refusal[] {
  const beyond = (rule: Refusal['rule'], unit: string, asked: number, most: number, all: number): Refusal[] => {
    if (asked <= most) return [];
    const share = room.of === 'owner' ? '' : ` of the ${all} that a record takes`;
    const detail = `${id} would have ${asked} ${unit}; ${whose[room.of]} at most ${most}${share}`;
    return [{ rule, pointer: '', detail }];
  };
  return [
    ...beyond('cap-record-events', 'events', events, room.events, RECORD_EVENTS),
    ...beyond('cap-record-bytes', 'bytes', bytes, room.bytes, RECORD_BYTES),
  ];
}
