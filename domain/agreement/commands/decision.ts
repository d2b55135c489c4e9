import { judgingRules } from '../../lifecycle.ts';
import type { Rule } from '../../problems.ts';
import type { AgreementFact } from '../events.ts';
import { type AgreementParty, partyIndex } from '../parties.ts';

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
