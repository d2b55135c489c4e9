import type { Actor, Context, FoldedRecord, Lookup } from '../kernel/aggregate.ts';
import { memoized } from '../kernel/memoized.ts';
import { aggregateOf } from '../values/ids.ts';
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

function collectOrganizations(value: unknown, found: Set<string>): Set<string> {
  if (typeof value === 'string' && aggregateOf(value) === 'organization') found.add(value);
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) if (key !== 'evidence') collectOrganizations(inner, found);
  }
  return found;
}

/** The organizations that a part of a state names, such as a fact: states share their parts. */
const organizationsIn = memoized((part: object) => collectOrganizations(part, new Set()));

/** What is said of an organization that is merged with itself, not with another one; evidence may rest on anything. */
const ofItself: readonly string[] = ['evidence', 'absorbed', 'mergedInto'];

const organizationsOfState = memoized((state: object): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(state)) {
    if (ofItself.includes(key)) continue;
    for (const part of Array.isArray(value) ? value : [value]) {
      if (typeof part !== 'object' || part === null) collectOrganizations(part, found);
      else for (const id of organizationsIn(part)) found.add(id);
    }
  }
  return found;
});

const NONE: ReadonlySet<string> = new Set();

/** The ids of organizations that a record knows, but for those that are merged with itself. */
export const knownTo = (record: FoldedRecord | undefined): ReadonlySet<string> =>
  record ? organizationsOfState(record.state as object) : NONE;

/**
 * Data in which organizations stand under the ids by which the record knows them, and one organization under one id: so
 * the rules of a record find that two are one without asking, and so do the events that are folded later.
 */
export function inWordsOf<Data extends object>(data: Data, record: FoldedRecord | undefined, { id, lookup }: Context) {
  const [before, spelt] = [knownTo(record), new Set([id])];
  const isKnown = (one: string) => before.has(one) || spelt.has(one);
  const spell = (given: string): string => {
    if (aggregateOf(given) !== 'organization' || isKnown(given)) return given;
    const found = idsOf(given, lookup).find(isKnown) ?? given;
    spelt.add(found);
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
  const known = knownTo(record);
  const found = [organization, ...idsOf(organization, lookup)].find((id) => id === record.id || known.has(id));
  return found === undefined ? actor : { ...actor, organization: found };
}
