import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { Name } from '../values/names.ts';
import { type Day, dayAfter, dayOf, daysOf } from '../values/partial-date.ts';
import { mayHoldOn, partedBy, partedOn, type Times } from '../values/times.ts';
import { indexFieldsOf } from './record.ts';

/** What held of a record on a day, of that which begins and ends without moving its state. */

/** The fields of a record with what has ended of each, where it is kept. */
const fieldsThatEnd = {
  names: 'formerNames',
  titles: 'formerTitles',
  relations: 'formerRelations',
  roles: 'formerRoles',
} as const;

type Lists = Readonly<Record<string, readonly Times[] | undefined>>;

/** The fields with what held on a day that is asked for, or else with what has not ended by a day. */
export function heldIn<Fields extends object>(fields: Fields, day: Day, isAsked: boolean): Fields {
  const lists = fields as unknown as Lists;
  const parted = Object.entries(fieldsThatEnd).flatMap(([field, former]) => {
    const [now, ended = []] = [lists[field], lists[former]];
    if (!now) return [];
    const { held, over } = (isAsked ? partedOn : partedBy)(now, ended, day);
    return [[field, held], ...(over.length > 0 || ended.length > 0 ? [[former, over]] : [])];
  });
  return { ...fields, ...Object.fromEntries(parted) };
}

/** The names that a record had on a day, as far as its facts tell. */
export function namesOn(record: FoldedRecord, day: Day): readonly Name[] {
  const { names, formerNames = [] } = indexFieldsOf(record);
  return partedOn(names, formerNames, day).held;
}

/** The names under which lists show a record on a day: one that is over rather than none. */
export function listedNames(record: FoldedRecord, day = dayOf(record.changedAt)): readonly Name[] {
  const { names } = indexFieldsOf(record);
  const held = names.filter((name) => mayHoldOn(name, day));
  return held.length > 0 ? held : names;
}

const isDated = ({ since, until }: Times): boolean => since !== undefined || until !== undefined;

/** Whether it had other names on other days. */
export function hasOtherNames(record: FoldedRecord): boolean {
  const { names, formerNames = [] } = indexFieldsOf(record);
  return names.some(isDated) || formerNames.some(isDated);
}

/** The days to come on which it is listed under other names. */
export function daysOfNames(record: FoldedRecord): Day[] {
  const last = dayOf(record.changedAt);
  const days = indexFieldsOf(record).names.flatMap(({ since, until }) => [
    ...(since === undefined ? [] : [daysOf(since).earliest]),
    ...(until === undefined ? [] : [dayAfter(until) ?? last]),
  ]);
  const now = listedNames(record);
  const isOther = (names: readonly Name[]) => names.length !== now.length || names.some((name, at) => name !== now[at]);
  return days.filter((day) => day > last && isOther(listedNames(record, day)));
}
