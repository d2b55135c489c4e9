import { certainlyBefore, type Day, daysOf, type PartialDate, partialDate } from './partial-date.ts';

/** Since when something holds, and until when. On the last of the days that `until` allows it still does. */
export const times = {
  since: partialDate.optional().meta({ description: 'Since when it holds' }),
  until: partialDate.optional().meta({ description: 'Until when it holds; on that day it still does' }),
};

export interface Times {
  readonly since?: PartialDate | undefined;
  readonly until?: PartialDate | undefined;
}

/** Whether something was certainly over on a date. */
const isOver = ({ until }: Times, by: PartialDate): boolean => until !== undefined && certainlyBefore(until, by);

/** Whether something may have held on a date. Without dates it did. */
export const mayHoldOn = (lasting: Times, on: PartialDate): boolean =>
  !isOver(lasting, on) && !(lasting.since !== undefined && certainlyBefore(on, lasting.since));

/** Whether it held for certain. */
export function holdsOn({ since, until }: Times, on: PartialDate): boolean {
  const { earliest, latest } = daysOf(on);
  const hasBegun = since === undefined || (daysOf(since).exact && daysOf(since).latest <= earliest);
  return hasBegun && (until === undefined || (daysOf(until).exact && latest <= daysOf(until).earliest));
}

/** Whether the one was certainly over before the other began. */
export const areApart = (one: Times, other: Times): boolean =>
  [
    [one, other],
    [other, one],
  ].some(([a, b]) => b?.since !== undefined && a !== undefined && isOver(a, b.since));

/** Whether there was certainly a day on which both held. */
export const meet = (one: Times, other: Times): boolean =>
  [
    [one, other],
    [other, one],
  ].every(([a, b]) => a?.until === undefined || b?.since === undefined || certainlyBefore(b.since, a.until));

/** What holds since a day, unless it says itself since when. */
export const withSince = <Item extends Times>(item: Item, on: PartialDate | undefined): Item =>
  on === undefined || item.since !== undefined ? item : { ...item, since: on };

/** What held until a day. Where nobody says until when, what it says itself stands. */
export const withUntil = <Item extends Times>(item: Item, on: PartialDate | undefined): Item =>
  on === undefined ? item : { ...item, until: on };

/** Items that hold on a day, and items that were over by then. */
interface Parted<Item> {
  readonly held: readonly Item[];
  readonly over: readonly Item[];
}

/** What is said to hold, and what has ended: as it is, but for what says itself that it was over by a day. */
export function partedBy<Item extends Times>(now: readonly Item[], ended: readonly Item[], day: Day): Parted<Item> {
  const over = now.filter((item) => isOver(item, day));
  if (over.length === 0) return { held: now, over: ended };
  return { held: now.filter((item) => !over.includes(item)), over: [...ended, ...over] };
}

/** The same as it was on a day. Of what ended nobody knows when, nothing tells that it held then. */
export function partedOn<Item extends Times>(now: readonly Item[], ended: readonly Item[], day: Day): Parted<Item> {
  const wasThere = (item: Item) => item.until !== undefined && mayHoldOn(item, day);
  const wasOver = (item: Item) =>
    item.until === undefined ? !(item.since !== undefined && certainlyBefore(day, item.since)) : isOver(item, day);
  return {
    held: [...ended.filter(wasThere), ...now.filter((item) => mayHoldOn(item, day))],
    over: [...ended.filter(wasOver), ...now.filter((item) => isOver(item, day))],
  };
}
