import { aggregateByName } from '../../domain/catalog.ts';
import type { Seat } from '../../domain/kernel/aggregate.ts';
import { endedRosterOf, endOfDay, liveRosterOf, records, type Stay } from '../../domain/projections/records.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import type { Day, PartialDate } from '../../domain/values/partial-date.ts';
import type { Views } from '../stores/views.ts';
import { fromTheEnd, isOf, type ListPage, readPage } from './list-pages.ts';
import { unionOf } from './union.ts';

/** An organization that belongs to a body on a day. */
export interface Member extends Seat {
  readonly organization: string;
  /** Its membership, and the register number of this stay. */
  readonly membership: string;
  readonly number: string;
  /** When it became a member, and when that ended, as the sources say. */
  readonly from: PartialDate | 'unknown';
  readonly to?: PartialDate | 'unknown';
}

interface Asked {
  readonly on: Day;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Who belonged to a body, under whatever ids it is known, on a day, latest first: of the stays that last those that had begun, then of those that are over
 * those that had not ended.
 */
export async function rosterOf(bodies: readonly string[], { on, ...asked }: Asked, views: Pick<Views, 'newest'>) {
  const [body = ''] = bodies;
  const [live, ended] = [liveRosterOf(body), endedRosterOf(body)];
  const union = new Map([
    [live, unionOf(views, bodies.map(liveRosterOf))],
    [ended, unionOf(views, bodies.map(endedRosterOf))],
  ]);
  const wasMember = (stay: Stay) => seatOf(stay, on) !== undefined;
  const page = (partition: string, range: Parameters<typeof readPage>[3]) =>
    readPage<Stay>(union.get(partition) ?? views, records, partition, range, wasMember);

  async function read(): Promise<ListPage<Stay>> {
    const { limit, cursor } = asked;
    const lasting =
      cursor !== undefined && isOf(ended, cursor)
        ? { items: [] }
        : await page(live, { ...asked, before: endOfDay(on) });
    if (lasting.next !== undefined) return lasting;
    const room = limit - lasting.items.length;
    if (room === 0) return { ...lasting, next: fromTheEnd(ended) };
    const rest = cursor !== undefined && isOf(ended, cursor) ? { cursor } : {};
    const over = await page(ended, { limit: room, notBefore: on, ...rest });
    return { ...over, items: [...lasting.items, ...over.items] };
  }

  const { items, ...next } = await read();
  return { items: items.map((stay) => memberOf(stay, on)), ...next };
}

const seatOf = ({ id, facts }: Stay, on: Day): Seat | undefined =>
  aggregateByName(aggregateOf(id) ?? '').periods?.seatOn(facts, on);

function memberOf(stay: Stay, on: Day): Member {
  const { organization, id, number, from, to } = stay;
  const seat = seatOf(stay, on);
  if (!seat) throw new Error(`${id} is not on the roster of ${on}`);
  return { organization, membership: id, number, from, ...(to === undefined ? {} : { to }), ...seat };
}
