import type { Day, PartialDate } from '../values/partial-date.ts';
import type { Context, Decision } from './aggregate.ts';
import type { EventDraft } from './event.ts';
import type { DatedFact } from './history.ts';
import { judge } from './judging.ts';
import type { Lifecycle } from './lifecycle.ts';
import { accepted, type Refusal, type Result, refused, type Warning } from './refusal.ts';

/** The facts beside which a fact of a type cannot stand, whatever the dates of either leave open. */
export type Excluded<Type extends string> = Readonly<Partial<Record<Type, readonly Type[]>>>;

/** What was recorded that a fact cannot stand beside. */
export function besides<Type extends string>(
  excluded: Excluded<Type>,
  facts: readonly DatedFact<Type>[],
  type: Type,
): Refusal[] {
  const others = excluded[type];
  const other = others && facts.find((fact) => others.includes(fact.type));
  if (!other) return [];
  const detail = `not beside ${other.type}, which is recorded at version ${other.version}`;
  return [{ rule: 'wrong-state', pointer: '', detail }];
}

/** What speaks against a decision, and what deserves a look. */
export interface Findings {
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
}

/** The events, unless something speaks against them. */
export const unless = ({ refusals, warnings }: Findings, ...events: readonly EventDraft[]): Result<Decision> =>
  refusals.length > 0 ? refused(...refusals) : accepted({ events, warnings });

/** Records one more fact of a lifecycle, unless its history or one of the record's own rules refuses it. */
export function decideStep<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  fact: {
    readonly type: Type;
    readonly data: { readonly on?: PartialDate | undefined };
    readonly ends?: Day | undefined;
  },
  { id, opened }: Context,
  own: readonly Refusal[] = [],
): Result<Decision> {
  const { type, data, ends } = fact;
  const { refusals, warnings } = judge(lifecycle, facts, { type, on: data.on, ends }, { id, opened });
  return unless({ refusals: [...own, ...refusals], warnings }, { type, data });
}
