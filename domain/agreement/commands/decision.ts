import type { Context, Decision } from '../../kernel/aggregate.ts';
import { unless } from '../../kernel/decide-step.ts';
import { judgingRules } from '../../kernel/judging.ts';
import type { Result } from '../../kernel/refusal.ts';
import type { Rule } from '../../problems.ts';
import type { PartialDate } from '../../values/partial-date.ts';
import type { AgreementFact } from '../events.ts';
import { type AgreementParty, type PartyFact, partyIndex } from '../parties.ts';
import { type Findings, together } from '../rules/findings.ts';
import { judgeParty } from '../rules/party.ts';
import type { AgreementState } from '../state.ts';

/** The rules that every act on one party may break. */
export const partyRules: readonly Rule[] = [...judgingRules, 'not-a-party', 'after-termination'];

/** A fact as a state keeps it, of an event that is still being decided. */
export const factAt = <Type extends AgreementFact['type']>(version: number, type: Type, data: object) =>
  ({ ...data, type, version }) as unknown as Extract<AgreementFact, { type: Type }>;

/** The organization whose act it is, also where the data name the party by its place. */
export function concerns(
  { party }: { party: string | number },
  { parties }: { parties: readonly AgreementParty[] },
): string | undefined {
  if (typeof party === 'string') return party;
  const named = parties[partyIndex(parties, party)];
  return named && 'organization' in named ? named.organization : undefined;
}

type OfParty = { readonly party: string | number; readonly on?: PartialDate | undefined };

/** An act of one party that fits to what is recorded of it, and that, if so, nothing else speaks against. */
export const byParty =
  <Data extends OfParty>(type: PartyFact['type'], besides?: (state: AgreementState, data: Data) => Findings) =>
  (data: Data, state: AgreementState, context: Context): Result<Decision> => {
    const judged = judgeParty(state, data.party, { type, on: data.on }, context);
    const findings = besides && judged.refusals.length === 0 ? together(judged, besides(state, data)) : judged;
    return unless(findings, { type, data });
  };
