import type * as z from 'zod';
import type { Facets } from '../aggregate.ts';
import type { EventDraft } from '../event.ts';
import { type DatedFact, daysOfChange, happenedBy, lastBy, statusBy } from '../lifecycle.ts';
import { factOf } from '../recorded.ts';
import { gathered } from '../values/evidence.ts';
import { type Day, daysOf, earliestOf, type PartialDate } from '../values/partial-date.ts';
import type { Party } from '../values/party.ts';
import type { AgreementEvent, AgreementFact, registered } from './events.ts';
import {
  endStates,
  hasConsented,
  hasLeft,
  type PartyStatus,
  type PartyStep,
  partyLifecycle,
  termLifecycle,
} from './lifecycle.ts';
import { termFacts } from './term.ts';

/** A party as readers see it: whoever signs what is open, or accedes, becomes one later. */
export type AgreementParty = Party & { readonly joined?: 'by-signature' | 'by-accession' };

export interface AgreementState extends Omit<z.infer<typeof registered>, 'speaksAs' | 'parties'> {
  readonly parties: readonly AgreementParty[];
  /** Everything that has happened to it since, as it arrived. */
  readonly facts: readonly AgreementFact[];
}

const isParty = (party: Party, organization: string) => 'organization' in party && party.organization === organization;

/** The place of a party among the parties, from 0, or -1. */
export const partyIndex = (parties: readonly Party[], reference: string | number) =>
  typeof reference === 'number'
    ? reference <= parties.length
      ? reference - 1
      : -1
    : parties.findIndex((party) => isParty(party, reference));

const joining = (
  parties: readonly AgreementParty[],
  reference: string | number,
  joined: NonNullable<AgreementParty['joined']>,
): readonly AgreementParty[] =>
  partyIndex(parties, reference) < 0 && typeof reference === 'string'
    ? [...parties, { organization: reference, joined }]
    : parties;

export function evolve(state: AgreementState | undefined, event: AgreementEvent): AgreementState {
  if (event.type === 'agreement.registered') {
    const { speaksAs: _, ...said } = event.data;
    return { ...said, facts: [] };
  }
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open an agreement`);
  return {
    ...withFact(state, factOf(event) as AgreementFact),
    evidence: gathered(state.evidence, event.data.evidence),
  };
}

/** The agreement after one more fact. Whoever signs what is open, or accedes, becomes a party. */
export function withFact(state: AgreementState, fact: AgreementFact): AgreementState {
  const { parties } = state;
  const after = { ...state, facts: [...state.facts, fact] };
  if (fact.type === 'agreement.signed') return { ...after, parties: joining(parties, fact.party, 'by-signature') };
  if (fact.type === 'agreement.acceded')
    return { ...after, parties: joining(parties, fact.organization, 'by-accession') };
  return after;
}

type FactOfType<Type extends AgreementFact['type']> = Extract<AgreementFact, { type: Type }>;

/** The facts of one type, as they arrived. */
export const factsOf = <Type extends AgreementFact['type']>({ facts }: Pick<AgreementState, 'facts'>, type: Type) =>
  facts.filter((fact): fact is FactOfType<Type> => fact.type === type);

export type PartyFact = DatedFact<PartyStep>;

/** Where a signature leads: an approval that is outstanding, or consent; open where its mode is not stated. */
export const signedTo = ({ mode }: { mode?: string | undefined }): PartyStatus =>
  mode === undefined ? 'signed' : mode === 'definitive' ? 'consenting' : 'unconfirmed';

/** The facts that tell how one party stands. */
export function partyFacts({ parties, facts }: AgreementState, place: number): PartyFact[] {
  return facts.flatMap((fact): PartyFact[] => {
    const { type, on, version } = fact as AgreementFact & { on?: PartialDate };
    if (!Object.hasOwn(partyLifecycle.steps, type)) return [];
    const of = fact as { party?: string | number; organization?: string };
    if (partyIndex(parties, of.party ?? of.organization ?? 0) !== place) return [];
    const dated = { type: type as PartyStep, on, version };
    if (fact.type === 'agreement.signed') return [{ ...dated, leadsTo: signedTo(fact) }];
    if (fact.type === 'agreement.withdrawal-notified') {
      return [{ ...dated, ends: daysOf(fact.takesEffectOn).earliest }];
    }
    return [dated];
  });
}

/** How each party stands on a day. */
export const partyStatuses = (state: AgreementState, day: Day): PartyStatus[] =>
  state.parties.map((_, place) => statusBy(partyLifecycle, partyFacts(state, place), day));

export const states = [
  'announced',
  'open-for-signature',
  'partly-signed',
  'signed',
  'provisional',
  'in-force',
  'suspended',
  'terminated',
  'expired',
  'annulled',
] as const;

/** Derived from the parties' facts, never set by hand. An agreement that fewer than two are left in is at its end. */
export function statusOn(state: AgreementState, day: Day): (typeof states)[number] {
  const term = statusBy(termLifecycle, termFacts(state.until, state.facts), day);
  if (term !== 'running') return term;
  const parties = partyStatuses(state, day);
  if (parties.filter((status) => !hasLeft(status)).length < 2) return 'terminated';
  const entries = factsOf(state, 'agreement.entered-into-force').filter(happenedBy(day));
  if (entries.some((entry) => !entry.provisional)) return 'in-force';
  if (entries.length > 0) return 'provisional';
  if (parties.every(hasConsented)) return 'signed';
  if (parties.some(hasConsented)) return 'partly-signed';
  return state.openForSignature ? 'open-for-signature' : 'announced';
}

/** The days on which facts count from, or on which notices, suspensions and terms end. */
export const days = (state: AgreementState): Day[] => [
  ...daysOfChange(state.facts as readonly { version: number; on?: PartialDate }[]),
  ...daysOfChange(termFacts(state.until, state.facts)),
  ...state.parties.flatMap((_, place) => daysOfChange(partyFacts(state, place))),
];

/** What a day brings about by having come: a term is over, a suspension ends, a notice takes effect. */
export function due(state: AgreementState, day: Day): EventDraft | undefined {
  const bySelf = (type: AgreementFact['type'], { version }: DatedFact, data: object = {}): EventDraft => {
    const evidence = [{ source: { locator: `version ${version} of this record` }, basis: 'inferred' }];
    return { type, data: { ...data, on: day, evidence } };
  };
  const term = termFacts(state.until, state.facts);
  const last = lastBy(termLifecycle, term, day);
  if (last?.bySelf && last.on === day) return bySelf('agreement.expired', last);
  if (last?.ends === day) return bySelf('agreement.suspension-ended', last);
  if (endStates.includes(statusBy(termLifecycle, term, day))) return undefined;
  for (const [place, party] of state.parties.entries()) {
    const notice = lastBy(partyLifecycle, partyFacts(state, place), day);
    const reference = 'organization' in party ? party.organization : place + 1;
    if (notice?.ends === day) return bySelf('agreement.party-withdrew', notice, { party: reference });
  }
  return undefined;
}

/** A signing is dated by its first signature; before that, by its entry into force. */
function dateOf(state: AgreementState): PartialDate | undefined {
  const dates = (facts: readonly { readonly on?: PartialDate | undefined }[]) =>
    facts.flatMap(({ on }) => (on === undefined ? [] : [on]));
  return (
    earliestOf(dates(factsOf(state, 'agreement.signed'))) ??
    earliestOf(dates(factsOf(state, 'agreement.entered-into-force')))
  );
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

/** Signatures and entries into force have fields of their own; what else happened stands under `facts`. */
export function present({ facts, ...fields }: AgreementState): object {
  const without = <Fact extends AgreementFact>({ type: _, ...fact }: Fact) => fact;
  const shown = ['agreement.signed', 'agreement.entered-into-force'];
  return {
    ...fields,
    signatures: factsOf({ facts }, 'agreement.signed').map(without),
    entriesIntoForce: factsOf({ facts }, 'agreement.entered-into-force').map(without),
    facts: facts.filter(({ type }) => !shown.includes(type)),
  };
}
