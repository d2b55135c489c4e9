import type { Context, Decision } from './aggregate.ts';
import { type DatedFact, judge, type Lifecycle } from './lifecycle.ts';
import { accepted, type Refusal, type Result, refused } from './refusal.ts';
import type { Day, PartialDate } from './values/partial-date.ts';

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
  const faults = [...own, ...refusals];
  return faults.length > 0 ? refused(...faults) : accepted({ events: [{ type, data }], warnings });
}
