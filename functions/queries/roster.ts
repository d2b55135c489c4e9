import type { Member } from '../../domain/answers/memberships.ts';
import { aggregateByName } from '../../domain/catalog.ts';
import type { Period, Seat } from '../../domain/kernel/aggregate.ts';
import { numberAt } from '../../domain/projections/projection.ts';
import { endedRosterOf, endOfDay, liveRosterOf, records, type Stay } from '../../domain/projections/records.ts';
import { periodsOf } from '../../domain/record/record.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import type { Day } from '../../domain/values/partial-date.ts';
import type { Views } from '../stores/views.ts';
import { fromTheEnd, isOf, type PageRange, readPage, type Show } from './list-pages.ts';
import type { Register } from './register.ts';
import { unionOf } from './union.ts';

interface Asked {
  readonly on: Day;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface RosterDeps {
  readonly views: Pick<Views, 'newest'>;
  readonly register: Pick<Register, 'summary' | 'folded'>;
}

/** Memberships that are folded for one page, because a stay of theirs has more facts than its row holds. */
const MAX_FOLDS = 4;

/**
 * Who belonged to a body, under whatever ids it is known, on a day, latest first: of the stays that last those that had
 * begun, then of those that are over those that had not ended.
 */
export async function rosterOf(bodies: readonly string[], { on, ...asked }: Asked, { views, register }: RosterDeps) {
  const [body = ''] = bodies;
  const [live, ended] = [liveRosterOf(body), endedRosterOf(body)];
  const union = new Map([
    [live, unionOf(views, bodies.map(liveRosterOf))],
    [ended, unionOf(views, bodies.map(endedRosterOf))],
  ]);
  const show = membersOn(on, register);
  const page = (partition: string, range: PageRange) =>
    readPage(union.get(partition) ?? views, records, partition, range, show);

  const { limit, cursor } = asked;
  const lasting =
    cursor !== undefined && isOf(ended, cursor) ? { items: [] } : await page(live, { ...asked, before: endOfDay(on) });
  if (lasting.next !== undefined) return lasting;
  const room = limit - lasting.items.length;
  if (room === 0) return { ...lasting, next: fromTheEnd(ended) };
  const rest = cursor !== undefined && isOf(ended, cursor) ? { cursor } : {};
  const over = await page(ended, { limit: room, notBefore: on, ...rest });
  return { ...over, items: [...lasting.items, ...over.items] };
}

/** Shows the stays that lasted on a day. The page ends before the stay that would be one too many to fold. */
function membersOn(on: Day, register: RosterDeps['register']): Show<Stay, Member> {
  let folds = 0;
  return async (stays, room) => {
    const members: (Member | undefined)[] = [];
    let shown = 0;
    for (const stay of stays) {
      if (shown === room) break;
      if (stay.facts === undefined) {
        if (folds === MAX_FOLDS) break;
        folds += 1;
      }
      const member = memberOf(stay, stay.facts ?? (await factsOf(stay, register)), on);
      members.push(member);
      if (member) shown += 1;
    }
    return members;
  };
}

/** The facts of a stay from the events of its membership; none when it stands no more. */
async function factsOf({ id, number }: Stay, register: RosterDeps['register']): Promise<Period['facts']> {
  const sealed = await register.folded(await register.summary(id));
  return periodsOf(sealed.record).find(({ version }) => numberAt(sealed, version) === number)?.facts ?? [];
}

type Standing = Seat & Pick<Member, 'state'>;

/** The member that a stay made of an organization on a day; `undefined` when it certainly was none. */
function memberOf(stay: Stay, facts: Period['facts'], on: Day): Member | undefined {
  const { organization, id, number, from, to } = stay;
  const seat = aggregateByName(aggregateOf(id) ?? '').periods?.seatOn(facts, on, stay);
  if (!seat) return undefined;
  return { organization, membership: id, number, from, ...(to === undefined ? {} : { to }), ...(seat as Standing) };
}
