import { reservationKinds } from '../../domain/bookkeeping.ts';
import type { Actor, Held } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { problems } from '../../domain/problems.ts';
import { heldOf } from '../../domain/record/record.ts';
import { escapePointer } from '../../domain/values/ids.ts';
import { type Fault, ProblemError } from '../http/problem.ts';
import { reservationStream } from '../runtime/ids.ts';
import type { UnitOfWork } from '../stores/unit-of-work.ts';
import { othersHolding } from './merges.ts';
import type { CommandItem } from './submission.ts';

/** Values that one record alone may hold: each is reserved in a stream of its own, in the same transaction. */

/** Who holds the value of a reservation stream: its last event tells. */
export function holderIn(work: UnitOfWork, stream: string): string | undefined {
  const last = work.lastEvent(stream) as RegistryEvent<string, { holder: string }> | undefined;
  return last?.type.endsWith('.reserved') ? last.data.holder : undefined;
}

/** What some records hold: each value by its reservation stream, with its holder. */
type Holders = ReadonlyMap<string, Held & { readonly holder: string }>;

export const holdersOf = (ids: readonly string[], work: UnitOfWork): Holders =>
  new Map(
    ids.flatMap((holder) => {
      const record = work.record(holder);
      return record ? heldOf(record).map((held) => [reservationStream(held), { ...held, holder }] as const) : [];
    }),
  );

/** Takes the values that the records hold from now on, gives back those that they no longer hold; some change hands. */
export async function updateReservations(
  was: Holders,
  is: Holders,
  item: CommandItem,
  actor: Actor,
  work: UnitOfWork,
): Promise<void> {
  const taken = [...is].filter(([stream, { holder }]) => was.get(stream)?.holder !== holder);
  const given = [...was].filter(([stream]) => !is.has(stream));
  await work.read([...taken, ...given].map(([stream]) => stream));
  for (const [stream, held] of taken) {
    const { kind, key, holder } = held;
    const before = was.has(stream) ? undefined : (holderIn(work, stream) ?? (await holderElsewhere(held, work)));
    if (before !== undefined) {
      const { taken: rule, what } = reservationKinds[kind];
      const pointer = item.pointer + pointerTo([key].flat().at(-1), item.data);
      throw refusalProblem([{ rule, pointer, detail: `the ${what} belongs to ${before}` }]);
    }
    work.decideOn(stream, [{ type: `${kind}.reserved`, data: { holder } }], actor);
  }
  for (const [stream, { kind, holder }] of given) {
    work.decideOn(stream, [{ type: `${kind}.released`, data: { holder } }], actor);
  }
}

/** Who holds the value under another id of the organization that it names: an award is conferred once on it. */
async function holderElsewhere(held: Held, work: UnitOfWork): Promise<string | undefined> {
  const streams = othersHolding(held, work).map(reservationStream);
  await work.read(streams);
  return streams.map((stream) => holderIn(work, stream)).find((holder) => holder !== undefined);
}

/** Where a value stands in a command's data; the data as a whole when it stands nowhere in them. */
function pointerTo(value: unknown, data: unknown, pointer = ''): string {
  if (typeof data !== 'object' || data === null) return '';
  for (const [key, inner] of Object.entries(data)) {
    const at = `${pointer}/${escapePointer(key)}`;
    const found = inner === value ? at : pointerTo(value, inner, at);
    if (found !== '') return found;
  }
  return '';
}

/** The problem is the first rule that was broken; its errors name all of them. */
export function refusalProblem(faults: readonly Fault[]): ProblemError {
  const [first] = faults;
  if (!first) throw new Error('a refusal names a rule');
  return new ProblemError(first.rule, `${problems[first.rule].title}: ${first.detail}`, { errors: faults });
}
