import type { Decision } from '../../aggregate.ts';
import type { EventDraft } from '../../event.ts';
import { judgingRules } from '../../lifecycle.ts';
import type { Rule } from '../../problems.ts';
import { accepted, type Result, refused } from '../../refusal.ts';
import type { AgreementFact } from '../events.ts';
import type { Findings } from '../rules.ts';

/** The rules that every act on one party may break. */
export const partyRules: readonly Rule[] = [...judgingRules, 'not-a-party', 'after-termination'];

/** The events, unless something speaks against them. */
export const unless = ({ refusals, warnings }: Findings, ...events: readonly EventDraft[]): Result<Decision> =>
  refusals.length > 0 ? refused(...refusals) : accepted({ events, warnings });

/** A fact as a state keeps it, of an event that is still being decided. */
export const factAt = <Type extends AgreementFact['type']>(version: number, type: Type, data: object) =>
  ({ ...data, type, version }) as unknown as Extract<AgreementFact, { type: Type }>;
