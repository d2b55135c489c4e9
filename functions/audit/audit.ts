import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import * as z from 'zod';
import { eventDefinitions } from '../../domain/catalog.ts';
import { isRule, problems } from '../../domain/problems.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { projectionByName, projections } from '../../domain/projections/projections.ts';
import { schemaOf } from '../../domain/versions.ts';
import type { Commits } from '../shared/commits.ts';
import { createApp } from '../shared/http/app.ts';
import type { Authenticate } from '../shared/http/auth.ts';
import { conditional, FOR_AN_HOUR, FOREVER, REVALIDATE } from '../shared/http/caching.ts';
import { readParameters } from '../shared/http/parameters.ts';
import { ProblemError } from '../shared/http/problem.ts';
import type { LogStore } from '../shared/log-store.ts';
import { commandsAnswering } from '../shared/openapi/problems.ts';
import type { Views } from '../shared/views.ts';
import { awaitFeed, feedParameters, streamName } from './feed.ts';

export interface AuditDeps {
  readonly log: Pick<LogStore, 'readHead' | 'readPages' | 'streamMarkers' | 'lastMarker'>;
  readonly commits: Pick<Commits, 'readCommits' | 'readBackwards'>;
  readonly views: Pick<Views, 'checkpoint'>;
  readonly origin: string;
  readonly authenticate: Authenticate;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly logger: Pick<Logger, 'error'>;
}

/** Seconds that a request may wait for new events without showing a token: waiting costs a function each. */
const ANONYMOUS_WAIT = 2;

const BATCH = 'application/cloudevents-batch+json';
const NDJSON = 'application/x-ndjson';

/** What an auditor reads: the history as it is sealed, and what everything in it means. */
export function createAudit(deps: AuditDeps) {
  const { log, commits, views, origin, logger } = deps;
  const app = createApp(logger);
  app.use(conditional);

  app.get('/v1/events', async (context) => {
    const { wait, ...parameters } = readParameters(context, feedParameters);
    const { events, next } = await awaitFeed(parameters, await patienceFor(context, wait), deps);
    if (next !== undefined) context.header('Link', nextLink(context, next));
    context.header('Cache-Control', wait > 0 ? 'no-store' : REVALIDATE);
    context.header('Vary', 'Accept');
    const supports = [BATCH, 'application/json', NDJSON];
    const type = accepts(context, { header: 'Accept', supports, default: BATCH });
    const body = type === NDJSON ? events.map((event) => `${event}\n`).join('') : `[${events.join(',')}]`;
    return context.body(body, 200, { 'Content-Type': type });
  });

  async function patienceFor(context: Context, wait: number): Promise<number> {
    const authorization = context.req.header('authorization');
    if (wait <= ANONYMOUS_WAIT || authorization === undefined) return Math.min(wait, ANONYMOUS_WAIT);
    await deps.authenticate(authorization);
    return wait;
  }

  /** The exact bytes of a sealed event: the leaf's entry. */
  app.get('/v1/events/:stream/:version', async (context) => {
    readParameters(context, {});
    const { stream } = context.req.param();
    const version = positive(context.req.param('version'));
    const event =
      version === undefined || !streamName.safeParse(stream).success ? undefined : await sealedEvent(stream, version);
    if (event === undefined) throw new ProblemError('not-found', 'no such event is sealed');
    context.header('Cache-Control', FOREVER);
    return context.body(event, 200, { 'Content-Type': 'application/cloudevents+json' });
  });

  async function sealedEvent(stream: string, version: number): Promise<string | undefined> {
    const last = await log.lastMarker(stream);
    if (!last || version >= last.version + last.count) return undefined;
    for await (const commit of commits.readBackwards(stream, version + 1, 1))
      return commit.events[version - commit.version];
    return undefined;
  }

  async function describe(projection: Projection) {
    const { position, digest } = await views.checkpoint(projection);
    const last = ((await log.readHead())?.size ?? 0) - 1;
    const { name, revision } = projection;
    return { name, revision, ...(position >= 0 && { position }), lag: Math.max(0, last - position), digest };
  }

  app.get('/v1/projections', async (context) => {
    readParameters(context, {});
    context.header('Cache-Control', REVALIDATE);
    return context.json({ items: await Promise.all(projections.map(describe)) });
  });

  app.get('/v1/projections/:name', async (context) => {
    readParameters(context, {});
    const name = context.req.param('name');
    const projection = projectionByName(name);
    if (!projection) throw new ProblemError('not-found', `there is no projection "${name}"`);
    context.header('Cache-Control', REVALIDATE);
    return context.json(await describe(projection));
  });

  app.get('/schemas/:type/:version', (context) => {
    readParameters(context, {});
    const { type, version } = context.req.param();
    const definition = eventDefinitions.find((one) => one.type === type);
    const found = definition && schemaOf(definition, positive(version) ?? 0);
    if (!found) throw new ProblemError('not-found', `there is no schema ${type}/${version}`);
    context.header('Cache-Control', FOR_AN_HOUR);
    const schema = z.toJSONSchema(found, { io: 'output', unrepresentable: 'any' });
    const named = { $id: `https://${origin}/schemas/${type}/${version}`, title: type, description: definition.meaning };
    return context.body(JSON.stringify({ ...schema, ...named }), 200, { 'Content-Type': 'application/schema+json' });
  });

  app.get('/problems/:slug', (context) => {
    readParameters(context, {});
    const slug = context.req.param('slug');
    if (!isRule(slug)) throw new ProblemError('not-found', `there is no problem type "${slug}"`);
    context.header('Cache-Control', FOR_AN_HOUR);
    const commands = commandsAnswering(slug);
    return context.json({ type: `/problems/${slug}`, ...problems[slug], ...(commands.length > 0 && { commands }) });
  });

  app.get('/health', async (context) => {
    readParameters(context, {});
    context.header('Cache-Control', 'no-store');
    const answers = [
      log.readHead(),
      commits.readCommits([{ stream: 'health', version: 1 }]),
      ...projections.map(describe),
    ];
    try {
      await Promise.all(answers);
    } catch (error) {
      logger.error('a table does not answer', { error: error as Error });
      throw new ProblemError('unavailable', 'a table does not answer');
    }
    return context.json({ status: 'ok' });
  });

  return app;
}

const positive = (digits: string): number | undefined => (/^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : undefined);

/** RFC 8288: the same request after the last position that was looked at. */
function nextLink(context: Context, after: number): string {
  const { pathname, searchParams } = new URL(context.req.url);
  searchParams.set('after', String(after));
  return `<${pathname}?${searchParams}>; rel="next"`;
}
