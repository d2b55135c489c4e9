import type { Logger } from '@aws-lambda-powertools/logger';
import { Hono } from 'hono/tiny';
import { getPath } from 'hono/utils/url';
import { type Admitted, admission } from './admission.ts';
import { delivery } from './delivery.ts';
import type { Bindings } from './header.ts';
import { MergedError, ProblemError, problem, redirectToFinal } from './problem.ts';
import { withoutEnding } from './routes.ts';

export type App = Hono<{ Bindings: Bindings; Variables: Admitted }>;

/** Errors of a table that takes no more requests at the moment, after the SDK's own retries. */
const throttles = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'];
const tooMany = new ProblemError('throttled', 'too much is asked at the moment', { headers: { 'Retry-After': '1' } });

/**
 * A Hono app that judges what all requests have in common, and answers every error as a problem: one that a handler threw,
 * an unknown route, and any other error as a 500 that carries a request id and nothing else. `hono/tiny` is the smallest;
 * no function has so many routes that trying one after the other would be felt.
 */
export function createApp(logger: Pick<Logger, 'error'>): App {
  // An ending of a path chooses the media type of a list, and no other route.
  const app: App = new Hono({ getPath: (request) => withoutEnding(getPath(request)).path });
  app.use(delivery, admission);
  app.notFound((context) => problem(context, new ProblemError('not-found', 'there is nothing under this path')));
  app.onError((error, context) => {
    if (error instanceof ProblemError) return problem(context, error);
    if (error instanceof MergedError) return redirectToFinal(context, error);
    if (throttles.includes(error.name)) return problem(context, tooMany);
    const requestId = context.env?.lambdaContext?.awsRequestId ?? crypto.randomUUID();
    logger.error('unforeseen failure', { error, requestId, path: context.req.path });
    return problem(context, new ProblemError('internal', `request ${requestId}`));
  });
  return app;
}
