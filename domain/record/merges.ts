import type { Actor, Context, FoldedRecord, Lookup } from '../kernel/aggregate.ts';
import { aggregateOf, referencesIn } from '../values/ids.ts';
import { indexFieldsOf } from './record.ts';

/**
 * After a merge several ids stand for one organization. Records keep the id under which they knew it first, because a
 * record is folded from its own stream alone; whatever compares organizations asks here.
 */

const fieldsIn = (id: string, find: (id: string) => FoldedRecord | undefined) => {
  const record = aggregateOf(id) === 'organization' ? find(id) : undefined;
  return record && indexFieldsOf(record);
};

/**
 * The organization that an id stands for. `into` names the last one; two reads at different times may still leave a step
 * to go, and never a circle, because nothing is merged into what is merged.
 */
export function finalOf(id: string, find: (id: string) => FoldedRecord | undefined): string {
  const into = fieldsIn(id, find)?.mergedInto;
  return into === undefined ? id : finalOf(into, find);
}

/** All ids that stand for the same organization, the last one first: of one that nobody read, the id alone. */
export function idsOf(id: string, { ifRead }: Lookup): readonly string[] {
  const final = finalOf(id, ifRead);
  return [...new Set([final, ...(fieldsIn(final, ifRead)?.absorbed ?? []), id])];
}

/** Whether two ids stand for the same organization. One that was read tells it, since it knows all of its ids. */
export function areSame(one: string | undefined, other: string | undefined, lookup: Lookup): boolean {
  if (one === undefined || other === undefined || one === other) return one !== undefined && one === other;
  if (!fieldsIn(one, lookup.ifRead)) fieldsIn(other, lookup);
  return idsOf(one, lookup).includes(other) || idsOf(other, lookup).includes(one);
}

/** The ids of organizations that a record knows, but for those that are merged with itself; evidence may rest on anything. */
const knownTo = (record: FoldedRecord | undefined): string[] =>
  record
    ? referencesIn({
        ...(record.state as object),
        evidence: undefined,
        absorbed: undefined,
        mergedInto: undefined,
      }).map(({ id }) => id)
    : [];

/**
 * Data in which organizations stand under the ids by which the record knows them, and one organization under one id: so
 * the rules of a record find that two are one without asking, and so do the events that are folded later.
 */
export function inWordsOf<Data extends object>(data: Data, record: FoldedRecord | undefined, { id, lookup }: Context) {
  const known = new Set([id, ...knownTo(record)]);
  const spell = (given: string): string => {
    if (aggregateOf(given) !== 'organization' || known.has(given)) return given;
    const found = idsOf(given, lookup).find((other) => known.has(other)) ?? given;
    known.add(found);
    return found;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return spell(value);
    if (Array.isArray(value)) return value.map(walk);
    return typeof value === 'object' && value !== null ? walkEntries(value) : value;
  };
  const walkEntries = (value: object): object =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'evidence' ? inner : walk(inner)]));
  return walkEntries(data) as Data;
}

/** The actor under the id by which a record knows its organization: who has spoken is told by the record's own stream. */
export function asKnownTo(record: FoldedRecord, actor: Actor, lookup: Lookup): Actor {
  const { organization } = actor;
  if (organization === undefined) return actor;
  const known = new Set([record.id, ...knownTo(record)]);
  const found = [organization, ...idsOf(organization, lookup)].find((id) => known.has(id));
  return found === undefined ? actor : { ...actor, organization: found };
}
