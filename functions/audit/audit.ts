import type { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod';
import { eventDefinitions } from '../../domain/catalog.ts';
import type { EventDefinition } from '../../domain/kernel/aggregate.ts';
import { schemaOf } from '../../domain/kernel/versions.ts';
import { isFault } from '../../domain/log/read.ts';
import { isRule, problems } from '../../domain/problems.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { projectionByName, projections } from '../../domain/projections/projections.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import { createApp } from '../http/app.ts';
import {
  healthParameters,
  openingParameters,
  rowsParameters,
  streamName,
  versionInPath,
} from '../http/audit-parameters.ts';
import { FOR_AN_HOUR, FOREVER, NOT_STORED, REVALIDATE } from '../http/caching.ts';
import { nextLink } from '../http/next-link.ts';
import { readParameters } from '../http/parameters.ts';
import { ProblemError } from '../http/problem.ts';
import { commandsAnswering } from '../openapi/problems.ts';
import { proofOf } from '../proofs/inclusion.ts';
import type { StatedForDeps } from '../proofs/stated.ts';
import { newestStatement } from '../proofs/statements.ts';
import { tellStated } from '../proofs/tell.ts';
import { statedOf } from '../proofs/trees.ts';
import type { Commits } from '../stores/commits.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Packs } from '../stores/packs.ts';
import type { PublishedLog } from '../stores/published-log.ts';
import { type SealedEvent, sealedEvent } from '../stores/sealed.ts';
import type { Views } from '../stores/views.ts';
import { type HealthDeps, healthOf, unhealthy } from './health.ts';
import { openedRows } from './opening.ts';
import { packRoutes } from './packs.ts';
import { publishedRoutes, TEXT } from './published-routes.ts';
import { describeReadModel } from './read-model.ts';
import { readRows, rowsBody } from './rows.ts';

export interface AuditDeps extends HealthDeps {
  readonly log: HealthDeps['log'] & Pick<LogStore, 'readHead' | 'marker' | 'pageAt'>;
  readonly commits: Pick<Commits, 'readCommits' | 'readBackwards'>;
  readonly views: Pick<Views, 'checkpoint' | 'served' | 'asides' | 'rows'>;
  readonly published: Pick<PublishedLog, 'get' | 'checkpoint' | 'tile' | 'bundle' | 'vkey'>;
  readonly packs: StatedForDeps['packs'] & Pick<Packs, 'part'>;
  /** Reads a part of a pack. */
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly logger: Pick<Logger, 'error'>;
}

/** The interface for auditors: sealed events and what proves them, and the schemas and problems that explain it. */
export function createAudit(deps: AuditDeps) {
  const { log, commits, published, origin, logger } = deps;
  const app = createApp(logger);
  app.route('/', publishedRoutes(published));
  app.route('/', packRoutes(deps.packs));

  /** The exact bytes of a sealed event: the leaf's entry. */
  app.get('/v1/events/:stream/:version', async (context) => {
    readParameters(context, {});
    const { text } = await eventNamed(context.req.param());
    context.header('Cache-Control', FOREVER);
    return context.body(text, 200, { 'Content-Type': context.var.mediaType });
  });

  app.get('/v1/events/:stream/:version/proof', async (context) => {
    readParameters(context, {});
    const proof = await proofOf(await eventNamed(context.req.param()), published);
    context.header('Cache-Control', REVALIDATE);
    return context.body(proof, 200, { 'Content-Type': TEXT });
  });

  async function eventNamed({ stream, version }: { stream: string; version: string }): Promise<SealedEvent> {
    const number = versionInPath.safeParse(version).data;
    const found =
      number === undefined || !streamName.safeParse(stream).success
        ? undefined
        : await sealedEvent(stream, number, { log, commits });
    if (!found) throw new ProblemError('not-found', 'no such event is sealed');
    return found;
  }

  /** With what is stated of it; without, while the published log cannot be read. */
  const describe = async (projection: Projection, newest: ReturnType<typeof newestStatement>) => {
    const [described, stated] = await Promise.all([
      describeReadModel(projection, deps),
      newest.catch((error: Error) => void logger.error('the statements cannot be read', { error })),
    ]);
    const model = stated && statedOf(stated, projection);
    if (!model || isFault(model)) return described;
    const { position, rows, root } = model.value;
    return { ...described, proven: { position, rows, root, statement: stated.position } };
  };

  app.get('/v1/projections', async (context) => {
    readParameters(context, {});
    context.header('Cache-Control', REVALIDATE);
    const newest = newestStatement(deps);
    return context.json({ items: await Promise.all(projections.map((one) => describe(one, newest))) });
  });

  app.get('/v1/projections/:name', async (context) => {
    readParameters(context, {});
    const described = await describe(projectionNamed(context.req.param('name')), newestStatement(deps));
    context.header('Cache-Control', REVALIDATE);
    return context.json(described);
  });

  app.get('/v1/projections/:name/rows', async (context) => {
    const projection = projectionNamed(context.req.param('name'));
    const page = await readRows(projection, readParameters(context, rowsParameters), deps);
    if (page.position >= 0) context.header('Registry-Position', String(page.position));
    if (page.next !== undefined) context.header('Link', nextLink(context, page.next));
    context.header('Cache-Control', REVALIDATE);
    return context.body(rowsBody(page), 200, { 'Content-Type': 'application/json' });
  });

  app.get('/v1/projections/:name/proof', async (context) => {
    const projection = projectionNamed(context.req.param('name'));
    const opening = await openedRows(projection, readParameters(context, openingParameters), deps);
    tellStated(context, opening);
    return context.json(opening.body);
  });

  app.get('/schemas/:type/:version', (context) => {
    readParameters(context, {});
    const { type, version } = context.req.param();
    const definition = eventDefinitions.find((one) => one.type === type);
    const found = definition && schemaOf(definition, versionInPath.safeParse(version).data ?? 0);
    if (!found) throw noSchema(type, version, definition);
    context.header('Cache-Control', FOR_AN_HOUR);
    const schema = z.toJSONSchema(found, { io: 'output', unrepresentable: 'any' });
    const named = { $id: `https://${origin}/schemas/${type}/${version}`, title: type, description: definition.meaning };
    return context.body(JSON.stringify({ ...schema, ...named }), 200, { 'Content-Type': context.var.mediaType });
  });

  app.get('/problems/:slug', (context) => {
    readParameters(context, {});
    const slug = context.req.param('slug');
    if (!isRule(slug)) throw nothingCalled('problem type', slug, Object.keys(problems));
    context.header('Cache-Control', FOR_AN_HOUR);
    const commands = commandsAnswering(slug);
    return context.json({ type: `/problems/${slug}`, ...problems[slug], ...(commands.length > 0 && { commands }) });
  });

  app.get('/health', async (context) => {
    const { strict } = readParameters(context, healthParameters);
    context.header('Cache-Control', NOT_STORED);
    const health = await healthOf(deps).catch((error: Error) => {
      logger.error('a table does not answer', { error });
      throw new ProblemError('unavailable', 'a table does not answer');
    });
    if (strict !== undefined && health.status !== 'ok') throw unhealthy(health);
    return context.json(health);
  });

  return app;
}

function projectionNamed(name: string): Projection {
  const projection = projectionByName(name);
  if (projection) return projection;
  throw nothingCalled(
    'projection',
    name,
    projections.map((one) => one.name),
  );
}

const nothingCalled = (kind: string, name: string, known: Iterable<string>): ProblemError =>
  new ProblemError('not-found', `there is no ${kind} "${name}"${didYouMean(name, known)}`);

function noSchema(type: string, version: string, definition: EventDefinition | undefined): ProblemError {
  const types = eventDefinitions.map((one) => one.type);
  if (!definition) return nothingCalled('event type', type, types);
  return new ProblemError('not-found', `${type} has no version "${version}": the last one is ${definition.version}`);
}
