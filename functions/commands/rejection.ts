import type { Context } from 'hono';
import type { Refusal } from '../../domain/kernel/refusal.ts';
import { problems, type Rule } from '../../domain/problems.ts';
import { type Fault, ProblemError, problem, redirectToFinal } from '../http/problem.ts';

/**
 * Why a request does not land. It stays a value up to `answerRejection`; only faults of the infrastructure are thrown
 * while a request is decided.
 */
export type Rejection =
  /** The command breaks rules: all that were found, at least one. */
  | { readonly rejected: 'rules'; readonly refusals: readonly Refusal[] }
  /** The record in the path was merged into another one. */
  | { readonly rejected: 'merged'; readonly id: string; readonly into: string }
  /** The record has a version that `If-Match` does not name. */
  | { readonly rejected: 'stale'; readonly version: number }
  /** The body does not fit its schema. */
  | { readonly rejected: 'body'; readonly faults: readonly Fault[] }
  /** The request as a whole breaks one rule. */
  | { readonly rejected: 'request'; readonly rule: Rule; readonly detail: string }
  /** The same request may land a moment later. */
  | { readonly rejected: 'busy'; readonly rule: 'conflict' | 'throttled'; readonly detail: string };

export const isRejection = (value: unknown): value is Rejection =>
  typeof value === 'object' && value !== null && 'rejected' in value;

/** Broken rules, each pointer continued from where the command's data begin in the body. */
export const brokenRules = (refusals: readonly Refusal[], pointer = ''): Rejection => ({
  rejected: 'rules',
  refusals: refusals.map((refusal) => ({ ...refusal, pointer: pointer + refusal.pointer })),
});

export const unfitBody = (errors: readonly Fault[]) =>
  new ProblemError('invalid-body', 'the body does not fit; each error names the place and the rule', { errors });

/** Writes a rejection: a redirect to the final record (308), or a problem. */
export const answerRejection = (context: Context, rejection: Rejection): Response =>
  rejection.rejected === 'merged' ? redirectToFinal(context, rejection) : problem(context, problemOf(rejection));

function problemOf(rejection: Exclude<Rejection, { rejected: 'merged' }>): ProblemError {
  switch (rejection.rejected) {
    case 'rules': {
      // The problem is the first rule that was broken; its errors name all of them.
      const [first] = rejection.refusals;
      if (!first) throw new Error('a refusal names a rule');
      const detail = `${problems[first.rule].title}: ${first.detail}`;
      return new ProblemError(first.rule, detail, { errors: rejection.refusals });
    }
    case 'stale': {
      const { version } = rejection;
      return new ProblemError('stale', `the record's version is ${version}`, { headers: { ETag: `"${version}"` } });
    }
    case 'body':
      return unfitBody(rejection.faults);
    case 'request':
      return new ProblemError(rejection.rule, rejection.detail);
    case 'busy':
      return new ProblemError(rejection.rule, rejection.detail, { headers: { 'Retry-After': '1' } });
  }
}
