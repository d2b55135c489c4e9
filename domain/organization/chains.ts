import { CHAIN, FOLLOWED } from '../bounds.ts';
import type { Decision, FoldedRecord, Lookup } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { idsOf } from '../record/merges.ts';
import { referencesIn } from '../values/ids.ts';
import { meet } from '../values/times.ts';
import { type OrganizationState, type Relation, sameRelation } from './state.ts';

/** Chains of relations: whose branch the branch of a branch is, and whether a chain comes back to where it began. */

/** Relations of which no chain comes back; and those of which a chain that does may be an error. */
const RINGLESS: readonly Relation['type'][] = ['branch-of', 'part-of', 'successor-of'];
const SELDOM_RINGS: readonly Relation['type'][] = ['subsidiary-of'];

type Follows = (relation: Relation) => boolean;

/** The relations in which an organization stands, or stood until a day that is known: of what was retracted, none. */
function relationsOf(record: FoldedRecord | undefined): readonly Relation[] {
  if (!record || record.isRetracted) return [];
  const { relations = [], formerRelations = [] } = record.state as OrganizationState;
  return [...relations, ...formerRelations.filter(({ until }) => until !== undefined)];
}

interface Chain {
  /** Those that it leads to, as far as it was read, each under all of its ids; where it begins among them. */
  readonly ids: ReadonlySet<string>;
  /** Whether it leads to more than that. */
  readonly isTooLong: boolean;
}

/** Where relations lead to from some organizations. */
export function chainFrom(
  starts: readonly string[],
  follows: Follows,
  lookup: Lookup,
  { most = CHAIN, end }: { readonly most?: number; readonly end?: ReadonlySet<string> } = {},
): Chain {
  const ids = new Set<string>();
  let isTooLong = false;
  const coming = [...starts];
  for (let next = coming.shift(); next !== undefined; next = coming.shift()) {
    if (ids.has(next)) continue;
    const own = idsOf(next, lookup);
    for (const id of own) ids.add(id);
    if (own.some((id) => end?.has(id))) break;
    // What a relation leads to exists: where it was not read, that would have been too much.
    isTooLong ||= ids.size > most || (!starts.includes(next) && own.some((id) => !lookup.ifRead(id)));
    if (ids.size > most) break;
    coming.push(
      ...own.flatMap((id) =>
        relationsOf(lookup.ifRead(id))
          .filter(follows)
          .map(({ to }) => to),
      ),
    );
  }
  return { ids, isTooLong };
}

/** What a decision rests on was read. */
const isPartlyUnread = (ids: ReadonlySet<string>, { ifRead }: Lookup): boolean => [...ids].some((id) => !ifRead(id));

export const tooLong = (pointer: string): Refusal => ({
  rule: 'cap-chain',
  pointer,
  detail: `relations lead from it to more organizations than are followed: ${CHAIN} for one chain, ${FOLLOWED} for one request`,
});

const makesChains: Follows = ({ type }) => RINGLESS.includes(type) || SELDOM_RINGS.includes(type);

/** What has to be read to find rings that commands on an organization may close: wherever relations lead from these. */
export const leadingFrom = (starts: readonly string[], lookup: Lookup): readonly string[] => [
  ...chainFrom(starts, makesChains, lookup, { most: Number.POSITIVE_INFINITY }).ids,
];

/** What data and state of an organization relate it to. */
export const relatedIn = (data: object, { relations = [], formerRelations = [] }: Partial<OrganizationState> = {}) => [
  ...referencesIn({ ...data, evidence: undefined }).map(({ id }) => id),
  ...[...relations, ...formerRelations].filter(makesChains).map(({ to }) => to),
];

/** Whether one that was known holds whenever another does: what has ended closes no ring. */
const includes = (one: Relation, other: Relation): boolean =>
  sameRelation(one, other) &&
  (one.since === undefined || one.since === other.since) &&
  (one.until === undefined || one.until === other.until);

type Found = Pick<Decision, 'warnings' | 'restsOn'> & { readonly refusals: readonly Refusal[] };

/** The rings that a record closes by what it says now and did not say before. */
export function ringsClosed(
  before: FoldedRecord | undefined,
  after: FoldedRecord,
  { data, lookup }: { readonly data: object; readonly lookup: Lookup },
): Found {
  const known = relationsOf(before);
  const fresh = relationsOf(after).filter((relation) => !known.some((one) => includes(one, relation)));
  if (fresh.length === 0) return { refusals: [] };
  const places = referencesIn({ ...data, evidence: undefined });
  const end = new Set(idsOf(after.id, lookup));
  const refusals: Refusal[] = [];
  const warnings: NonNullable<Found['warnings']>[number][] = [];
  const restsOn = new Set<string>();
  for (const relation of fresh.filter(makesChains)) {
    const { type, to } = relation;
    const pointer = places.find(({ id }) => id === to)?.pointer ?? '';
    const follows: Follows = (other) => other.type === type && (type === 'successor-of' || meet(other, relation));
    const { ids, isTooLong } = chainFrom([to], follows, lookup, { end });
    const isRing = [...ids].some((id) => end.has(id));
    const detail = `${to} is itself ${type} ${after.id}, by one step or several`;
    if (SELDOM_RINGS.includes(type)) {
      if (isRing) warnings.push({ rule: 'relation-ring', record: after.id, detail });
    } else if (isRing) refusals.push({ rule: 'relation-ring', pointer, detail });
    else if (isTooLong || isPartlyUnread(ids, lookup)) refusals.push(tooLong(pointer));
    else for (const id of ids) restsOn.add(id);
  }
  return { refusals, warnings, restsOn: [...restsOn] };
}

/** Whether two organizations that become one were related to each other, by one step or several. */
export function ringByMerging(one: readonly string[], other: readonly string[], lookup: Lookup): Found {
  const sides = [
    [one, new Set(other)],
    [other, new Set(one)],
  ] as const;
  const restsOn = new Set<string>();
  for (const type of RINGLESS) {
    for (const [own, end] of sides) {
      const isOfType: Follows = (relation) => relation.type === type && relation.until === undefined;
      const targets = own.flatMap((id) =>
        relationsOf(lookup.ifRead(id))
          .filter(isOfType)
          .map(({ to }) => to),
      );
      const { ids, isTooLong } = chainFrom(targets, isOfType, lookup, { end });
      if ([...ids].some((id) => end.has(id))) {
        const detail = `the one is ${type} the other, by one step or several: end that relation first`;
        return { refusals: [{ rule: 'relation-ring', pointer: '/into', detail }] };
      }
      if (isTooLong || isPartlyUnread(ids, lookup)) return { refusals: [tooLong('/into')] };
      for (const id of ids) restsOn.add(id);
    }
  }
  return { refusals: [], restsOn: [...restsOn] };
}
