import type { Rule } from '../problems.ts';

/** Why a command was refused: which rule, where in its data (JSON pointer, RFC 6901), and what would be right. */
export interface Refusal {
  readonly rule: Rule;
  readonly pointer: string;
  readonly detail: string;
}

/** A rule that was not broken but may deserve a look; it never refuses. */
export interface Warning {
  readonly rule: Rule;
  readonly record: string;
  readonly detail: string;
}

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

export const accepted = <Value>(value: Value): Result<Value> => ({ ok: true, value });
export const refused = (...refusals: readonly Refusal[]): Result<never> => ({ ok: false, refusals });
