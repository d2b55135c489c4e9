import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'hono';
import type * as z from 'zod';
import { recordsOrLast } from '../../domain/projections/records.ts';
import { asksForCell, cellQuestion, overviewQuestion, statisticsQuestion } from '../../domain/reading/figures.ts';
import {
  historyParameters,
  type KnownAt,
  partiesParameters,
  positionParameters,
  proofParameters,
  recordListParameters,
  recordParameters,
} from '../../domain/reading/parameters.ts';
import type { Question, RowSources } from '../../domain/reading/question.ts';
import {
  activityQuestion,
  listQuestion,
  programmeQuestion,
  relationsQuestion,
  rosterQuestion,
  searchQuestion,
  timelineQuestion,
} from '../../domain/reading/questions.ts';
import { recordListQuestion, recordQuestion } from '../../domain/reading/record.ts';
import { registrarLists } from '../../domain/reading/registrar-lists.ts';
import { type RecordList, recordLists } from '../../domain/record/shown.ts';
import { registerNumber } from '../../domain/values/ids.ts';
import { dayOf } from '../../domain/values/partial-date.ts';
import { createApp } from '../http/app.ts';
import { type Authenticate, requireScope } from '../http/auth.ts';
import { FOR_AN_HOUR, NOT_STORED, REVALIDATE } from '../http/caching.ts';
import { isHad } from '../http/delivery.ts';
import { nextLink } from '../http/next-link.ts';
import { parameterRefused, parametersRefused, readParameters } from '../http/parameters.ts';
import { collectionOf, idOf } from '../http/path.ts';
import { ProblemError } from '../http/problem.ts';
import { wholePosition } from '../http/whole.ts';
import { statedNow, statedUpTo } from '../proofs/stated.ts';
import { tellStated } from '../proofs/tell.ts';
import type { Vault } from '../stores/vault.ts';
import type { Views } from '../stores/views.ts';
import { answerWith, asList, type Finish, tellPosition } from './answer-with.ts';
import { PAGE_POLICY } from './docs-page.ts';
import { createDocuments } from './documents.ts';
import { isExport, limitFor } from './exported.ts';
import { type HistoryPage, withoutSame } from './history.ts';
import { historyQuestion } from './history-question.ts';
import { type KnownAtDeps, positionKnownAt } from './known-at.ts';
import { personOf, withNames, withWords } from './people.ts';
import { type PositionDeps, positionFor, standingFor } from './position.ts';
import { answeredAsOf, type ProvenDeps } from './proven.ts';
import { answeredBody, rowsIn } from './reader.ts';
import { tagOfPage } from './record-tag.ts';
import { createRegister } from './register.ts';

export interface QueriesDeps extends Omit<ProvenDeps, 'log' | 'reader'>, Omit<PositionDeps, 'log' | 'views'> {
  readonly views: Views;
  readonly log: ProvenDeps['log'] & PositionDeps['log'] & KnownAtDeps;
  readonly vault: Pick<Vault, 'read'>;
  readonly authenticate: Authenticate;
  readonly registrars: readonly string[];
  readonly origin: string;
  readonly logger: Pick<Logger, 'error'>;
}

type Asked = Record<string, unknown> & {
  readonly minPosition?: number;
  readonly knownAt?: KnownAt;
  readonly proof?: 'true';
};

/** How a proven answer is asked for. */
interface ProofAsked {
  readonly least: number | undefined;
  readonly knownAt: KnownAt | undefined;
  readonly finish: Finish;
}

/** The parameters from which an answer is made; `knownAt` is resolved to a position. */
type Answered<Shape extends z.ZodRawShape> = Omit<z.output<z.ZodObject<Shape>>, 'knownAt'> & {
  readonly knownAt?: number;
};

const asksForProof = (context: Context): boolean => context.req.query('proof') !== undefined;

const listQuestionOf = (collection: string, id: string, list: RecordList) =>
  recordListQuestion(idOf(collection, id), list);

async function joinHistory(page: object, vault: QueriesDeps['vault']): Promise<object> {
  const joined = await withWords(page as HistoryPage, vault);
  return joined === page ? page : withoutSame(joined);
}

/** The read side of the HTTP API: everything that is read from the read models. */
export function createQueries(deps: QueriesDeps) {
  const { views } = deps;
  const rows = rowsIn(views);
  const register = createRegister({ ...deps, reader: rows.records });
  const documents = createDocuments(deps.origin);
  const app = createApp(deps.logger);

  /**
   * Reads the parameters, and answers for a position that `Registry-Position` names: the position of `knownAt` if it is
   * given, else that of the read model `records`, after waiting for `minPosition`. Without a body the request has the answer
   * already.
   */
  async function at<Shape extends z.ZodRawShape, Body extends object>(
    context: Context,
    shape: Shape,
    answer: (parameters: Answered<Shape>, position: number) => Promise<Body | undefined>,
    finish: Finish,
  ): Promise<Response> {
    const read = readParameters(context, { ...shape, ...positionParameters }) as Asked;
    const { minPosition: least, knownAt: asked, ...rest } = read;
    const isPast = asked !== undefined;
    const most = 'limit' in read && { limit: limitFor(context, Number(read.limit)) };
    const position = isPast
      ? await positionKnownAt(asked, least, deps.log)
      : await positionFor(recordsOrLast, least, deps);
    const parameters = { ...rest, ...most, ...(isPast && { knownAt: position }) };
    tellPosition(context, position);
    const body = await answer(parameters as Answered<Shape>, position);
    if (!body) return context.body(null, 304, { 'Content-Type': 'application/json' });
    // It may be taken up without another version or position.
    if ('setAside' in body) context.header('Cache-Control', NOT_STORED);
    return answerWith(context, body, finish);
  }

  /** With what the vault has for it; such an answer is not stored. */
  const joinedBy =
    (join: (body: object, vault: QueriesDeps['vault']) => Promise<object>): Finish =>
    async (context, body) => {
      const named = await join(body, deps.vault);
      if (named !== body) context.header('Cache-Control', NOT_STORED);
      return named;
    };

  /** Answers a question for the lowest position of its read models, or of the last statement with its proof. */
  async function ask<Shape extends z.ZodRawShape>(
    context: Context,
    question: Question<Shape>,
    finish: Finish = asList,
  ): Promise<Response> {
    const read = readParameters(context, { ...question.shape, ...positionParameters, ...proofParameters }) as Asked;
    const { minPosition: least, proof, knownAt, ...given } = read;
    const asked = {
      ...given,
      ...('limit' in given && { limit: limitFor(context, Number(given.limit)) }),
    } as z.output<z.ZodObject<Shape>>;
    const faults = question.check?.(asked) ?? [];
    if (faults.length > 0) throw parametersRefused(faults);
    if (proof) return prove(context, question, asked, { least, knownAt, finish });
    if (knownAt !== undefined) throw parameterRefused('knownAt', 'stands beside `proof=true` here');
    const standings = await Promise.all(
      question.models.map(async (model) => ({ name: model.name, ...(await standingFor(model, least, deps)) })),
    );
    tellPosition(context, Math.min(...standings.map(({ position }) => position)));
    const sources: RowSources = {
      rows,
      positions: Object.fromEntries(standings.map(({ name, position }) => [name, position])),
      isLast: standings.some(({ isMoving }) => !isMoving),
      replayed: register.replayed,
      overtaken: register.overtaken,
      today: dayOf(deps.clock()),
    };
    return answerWith(context, answeredBody(await question.answer(asked, sources)), finish);
  }

  /** Answers a question as of a statement: the newest, or the last up to a position whose pack is kept. */
  async function prove<Shape extends z.ZodRawShape>(
    context: Context,
    question: Question<Shape>,
    asked: z.output<z.ZodObject<Shape>>,
    { least, knownAt, finish }: ProofAsked,
  ): Promise<Response> {
    if (isExport(context)) throw parameterRefused('proof', 'has no place in an export: ask for JSON');
    const stated =
      knownAt === undefined
        ? await statedNow(question.models, least, deps)
        : await statedUpTo(await positionKnownAt(knownAt, least, deps.log), deps);
    const answered = await answeredAsOf(stated, question, { asked, today: dayOf(deps.clock()) }, deps);
    const { outcome, position, proof } = answered;
    tellStated(context, { position, statement: stated.position });
    const body = await finish(context, answeredBody(outcome, { proof }));
    if ('next' in body) context.header('Link', nextLink(context, String(body.next)));
    return context.json({ ...body, proof });
  }

  async function requireRegistrar(context: Context): Promise<void> {
    const caller = await deps.authenticate(context.req.header('authorization'));
    requireScope(caller, { scope: 'registry/registrar' }, deps.registrars);
  }

  app.get('/v1/openapi.json', async (context) => {
    readParameters(context, {});
    context.header('Cache-Control', FOR_AN_HOUR);
    const { text, etag } = await documents.json();
    return context.body(text, 200, { 'Content-Type': 'application/json', ETag: etag });
  });

  // For whoever follows the address that a start prints.
  app.get('/', (context) => {
    readParameters(context, {});
    context.header('Cache-Control', FOR_AN_HOUR);
    return context.redirect('/docs', 307);
  });

  app.get('/docs', async (context) => {
    readParameters(context, {});
    context.header('Cache-Control', FOR_AN_HOUR);
    context.header('Content-Security-Policy', PAGE_POLICY);
    const { text, etag } = await documents.page();
    context.header('ETag', etag);
    return context.html(text);
  });

  app.get('/v1/timeline', (context) => ask(context, timelineQuestion));
  app.get('/v1/search', (context) => ask(context, searchQuestion));
  app.get('/v1/relations', (context) => ask(context, relationsQuestion));
  app.get('/v1/statistics', (context) => ask(context, statisticsQuestion));
  app.get('/v1/overview', (context) => ask(context, overviewQuestion));

  app.get('/v1/numbers/:number', async (context) => {
    readParameters(context, {});
    const number = context.req.param('number');
    await wholePosition(recordsOrLast, deps);
    const found = registerNumber.safeParse(number).success ? await register.byNumber(number) : undefined;
    if (!found) throw new ProblemError('not-found', `no record has the register number ${number}`);
    context.header('Cache-Control', REVALIDATE);
    return context.redirect(`/v1/${found.collection}/${found.id}`, 307);
  });

  app.get('/v1/organizations/:id/activity', (context) =>
    ask(context, activityQuestion(idOf('organizations', context.req.param('id')))),
  );
  app.get('/v1/organizations/:id/members', (context) =>
    ask(context, rosterQuestion(idOf('organizations', context.req.param('id')))),
  );
  app.get('/v1/ceremonies/:id/programme', (context) =>
    ask(context, programmeQuestion(idOf('ceremonies', context.req.param('id')))),
  );

  app.get('/v1/people/:id', async (context) => {
    await requireRegistrar(context);
    readParameters(context, {});
    context.header('Cache-Control', NOT_STORED);
    return context.json(await personOf(context.req.param('id'), deps.vault));
  });

  for (const [name, list] of Object.entries(registrarLists)) {
    app.get(`/v1/${name}`, async (context) => {
      await requireRegistrar(context);
      const response = await ask(context, list);
      response.headers.set('Cache-Control', NOT_STORED);
      return response;
    });
  }

  app.get('/v1/:collection', (context) => {
    const aggregate = collectionOf(context.req.param('collection'));
    const isCell = asksForCell(aggregate, context.req.queries());
    return isCell ? ask(context, cellQuestion(aggregate)) : ask(context, listQuestion(aggregate));
  });

  app.get('/v1/:collection/:id', async (context) => {
    const { collection, id } = context.req.param();
    if (asksForProof(context)) return ask(context, recordQuestion(idOf(collection, id)), joinedBy(withNames));
    let found: Awaited<ReturnType<typeof register.record>> | undefined;
    const record = async (as: Answered<typeof recordParameters>, position: number) => {
      const own = idOf(collection, id);
      const isPlain = as.knownAt === undefined && as.validOn === undefined;
      if (isPlain && (await isHad(context, () => register.tag(own)))) return undefined;
      found = await register.record(own, { ...as, position });
      return found.body;
    };
    const response = await at(context, recordParameters, record, joinedBy(withNames));
    if (!found) return response;
    const { body, tag } = found;
    const isStored = response.headers.get('Cache-Control') !== NOT_STORED;
    // Without the names of persons: whoever guesses one that was erased must not find it confirmed by a tag that was kept.
    response.headers.set('ETag', (isStored && tag) || tagOfPage(body.version, JSON.stringify(body)));
    return response;
  });

  app.get('/v1/:collection/:id/parties', (context) => {
    const { collection, id } = context.req.param();
    if (asksForProof(context)) return ask(context, listQuestionOf(collection, id, 'parties'), joinedBy(withNames));
    const page = (range: Answered<typeof partiesParameters>, position: number) =>
      register.listOf(idOf(collection, id), 'parties', { ...range, position });
    return at(context, partiesParameters, page, joinedBy(withNames));
  });

  app.get(`/v1/:collection/:id/:list{${recordLists.join('|')}}`, (context) => {
    const { collection, id, list } = context.req.param() as { collection: string; id: string; list: RecordList };
    if (asksForProof(context)) return ask(context, listQuestionOf(collection, id, list), joinedBy(withNames));
    const page = (range: Answered<typeof recordListParameters>, position: number) =>
      register.listOf(idOf(collection, id), list, { ...range, position });
    return at(context, recordListParameters, page, joinedBy(withNames));
  });

  app.get('/v1/:collection/:id/history', (context) => {
    const { collection, id } = context.req.param();
    if (asksForProof(context)) return ask(context, historyQuestion(idOf(collection, id)), joinedBy(joinHistory));
    const page = ({ cursor, ...as }: Answered<typeof historyParameters>, position: number) =>
      register.history(idOf(collection, id), { ...as, position, after: cursor });
    return at(context, historyParameters, page, joinedBy(joinHistory));
  });

  return app;
}
