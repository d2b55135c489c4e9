import { reservationKinds } from '../../domain/bookkeeping.ts';
import type { Actor, Held } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { heldOf } from '../../domain/record/record.ts';
import { escapePointer } from '../../domain/values/ids.ts';
import { reservationStream } from '../runtime/ids.ts';
import type { ReadWork, UnitOfWork } from '../stores/unit-of-work.ts';
import { othersHolding } from './merges.ts';
import { brokenRules, type Rejection } from './rejection.ts';
import type { CommandItem } from './submission.ts';

/** Values that only one record may hold: each is reserved in a stream of its own, in the transaction of the commands. */

/** The record that holds the value of a reservation stream, as the stream's last event has it. */
export function holderIn(unit: Pick<ReadWork, 'lastEvent'>, stream: string): string | undefined {
  const last = unit.lastEvent(stream) as RegistryEvent<string, { holder: string }> | undefined;
  return last?.type.endsWith('.reserved') ? last.data.holder : undefined;
}

/** The streams in which an earlier release may have reserved the value. */
const formerStreams = ({ kind, formerly }: Held): string[] =>
  formerly === undefined ? [] : [reservationStream({ kind, key: formerly })];

/** The values that records hold: each by its reservation stream, with its holder. */
export type Holders = ReadonlyMap<string, Held & { readonly holder: string }>;

export const holdersOf = (ids: readonly string[], unit: UnitOfWork): Holders =>
  new Map(
    ids.flatMap((holder) => {
      const record = unit.record(holder);
      return record ? heldOf(record).map((held) => [reservationStream(held), { ...held, holder }] as const) : [];
    }),
  );

/**
 * Reserves the values that the records hold from now on and releases those that they no longer hold. A value that passes
 * from one of these records to another changes its holder. Rejects a value that belongs to any other record.
 */
export async function updateReservations(
  { before: was, after: is }: { readonly before: Holders; readonly after: Holders },
  item: CommandItem,
  actor: Actor,
  unit: UnitOfWork,
): Promise<Rejection | undefined> {
  const taken = [...is].filter(([stream, { holder }]) => was.get(stream)?.holder !== holder);
  const released = [...was]
    .filter(([stream]) => !is.has(stream))
    .flatMap(([stream, held]) => [stream, ...formerStreams(held)].map((one) => [one, held] as const));
  await unit.read([...taken, ...released].map(([stream]) => stream));
  for (const [stream, held] of taken) {
    const { kind, key, holder } = held;
    const other = was.has(stream) ? undefined : (holderIn(unit, stream) ?? (await holderElsewhere(held, unit)));
    if (other !== undefined) {
      const { taken: rule, what } = reservationKinds[kind];
      const pointer = pointerTo([key].flat().at(-1), item.data);
      return brokenRules([{ rule, pointer, detail: `the ${what} belongs to ${other}` }], item.pointer);
    }
    unit.decideOn(stream, [{ type: `${kind}.reserved`, data: { holder } }], actor);
  }
  for (const [stream, { kind, holder }] of released) {
    // One of the two streams alone: which, depends on the release that reserved it.
    if (holderIn(unit, stream) !== holder) continue;
    unit.decideOn(stream, [{ type: `${kind}.released`, data: { holder } }], actor);
  }
  return undefined;
}

/**
 * Another record that holds the value under another id of the organization in it, or as an earlier release reserved it: an
 * award is conferred on it once. What is reserved in one stream is not written in the others, so these are guarded.
 */
async function holderElsewhere(
  held: Held & { readonly holder: string },
  unit: UnitOfWork,
): Promise<string | undefined> {
  const streams = [held, ...othersHolding(held, unit)].flatMap((one, place) => [
    ...(place === 0 ? [] : [reservationStream(one)]),
    ...formerStreams(one),
  ]);
  await unit.read(streams);
  unit.guard(streams);
  return streams
    .map((stream) => holderIn(unit, stream))
    .find((holder) => holder !== undefined && holder !== held.holder);
}

/** The pointer of a value in a command's data; that of the data as a whole when they do not hold it. */
function pointerTo(value: unknown, data: unknown, pointer = ''): string {
  if (typeof data !== 'object' || data === null) return '';
  for (const [key, inner] of Object.entries(data)) {
    const at = `${pointer}/${escapePointer(key)}`;
    const found = inner === value ? at : pointerTo(value, inner, at);
    if (found !== '') return found;
  }
  return '';
}
