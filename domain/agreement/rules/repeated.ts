import type { Context, Lookup } from '../../kernel/aggregate.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { chainFrom, tooLong } from '../../organization/chains.ts';
import { daysOf, type PartialDate } from '../../values/partial-date.ts';
import type { Party } from '../../values/party.ts';
import { holdsOn } from '../../values/times.ts';
import { type AgreementParty, partyIndex } from '../parties.ts';
import { type Findings, nothing, refusal } from './findings.ts';

/**
 * The parties of an agreement are distinct. A branch is what it is a branch of, and so on to the end. Of parties that were
 * there before nothing is read: there may be a thousand.
 */

/** Where `branch-of` leads to from organizations, themselves among them. */
const entitiesOf = (organizations: readonly string[], day: PartialDate, lookup: Lookup) =>
  chainFrom(organizations, (relation) => relation.type === 'branch-of' && holdsOn(relation, day), lookup);

/** What has to be read to tell which organizations are branches of others. */
export const branchesFollowed = (organizations: readonly string[], lookup: Lookup): readonly string[] => [
  ...chainFrom(organizations, ({ type }) => type === 'branch-of', lookup, { most: Number.POSITIVE_INFINITY }).ids,
];

/** The organizations that parties are or sign for. */
export const organizationsActing = (parties: readonly Party[]): string[] =>
  parties.flatMap((party) =>
    'organization' in party ? [party.organization, ...(party.onBehalfOf === undefined ? [] : [party.onBehalfOf])] : [],
  );

/** The day on which branches count as such: the last one that is dated, or today. */
function dayOfParties(dates: readonly (PartialDate | undefined)[], today: PartialDate): PartialDate {
  const latest = dates
    .flatMap((date) => (date === undefined ? [] : [daysOf(date).latest]))
    .sort()
    .at(-1);
  return latest !== undefined && latest < today ? latest : today;
}

interface Named {
  readonly parties: readonly Party[];
  /** The dates of what they did. */
  readonly dates: readonly (PartialDate | undefined)[];
}

export function repeatedParties(
  { parties, dates }: Named,
  before: readonly AgreementParty[],
  { lookup, today }: Pick<Context, 'lookup' | 'today'>,
): Findings {
  const [organizations, entities] = [new Set<string>(), new Set<string>()];
  const day = dayOfParties(dates, today);
  const refusals = parties.flatMap((party, index): Refusal[] => {
    if (!('organization' in party)) return [];
    const pointer = `/parties/${index}`;
    const { organization, onBehalfOf: entity = organization } = party;
    const { ids, isTooLong } = entitiesOf([entity], day, lookup);
    const isThere = [organization, ...ids].some((one) => partyIndex(before, one) >= 0);
    const isRepeated = isThere || organizations.has(organization) || [...ids].some((one) => entities.has(one));
    organizations.add(organization);
    for (const one of ids) entities.add(one);
    if (isRepeated) return [{ rule: 'party-repeated', pointer, detail: 'the organization stands here twice' }];
    return isTooLong ? [tooLong(pointer)] : [];
  });
  return { refusals, warnings: [] };
}

/** Whether who is about to join is a branch of a party, or of a branch of one. */
export function isParty(
  parties: readonly AgreementParty[],
  { organization, on }: { readonly organization: string; readonly on: PartialDate | undefined },
  { lookup, today }: Pick<Context, 'lookup' | 'today'>,
  pointer: string,
): Findings {
  const { ids, isTooLong } = entitiesOf([organization], dayOfParties([on], today), lookup);
  const party = [...ids].find((one) => partyIndex(parties, one) >= 0);
  if (party !== undefined) return refusal('party-repeated', pointer, `it is a branch of the party ${party}`);
  return isTooLong ? { refusals: [tooLong(pointer)], warnings: [] } : nothing;
}
