import { type HttpAnswer, textOf } from './transport.ts';
import type { Refusal, Rule } from './types.ts';

/** The body of an error answer (RFC 9457). */
export interface ProblemBody {
  readonly type: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly Refusal[];
}

/** What the registry answers instead of what was asked for. */
export class RegistryProblem extends Error {
  override readonly name = 'RegistryProblem';
  readonly status: number;
  /** The address of the problem's explanation, such as `/problems/stale`; `about:blank` when no registry answers. */
  readonly type: `/problems/${Rule}` | 'about:blank';
  /** The last part of `type`. */
  readonly rule: Rule | undefined;
  readonly title: string;
  readonly detail: string;
  /** All that is wrong with the request, each with a JSON pointer into its body; none when it is the request as a whole. */
  readonly errors: readonly Refusal[];
  readonly headers: Headers;

  constructor(answer: HttpAnswer) {
    const { type, title = '', detail = title, errors = [] } = problemIn(answer);
    super(detail);
    const [, rule] = /\/problems\/([a-z-]+)$/.exec(type) ?? [];
    this.rule = rule as Rule | undefined;
    this.type = this.rule === undefined ? 'about:blank' : `/problems/${this.rule}`;
    this.status = answer.status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.headers = answer.headers;
  }

  /** Whether it is this rule that was broken, by the request as a whole or in one of its places. */
  breaks(rule: Rule): boolean {
    return this.rule === rule || this.errors.some((error) => error.rule === rule);
  }
}

const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';

/** The problem in an error answer; a generic one when it has none, as when another server answers. */
export function problemIn({ status, bytes }: HttpAnswer): ProblemBody {
  try {
    const body = JSON.parse(textOf(bytes)) as Record<string, unknown>;
    const { type, title, detail, errors = [] } = body;
    const isOne = typeof type === 'string' && isText(title) && isText(detail) && Array.isArray(errors);
    if (isOne && errors.every(isRefusal)) return body as unknown as ProblemBody;
  } catch {
    // No JSON: said below.
  }
  return { type: 'about:blank', detail: `an answer ${status} without an explanation` };
}

const isRefusal = (value: unknown): boolean => {
  const { pointer, rule, detail } = (value ?? {}) as Record<string, unknown>;
  return [pointer, rule, detail].every((text) => typeof text === 'string');
};

/** What was asked for, or the problem. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: RegistryProblem };

/** A problem as a value: `const outcome = await outcomeOf(registry.act(…))`. Everything else is thrown as before. */
export async function outcomeOf<Value>(answer: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await answer };
  } catch (problem) {
    if (problem instanceof RegistryProblem) return { ok: false, problem };
    throw problem;
  }
}
