import type { Context } from '../../kernel/aggregate.ts';
import type { Findings } from '../../kernel/decide-step.ts';
import { NEXT } from '../../kernel/judging.ts';
import type { Rule } from '../../problems.ts';
import { certainlyBefore, daysOf, type PartialDate } from '../../values/partial-date.ts';

export type { Findings } from '../../kernel/decide-step.ts';

export const refusal = (rule: Rule, pointer: string, detail: string): Findings => ({
  refusals: [{ rule, pointer, detail }],
  warnings: [],
});
export const nothing: Findings = { refusals: [], warnings: [] };

export const together = (...findings: readonly Findings[]): Findings => ({
  refusals: findings.flatMap(({ refusals }) => refusals),
  warnings: findings.flatMap(({ warnings }) => warnings),
});

/** A missing signature refuses only a fact dated on or after the record's opening; before that it is a warning. */
export const signatureMissing = (
  on: PartialDate | undefined,
  { id, opened }: Context,
  pointer: string,
  detail: string,
): Findings =>
  on !== undefined && daysOf(on).earliest >= opened
    ? refusal('signature-missing', pointer, detail)
    : { refusals: [], warnings: [{ rule: 'signature-missing', record: id, detail }] };

export const isBefore = (a: PartialDate | undefined, b: PartialDate | undefined): boolean =>
  a !== undefined && b !== undefined && certainlyBefore(a, b);

/** A place in the history, whatever happened there: its day is all that counts. */
export const at = (on: PartialDate | undefined) => ({ type: '', on, version: NEXT });
