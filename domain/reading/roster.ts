import type { Member } from '../answers/memberships.ts';
import { aggregateByName } from '../catalog.ts';
import type { Period, Seat } from '../kernel/aggregate.ts';
import { endedRosterOf, endOfDay, liveRosterOf, type Stay } from '../projections/records.ts';
import { aggregateOf } from '../values/ids.ts';
import type { Day } from '../values/partial-date.ts';
import { type CursorPlace, fromTheEnd, isOf } from './cursors.ts';
import { firstRead, type ListPage, type PageRange, readPage, type Show } from './pages.ts';
import type { RowReader } from './row-reader.ts';
import { unionOf } from './union.ts';

interface Asked {
  readonly on: Day;
  readonly limit: number;
  readonly cursor?: CursorPlace | undefined;
}

/** The facts of a stay that are too many for its row. */
export type ReadFacts = (stay: Stay) => Promise<Period['facts']>;

/** Memberships that are folded for one page, because a stay of theirs has more facts than its row holds. */
const MAX_FOLDS = 4;

/** The lists that a roster consists of. */
export const rosterLists = (body: string): readonly string[] => [liveRosterOf(body), endedRosterOf(body)];

/** What a page begins with, unless the body absorbed others. */
export function firstOfRoster(reader: Pick<RowReader, 'newest'>, body: string, { on, limit, cursor }: Asked) {
  const isOver = cursor !== undefined && isOf(endedRosterOf(body), cursor);
  const list = isOver ? endedRosterOf(body) : liveRosterOf(body);
  const { before, rows } = firstRead(list, { limit, cursor, ...(!isOver && { before: endOfDay(on) }) });
  return reader.newest<Stay>(list, before, rows);
}

/**
 * Who belonged to a body, under whatever ids it is known, on a day, latest first: of the stays that last those that had
 * begun, then of those that are over those that had not ended.
 */
export async function rosterOf(
  reader: Pick<RowReader, 'newest'>,
  bodies: readonly string[],
  { on, limit, cursor }: Asked,
  readFacts: ReadFacts,
): Promise<ListPage<Member>> {
  const [body = ''] = bodies;
  const [live, ended] = [liveRosterOf(body), endedRosterOf(body)];
  const show = membersOn(on, readFacts);
  const page = (list: string, ids: readonly string[], range: PageRange) =>
    readPage(unionOf(reader, ids), list, range, show);

  const isOver = cursor !== undefined && isOf(ended, cursor);
  const lasting: ListPage<Member> = isOver
    ? { items: [] }
    : await page(live, bodies.map(liveRosterOf), { limit, cursor, before: endOfDay(on) });
  if (lasting.next !== undefined) return lasting;
  const room = limit - lasting.items.length;
  // Without room for one of them it is only seen whether there are any.
  const over = await page(ended, bodies.map(endedRosterOf), {
    limit: Math.max(room, 1),
    notBefore: on,
    ...(isOver && { cursor }),
  });
  if (room === 0) return over.items.length === 0 ? lasting : { ...lasting, next: fromTheEnd(ended) };
  return { ...over, items: [...lasting.items, ...over.items] };
}

/** Shows the stays that lasted on a day. The page ends before the stay that would be one too many to fold. */
function membersOn(on: Day, readFacts: ReadFacts): Show<Stay, Member> {
  let folds = 0;
  return async (stays, room) => {
    const items: (Member | undefined)[] = [];
    let shown = 0;
    for (const { value: stay } of stays) {
      if (shown === room) break;
      if (stay.facts === undefined) {
        if (folds === MAX_FOLDS) return { items, ends: true };
        folds += 1;
      }
      const member = memberOf(stay, stay.facts ?? (await readFacts(stay)), on);
      items.push(member);
      if (member) shown += 1;
    }
    return { items };
  };
}

type Standing = Seat & Pick<Member, 'state'>;

/** The member that a stay made of an organization on a day; `undefined` when it certainly was none. */
function memberOf(stay: Stay, facts: Period['facts'], on: Day): Member | undefined {
  const { organization, id, number, from, to } = stay;
  const seat = aggregateByName(aggregateOf(id) ?? '').periods?.seatOn(facts, on, stay);
  if (!seat) return undefined;
  return { organization, membership: id, number, from, ...(to === undefined ? {} : { to }), ...(seat as Standing) };
}
