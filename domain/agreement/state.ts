import type * as z from 'zod';
import { type IndexFields, inRole, takingPart } from '../kernel/aggregate.ts';
import { keptBeside } from '../kernel/beside.ts';
import { appended, replacedAt } from '../kernel/growing.ts';
import { factOf } from '../kernel/recorded.ts';
import { earliestOf, type PartialDate } from '../values/partial-date.ts';
import type { AgreementEvent, AgreementFact, registered } from './events.ts';
import { type AgreementParty, partyIndex } from './parties.ts';

export interface AgreementState extends Omit<z.infer<typeof registered>, 'speaksAs' | 'evidence' | 'parties'> {
  readonly parties: readonly AgreementParty[];
  /** Everything that has happened to it since, as it arrived. */
  readonly facts: readonly AgreementFact[];
}

const joining = (
  parties: readonly AgreementParty[],
  reference: string | number,
  joined: NonNullable<AgreementParty['joined']>,
): readonly AgreementParty[] =>
  partyIndex(parties, reference) < 0 && typeof reference === 'string'
    ? appended(parties, { organization: reference, joined })
    : parties;

/** The successor stands among the parties, and whom it succeeds stands with it. */
function succeeding(
  parties: readonly AgreementParty[],
  { party, successor, on, version }: FactOfType<'agreement.party-succeeded'>,
): readonly AgreementParty[] {
  const succession = { party, ...(on === undefined ? {} : { on }), version };
  const place = partyIndex(parties, successor);
  const there = parties[place];
  if (!there) return appended(parties, { organization: successor, joined: 'by-succession', succeeds: [succession] });
  return replacedAt(parties, place, { ...there, succeeds: [...(there.succeeds ?? []), succession] });
}

export function evolve(state: AgreementState | undefined, event: AgreementEvent): AgreementState {
  if (event.type === 'agreement.registered') {
    const { speaksAs: _, evidence: __, ...said } = event.data;
    return { ...said, facts: [] };
  }
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open an agreement`);
  if (event.type === 'agreement.party-added') {
    return { ...state, parties: appended(state.parties, ...event.data.parties) };
  }
  return withFact(state, factOf(event) as AgreementFact);
}

/** The agreement after one more fact. An organization that signs an open agreement, or accedes, becomes a party. */
export function withFact(state: AgreementState, fact: AgreementFact): AgreementState {
  const { parties } = state;
  const after = { ...state, facts: appended(state.facts, fact) };
  switch (fact.type) {
    case 'agreement.signed':
      return { ...after, parties: joining(parties, fact.party, 'by-signature') };
    case 'agreement.acceded':
      return { ...after, parties: joining(parties, fact.organization, 'by-accession') };
    case 'agreement.party-succeeded':
      return { ...after, parties: succeeding(parties, fact) };
    case 'agreement.reservation-made':
    case 'agreement.declaration-made':
    case 'agreement.objected':
    case 'agreement.reservation-withdrawn':
    case 'agreement.declaration-withdrawn':
    case 'agreement.objection-withdrawn':
    case 'agreement.signature-declined':
    case 'agreement.signature-withdrawn':
    case 'agreement.signature-confirmed':
    case 'agreement.entered-into-force':
    case 'agreement.amended':
    case 'agreement.renewed':
    case 'agreement.suspended':
    case 'agreement.resumed':
    case 'agreement.suspension-ended':
    case 'agreement.withdrawal-notified':
    case 'agreement.notice-revoked':
    case 'agreement.party-withdrew':
    case 'agreement.terminated':
    case 'agreement.expired':
    case 'agreement.annulled':
      return after;
    default:
      return fact satisfies never;
  }
}

type FactOfType<Type extends AgreementFact['type']> = Extract<AgreementFact, { type: Type }>;

const factsByType = keptBeside<AgreementFact, Map<string, AgreementFact[]>>(
  () => new Map(),
  (byType, fact) => {
    const before = byType.get(fact.type);
    if (before) before.push(fact);
    else byType.set(fact.type, [fact]);
  },
);

/** The facts of one type, as they arrived. */
export const factsOf = <Type extends AgreementFact['type']>({ facts }: Pick<AgreementState, 'facts'>, type: Type) =>
  (factsByType(facts).get(type) ?? []) as readonly AgreementFact[] as readonly FactOfType<Type>[];

/** A signing is dated by its first signature; before that, by its entry into force. */
function dateOf(state: AgreementState): PartialDate | undefined {
  const dates = (facts: readonly { readonly on?: PartialDate | undefined }[]) =>
    facts.flatMap(({ on }) => (on === undefined ? [] : [on]));
  return (
    earliestOf(dates(factsOf(state, 'agreement.signed'))) ??
    earliestOf(dates(factsOf(state, 'agreement.entered-into-force')))
  );
}

export const indexFields = (state: AgreementState): IndexFields => {
  const on = dateOf(state);
  return {
    kind: state.kind,
    names: state.titles ?? [],
    ...(on === undefined ? {} : { on }),
    ...(state.ceremony === undefined ? {} : { ceremony: state.ceremony }),
    hosts: [],
    ...takingPart(
      state.parties.flatMap((party) =>
        'organization' in party
          ? [
              { organization: party.organization, role: 'party' },
              ...inRole('principal', party.onBehalfOf === undefined ? [] : [party.onBehalfOf]),
            ]
          : [],
      ),
    ),
    parties: state.parties.flatMap((party) => ('organization' in party ? [party.organization] : [])),
    ...(state.parties.some((party) => 'unidentified' in party) ? { unnamedParty: true } : {}),
  };
};
