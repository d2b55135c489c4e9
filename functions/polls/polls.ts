import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'hono';
import { createApp } from '../http/app.ts';
import { feedParameters } from '../http/audit-parameters.ts';
import type { Authenticate } from '../http/auth.ts';
import { NOT_STORED, REVALIDATE } from '../http/caching.ts';
import { nextLink } from '../http/next-link.ts';
import { parameterRefused, readParameters } from '../http/parameters.ts';
import { NDJSON } from '../http/routes.ts';
import { awaitFeed, type FeedDeps } from './feed.ts';

export interface PollsDeps extends FeedDeps {
  readonly authenticate: Authenticate;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly logger: Pick<Logger, 'error'>;
}

/**
 * A stream that has no event is none: whoever waits for it waits for a word that may be misspelt.
 * @throws ProblemError 400
 */
async function checkStream(stream: string | undefined, commits: FeedDeps['commits']): Promise<void> {
  if (stream === undefined) return;
  const first = await commits.readCommits([{ stream, version: 1 }]);
  if (first.size === 0) throw parameterRefused('stream', 'there is no stream of this name: no event of it is recorded');
}

/** Seconds that a request without a token may wait for new events: each waiting request occupies a function. */
const ANONYMOUS_WAIT = 2;

/** The feed of sealed events, for which requests may wait: requests that wait must not take the place of any others. */
export function createPolls(deps: PollsDeps) {
  const app = createApp(deps.logger);

  app.get('/v1/events', async (context) => {
    const { wait, ...parameters } = readParameters(context, feedParameters);
    await checkStream(parameters.stream, deps.commits);
    const { events, next, last } = await awaitFeed(parameters, await patienceFor(context, wait), deps);
    if (next !== undefined) context.header('Link', nextLink(context, String(next), 'after'));
    if (last >= 0) context.header('Registry-Feed-Position', String(last));
    context.header('Cache-Control', wait > 0 ? NOT_STORED : REVALIDATE);
    const type = context.var.mediaType;
    const body = type === NDJSON ? events.map((event) => `${event}\n`).join('') : `[${events.join(',')}]`;
    return context.body(body, 200, { 'Content-Type': type });
  });

  async function patienceFor(context: Context, wait: number): Promise<number> {
    const authorization = context.req.header('authorization');
    if (wait <= ANONYMOUS_WAIT || authorization === undefined) return Math.min(wait, ANONYMOUS_WAIT);
    await deps.authenticate(authorization);
    return wait;
  }

  return app;
}
