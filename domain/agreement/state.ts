import type * as z from 'zod';
import type { Facets } from '../aggregate.ts';
import type { RegistryEvent } from '../event.ts';
import { gathered } from '../values/evidence.ts';
import { type Day, daysOf, earliestOf, type PartialDate } from '../values/partial-date.ts';
import type { Party } from '../values/party.ts';
import type { enteredIntoForce, registered, signed } from './events.ts';

export type AgreementEvent =
  | RegistryEvent<'agreement.registered', z.infer<typeof registered>>
  | RegistryEvent<'agreement.signed', z.infer<typeof signed>>
  | RegistryEvent<'agreement.entered-into-force', z.infer<typeof enteredIntoForce>>;

type Fact<Data> = Omit<Data, 'speaksAs' | 'evidence'> & { readonly version: number };
export type Signature = Fact<z.infer<typeof signed>>;
export type EntryIntoForce = Fact<z.infer<typeof enteredIntoForce>>;

export interface AgreementState extends Omit<z.infer<typeof registered>, 'speaksAs'> {
  readonly signatures: readonly Signature[];
  readonly entriesIntoForce: readonly EntryIntoForce[];
}

const isParty = (party: Party, organization: string) => 'organization' in party && party.organization === organization;

/** The place of a party among the parties, from 0, or -1. */
export const partyIndex = (parties: readonly Party[], reference: string | number) =>
  typeof reference === 'number'
    ? reference <= parties.length
      ? reference - 1
      : -1
    : parties.findIndex((party) => isParty(party, reference));

export function evolve(state: AgreementState | undefined, event: AgreementEvent): AgreementState {
  if (event.type === 'agreement.registered') {
    const { speaksAs: _, ...facts } = event.data;
    return { ...facts, signatures: [], entriesIntoForce: [] };
  }
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open an agreement`);
  const { speaksAs: _, evidence: added, ...fact } = event.data;
  const evidence = gathered(state.evidence, added);
  switch (event.type) {
    case 'agreement.signed': {
      const joins = partyIndex(state.parties, event.data.party) < 0 && typeof event.data.party === 'string';
      return {
        ...state,
        evidence,
        parties: joins ? [...state.parties, { organization: event.data.party as string }] : state.parties,
        signatures: [...state.signatures, { ...(fact as Signature), version: event.streamversion }],
      };
    }
    case 'agreement.entered-into-force':
      return {
        ...state,
        evidence,
        entriesIntoForce: [...state.entriesIntoForce, { ...(fact as EntryIntoForce), version: event.streamversion }],
      };
    default:
      return event satisfies never;
  }
}

export const states = [
  'announced',
  'open-for-signature',
  'partly-signed',
  'signed',
  'provisional',
  'in-force',
] as const;

/** A fact without a date counts from the day on which it was recorded to have happened: always. */
const happenedBy = (day: Day) => (fact: { readonly on?: PartialDate | undefined }) =>
  fact.on === undefined || daysOf(fact.on).earliest <= day;

/** Derived from the parties' facts, never set by hand. */
export function statusOn(state: AgreementState, day: Day): (typeof states)[number] {
  const inForce = state.entriesIntoForce.filter(happenedBy(day));
  if (inForce.some((entry) => !entry.provisional)) return 'in-force';
  if (inForce.length > 0) return 'provisional';
  const signatures = state.signatures.filter(happenedBy(day));
  const signers = new Set(signatures.map(({ party }) => partyIndex(state.parties, party)));
  if (signers.size >= state.parties.length) return 'signed';
  if (signers.size > 0) return 'partly-signed';
  return state.openForSignature ? 'open-for-signature' : 'announced';
}

/** A signing is dated by its first signature; before that, by its entry into force. */
function dateOf(state: AgreementState): PartialDate | undefined {
  const dates = (facts: readonly { readonly on?: PartialDate | undefined }[]) =>
    facts.flatMap(({ on }) => (on === undefined ? [] : [on]));
  return earliestOf(dates(state.signatures)) ?? earliestOf(dates(state.entriesIntoForce));
}

export const facets = (state: AgreementState): Facets => {
  const on = dateOf(state);
  return {
    kind: state.kind,
    names: state.titles ?? [],
    ...(on === undefined ? {} : { on }),
    ...(state.ceremony === undefined ? {} : { ceremony: state.ceremony }),
    hosts: [],
    participants: state.parties.flatMap((party) =>
      'organization' in party
        ? [party.organization, ...(party.onBehalfOf === undefined ? [] : [party.onBehalfOf])]
        : [],
    ),
    parties: state.parties.flatMap((party) => ('organization' in party ? [party.organization] : [])),
    ...(state.parties.some((party) => 'unidentified' in party) ? { unnamedParty: true } : {}),
  };
};
