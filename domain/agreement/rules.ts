import type { Context } from '../aggregate.ts';
import { judge, statusesAt } from '../lifecycle.ts';
import type { Rule } from '../problems.ts';
import type { Refusal, Warning } from '../refusal.ts';
import { certainlyBefore, daysOf, type PartialDate } from '../values/partial-date.ts';
import { type AgreementFact, MAX_PARTIES } from './events.ts';
import { endStates, hasConsented, partyLifecycle, termLifecycle } from './lifecycle.ts';
import { type AgreementState, factsOf, type PartyFact, partyFacts, partyIndex, signedTo } from './state.ts';
import { type TermFact, termFacts } from './term.ts';

/** What one part of a command breaks, and what deserves a look. */
export interface Findings {
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
}

export const refusal = (rule: Rule, pointer: string, detail: string): Findings => ({
  refusals: [{ rule, pointer, detail }],
  warnings: [],
});
export const nothing: Findings = { refusals: [], warnings: [] };

export const together = (...findings: readonly Findings[]): Findings => ({
  refusals: findings.flatMap(({ refusals }) => refusals),
  warnings: findings.flatMap(({ warnings }) => warnings),
});

/** One more event may be recorded at any version behind those that are there. */
const NEXT = Number.MAX_SAFE_INTEGER;

/** Whether an agreement had certainly ended when something happened. */
function hadEnded(term: readonly TermFact[], on: PartialDate | undefined): boolean {
  const statuses = statusesAt(termLifecycle, term, { type: '', on, version: NEXT });
  return [...statuses].every((status) => endStates.includes(status));
}

/** Nothing happens to an agreement after its end. */
export const afterEnd = (state: AgreementState, on: PartialDate | undefined, pointer: string): Findings =>
  hadEnded(termFacts(state.until, state.facts), on)
    ? refusal('after-termination', pointer, 'the agreement had ended by then')
    : nothing;

/** How a fact about one party fits to what is recorded of that party, and to the end of the agreement. */
export function judgeParty(
  state: AgreementState,
  party: string | number,
  fact: Omit<PartyFact, 'version'>,
  { id, opened }: Context,
  base = '',
): Findings {
  const pointer = `${base}/party`;
  const place = partyIndex(state.parties, party);
  if (place < 0) return refusal('not-a-party', pointer, 'only a party may');
  return together(
    judge(partyLifecycle, partyFacts(state, place), fact, { id, opened, pointer }),
    afterEnd(state, fact.on, `${base}/on`),
  );
}

/** How a fact about the whole agreement fits; an end must not make impossible what is recorded to have happened later. */
export function judgeTerm(state: AgreementState, fact: Omit<TermFact, 'version'>, { id, opened }: Context): Findings {
  // What comes about by itself only later comes about no more, and an expiry that is recorded takes its place.
  const holds = (other: TermFact) => !other.bySelf || (fact.type !== other.type && !isBefore(fact.on, other.on));
  const term = termFacts(state.until, state.facts).filter(holds);
  const now = [...term, { ...fact, version: NEXT }];
  const judged = judge(termLifecycle, term, fact, { id, opened });
  const stranded = state.facts.filter(
    (other) => !hadEnded(term, dateOf(other)) && !isTermFact(other) && hadEnded(now, dateOf(other)),
  );
  if (!endStates.some((end) => `agreement.${end}` === fact.type)) return judged;
  return together(
    judged,
    ...stranded.map((other) =>
      refusal('contradicts-history', '/on', `${other.type} at version ${other.version} is dated later`),
    ),
  );
}

const isTermFact = ({ type }: AgreementFact) => Object.hasOwn(termLifecycle.steps, type);
const dateOf = (fact: AgreementFact): PartialDate | undefined => ('on' in fact ? fact.on : undefined);

type Signing = { party: string | number; mode?: string | undefined; on?: PartialDate | undefined };

/** One live signature a party; whoever is no party signs only what is open for signature. */
export function judgeSigning(state: AgreementState, signing: Signing, context: Context, base = ''): Findings {
  const pointer = `${base}/party`;
  const place = partyIndex(state.parties, signing.party);
  if (place < 0) {
    if (!state.openForSignature || typeof signing.party !== 'string') {
      return refusal('not-a-party', pointer, 'only a party signs, unless the agreement is open for signature');
    }
    return together(joins(state, pointer), afterEnd(state, signing.on, `${base}/on`));
  }
  const fact = { type: 'agreement.signed' as const, on: signing.on, leadsTo: signedTo(signing) };
  return together(
    judgeParty(state, signing.party, fact, context, base),
    signedTooLate(state, place, signing.on, `${base}/on`),
  );
}

/** An agreement that is in force for all its parties has been signed by those that it was made between. */
function signedTooLate(state: AgreementState, place: number, on: PartialDate | undefined, pointer: string): Findings {
  const isRequired = state.parties[place]?.joined === undefined;
  const late = factsOf(state, 'agreement.entered-into-force').some(
    (entry) =>
      !entry.provisional &&
      (entry.party === undefined || partyIndex(state.parties, entry.party) === place) &&
      entry.on !== undefined &&
      on !== undefined &&
      certainlyBefore(entry.on, on),
  );
  const signedBefore = partyFacts(state, place).some(({ type }) => type === 'agreement.signed');
  return isRequired && late && !signedBefore
    ? refusal('in-force-before-signed', pointer, 'the agreement had entered into force by then')
    : nothing;
}

/** Whoever joins becomes one party more. */
export const joins = ({ parties }: AgreementState, pointer: string): Findings =>
  parties.length >= MAX_PARTIES
    ? refusal('cap-parties', pointer, `an agreement has at most ${MAX_PARTIES} parties`)
    : nothing;

export interface Entry {
  readonly on?: PartialDate | undefined;
  readonly party?: string | undefined;
  readonly provisional?: boolean | undefined;
}

/** Entry into force does not come before the last required signature, unless it is provisional, and comes once. */
export function judgeEntry(state: AgreementState, entry: Entry, context: Context, base = ''): Findings {
  const place = entry.party === undefined ? undefined : partyIndex(state.parties, entry.party);
  if (place === -1) return refusal('not-a-party', `${base}/party`, 'an agreement enters into force for its parties');
  const repeated = factsOf(state, 'agreement.entered-into-force').some(
    (other) => other.party === entry.party && Boolean(other.provisional) === Boolean(entry.provisional),
  );
  return together(
    repeated ? refusal('already-in-force', `${base}/on`, 'its entry into force is recorded') : nothing,
    entry.provisional ? nothing : unsigned(state, entry, place, context, base),
    afterEnd(state, entry.on, `${base}/on`),
  );
}

/** A missing signature refuses only an entry dated on or after the record's opening; before that it is a warning. */
function unsigned(
  state: AgreementState,
  { on }: Entry,
  place: number | undefined,
  { id, opened }: Context,
  base: string,
): Findings {
  const required = state.parties.flatMap((party, index) =>
    place === undefined ? (party.joined === undefined ? [index] : []) : index === place ? [index] : [],
  );
  const without = required.filter((index) => {
    const statuses = statusesAt(partyLifecycle, partyFacts(state, index), { type: '', on, version: NEXT });
    return ![...statuses].some(hasConsented);
  });
  if (without.length === 0) return nothing;
  const signsLater = without.some((index) =>
    partyFacts(state, index).some((fact) => fact.type === 'agreement.signed' && isBefore(on, fact.on)),
  );
  if (signsLater) {
    return refusal(
      'in-force-before-signed',
      `${base}/on`,
      'not before the last required signature, unless provisional',
    );
  }
  const detail = 'not every party is recorded as having signed';
  return on !== undefined && daysOf(on).earliest >= opened
    ? refusal('signature-missing', base, detail)
    : { refusals: [], warnings: [{ rule: 'signature-missing', record: id, detail }] };
}

const isBefore = (a: PartialDate | undefined, b: PartialDate | undefined) =>
  a !== undefined && b !== undefined && certainlyBefore(a, b);

/** A signature is withdrawn only before being bound: an agreement in force needs those of the parties it was made between. */
export function bound(state: AgreementState, party: string | number, on: PartialDate | undefined): Findings {
  const place = partyIndex(state.parties, party);
  const signatures = partyFacts(state, place).filter(({ type }) => type === 'agreement.signed');
  const isBound = factsOf(state, 'agreement.entered-into-force').some(
    (entry) =>
      !entry.provisional &&
      (entry.party === undefined || partyIndex(state.parties, entry.party) === place) &&
      (isBefore(entry.on, on) || signatures.length === 1),
  );
  return isBound ? refusal('already-bound', '/party', 'the agreement is in force for this party') : nothing;
}
