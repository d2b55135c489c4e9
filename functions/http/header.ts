import type { Context } from 'hono';
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import { type Condition, parseCondition } from './entity-tags.ts';
import { ProblemError } from './problem.ts';

/** What Hono's adapter for Lambda hands over with a request. */
export interface Bindings {
  readonly event?: LambdaEvent;
  readonly lambdaContext?: LambdaContext;
}
/**
 * A header as it was sent. Hono's adapter for Lambda percent-encodes a value outside ASCII and drops an empty one; the
 * event of an HTTP API has both, under names in lower case.
 */
export function headerOf(context: Context, name: string): string | undefined {
  const { event } = (context.env ?? {}) as Bindings;
  return event?.headers ? (event.headers as Record<string, string | undefined>)[name] : context.req.header(name);
}

/** The entity tags of `If-Match` or `If-None-Match`. @throws ProblemError 400 when it has another form */
export function preconditionOf(context: Context, name: 'If-Match' | 'If-None-Match'): Condition | undefined {
  const header = headerOf(context, name.toLowerCase());
  const condition = header === undefined ? undefined : parseCondition(header);
  if (header === undefined || condition) return condition;
  throw new ProblemError(
    'header-invalid',
    `${name} takes *, or entity tags in quotes such as "3", with commas between`,
  );
}
