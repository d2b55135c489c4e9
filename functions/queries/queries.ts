import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'hono';
import type * as z from 'zod';
import { activityOf } from '../../domain/projections/list-rows.ts';
import { numberAt, type Projection } from '../../domain/projections/projection.ts';
import { records, recordsOrLast, type Stay, TIMELINE } from '../../domain/projections/records.ts';
import { relations } from '../../domain/projections/relations.ts';
import { search } from '../../domain/projections/search/search.ts';
import { firstOfActivity, readActivity } from '../../domain/reading/activity.ts';
import type { Filters } from '../../domain/reading/filters.ts';
import { lastRevision } from '../../domain/reading/last-revision.ts';
import { readList } from '../../domain/reading/lists.ts';
import type { PageRange } from '../../domain/reading/pages.ts';
import { firstOfProgramme, programmeOf } from '../../domain/reading/programme.ts';
import { firstOfRoster, rosterLists, rosterOf } from '../../domain/reading/roster.ts';
import { remembering } from '../../domain/reading/row-reader.ts';
import { readTimeline } from '../../domain/reading/timeline.ts';
import { periodsOf } from '../../domain/record/record.ts';
import { type RecordList, recordLists } from '../../domain/record/shown.ts';
import { registerNumber } from '../../domain/values/ids.ts';
import { dayOf } from '../../domain/values/partial-date.ts';
import { createApp } from '../http/app.ts';
import { type Authenticate, requireScope } from '../http/auth.ts';
import { FOR_AN_HOUR, NOT_STORED, REVALIDATE } from '../http/caching.ts';
import { isHad } from '../http/delivery.ts';
import { parameterRefused, parametersRefused, readParameters, unfit } from '../http/parameters.ts';
import { collectionOf, idOf } from '../http/path.ts';
import { ProblemError } from '../http/problem.ts';
import {
  filtersOf,
  historyParameters,
  type KnownAt,
  paging,
  partiesParameters,
  positionParameters,
  recordListParameters,
  recordParameters,
  relationsParameters,
  rosterParameters,
  searchParameters,
} from '../http/read-parameters.ts';
import { wholePosition } from '../http/whole.ts';
import type { Vault } from '../stores/vault.ts';
import type { Views } from '../stores/views.ts';
import { answerWith, asList, type Finish, tellPosition } from './answer-with.ts';
import { PAGE_POLICY } from './docs-page.ts';
import { createDocuments } from './documents.ts';
import { duplicatesPage } from './duplicates.ts';
import { limitFor } from './exported.ts';
import { routeFigures } from './figures.ts';
import { type HistoryPage, withoutSame } from './history.ts';
import { type KnownAtDeps, positionKnownAt } from './known-at.ts';
import { personOf, withNames, withWords } from './people.ts';
import { type PositionDeps, standingFor } from './position.ts';
import { readerOf, within } from './reader.ts';
import { tagOfPage } from './record-tag.ts';
import { createRegister, type RegisterDeps } from './register.ts';
import { clientsPage, disputesPage, type ListDeps } from './registrar-lists.ts';
import { relationsOf } from './relations.ts';
import { pageOfSearch } from './search.ts';

export interface QueriesDeps extends Omit<RegisterDeps, 'log'>, Omit<PositionDeps, 'log' | 'views'> {
  readonly views: Views;
  readonly log: RegisterDeps['log'] & PositionDeps['log'] & KnownAtDeps;
  readonly vault: Pick<Vault, 'read'>;
  readonly authenticate: Authenticate;
  readonly registrars: readonly string[];
  readonly origin: string;
  readonly logger: Pick<Logger, 'error'>;
}

/** Lists for registrars alone. */
const registrarLists: Readonly<Record<string, (page: PageRange, deps: ListDeps) => Promise<object>>> = {
  duplicates: duplicatesPage,
  clients: clientsPage,
  disputes: disputesPage,
};

type Asked = Record<string, unknown> & { readonly minPosition?: number; readonly knownAt?: KnownAt };

/** The parameters from which an answer is made; `knownAt` is resolved to a position. */
type Answered<Shape extends z.ZodRawShape> = Omit<z.output<z.ZodObject<Shape>>, 'knownAt'> & {
  readonly knownAt?: number;
};

async function joinHistory(page: object, vault: QueriesDeps['vault']): Promise<object> {
  const joined = await withWords(page as HistoryPage, vault);
  return joined === page ? page : withoutSame(joined);
}

/** @throws ProblemError 400 when no day can lie between `from` and `to`. */
function checkPeriod({ from, to }: Filters): void {
  if (from !== undefined && to !== undefined && to < from) throw parameterRefused('to', 'is before `from`');
}

/** The read side of the HTTP API: everything that is read from the read models. */
export function createQueries(deps: QueriesDeps) {
  const { views } = deps;
  const register = createRegister(deps);
  const reader = readerOf(views, records);
  const documents = createDocuments(deps.origin);
  const today = () => dayOf(deps.clock());
  const app = createApp(deps.logger);

  /**
   * Reads the parameters, and answers for a position that `Registry-Position` names: the position of `knownAt` if it is
   * given, else that of the read model (of several the lowest), after waiting for `minPosition`. Without a body the
   * request has the answer already. `isLast` where the rows are of the last revision.
   */
  async function at<Shape extends z.ZodRawShape, Body extends object>(
    context: Context,
    shape: Shape,
    answer: (parameters: Answered<Shape>, position: number, isLast: boolean) => Promise<Body | undefined>,
    finish = asList,
    models: readonly Projection[] = [recordsOrLast],
  ): Promise<Response> {
    const read = readParameters(context, { ...shape, ...positionParameters }) as Asked;
    const { minPosition: least, knownAt: asked, ...rest } = read;
    const isPast = asked !== undefined;
    const most = 'limit' in read && { limit: limitFor(context, Number(read.limit)) };
    const reached = isPast ? [] : await Promise.all(models.map((model) => standingFor(model, least, deps)));
    const positions = isPast ? [await positionKnownAt(asked, least, deps.log)] : reached.map((one) => one.position);
    const position = Math.min(...positions);
    const isLast = reached.some(({ isMoving }) => !isMoving);
    const parameters = { ...rest, ...most, ...(isPast && { knownAt: position }) };
    tellPosition(context, position);
    const body = await answer(parameters as Answered<Shape>, position, isLast);
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

  /** The facts of a stay from the events of its membership; none when it stands no more. */
  async function factsOf({ id, number }: Stay) {
    const sealed = await register.folded(await register.summary(id));
    return periodsOf(sealed.record).find(({ version }) => numberAt(sealed, version) === number)?.facts ?? [];
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

  app.get('/v1/timeline', (context) => at(context, paging, (range) => readTimeline(reader, within(range, TIMELINE))));

  app.get('/v1/search', (context) =>
    at(context, searchParameters, (asked) => pageOfSearch(asked, { views, register }), asList, [records, search]),
  );

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
    at(context, paging, async (range, _, isLast) => {
      const id = idOf('organizations', context.req.param('id'));
      within(range, activityOf(id));
      const known = remembering(reader);
      const [ids] = await Promise.all([register.unmerged(id), firstOfActivity(known, id, range)]);
      return isLast ? lastRevision(known, register.folded).activity(ids, range) : readActivity(known, ids, range);
    }),
  );

  app.get('/v1/organizations/:id/members', (context) =>
    at(context, rosterParameters, async ({ on = today(), ...page }) => {
      const id = idOf('organizations', context.req.param('id'));
      const asked = { on, ...within(page, ...rosterLists(id)) };
      const known = remembering(reader);
      const [bodies] = await Promise.all([register.unmerged(id), firstOfRoster(known, id, asked)]);
      const roster = await rosterOf(known, bodies, asked, factsOf);
      return { on, ...roster, references: await register.referencesOf(roster.items, id) };
    }),
  );

  app.get('/v1/ceremonies/:id/programme', (context) =>
    at(context, {}, async (_, __, isLast) => {
      const id = idOf('ceremonies', context.req.param('id'));
      const known = remembering(reader);
      const [summary] = await Promise.all([register.summary(id), firstOfProgramme(known, id)]);
      return isLast ? lastRevision(known, register.folded).programme(summary) : programmeOf(known, summary);
    }),
  );

  app.get('/v1/people/:id', async (context) => {
    await requireRegistrar(context);
    readParameters(context, {});
    context.header('Cache-Control', NOT_STORED);
    return context.json(await personOf(context.req.param('id'), deps.vault));
  });

  for (const [name, pageOf] of Object.entries(registrarLists)) {
    app.get(`/v1/${name}`, async (context) => {
      await requireRegistrar(context);
      const response = await at(context, paging, (page) => pageOf(page, { views, register }));
      response.headers.set('Cache-Control', NOT_STORED);
      return response;
    });
  }

  app.get('/v1/relations', (context) =>
    at(context, relationsParameters, (asked) => relationsOf(asked, { views, register }), asList, [records, relations]),
  );
  routeFigures(app, deps);

  app.get('/v1/:collection', (context) => {
    const aggregate = collectionOf(context.req.param('collection'));
    return at(context, { ...filtersOf(aggregate), ...paging }, async (filters, _, isLast) => {
      checkPeriod(filters);
      const page = isLast
        ? await lastRevision(remembering(reader), register.folded).list(aggregate, filters, filters)
        : await readList(reader, aggregate, filters, filters);
      if ('faults' in page) {
        throw parametersRefused(page.faults.map(({ parameter, detail }) => unfit(parameter, detail)));
      }
      return page;
    });
  });

  app.get('/v1/:collection/:id', async (context) => {
    const { collection, id } = context.req.param();
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
    const page = (range: Answered<typeof partiesParameters>, position: number) =>
      register.listOf(idOf(collection, id), 'parties', { ...range, position });
    return at(context, partiesParameters, page, joinedBy(withNames));
  });

  app.get(`/v1/:collection/:id/:list{${recordLists.join('|')}}`, (context) => {
    const { collection, id, list } = context.req.param() as { collection: string; id: string; list: RecordList };
    const page = (range: Answered<typeof recordListParameters>, position: number) =>
      register.listOf(idOf(collection, id), list, { ...range, position });
    return at(context, recordListParameters, page, joinedBy(withNames));
  });

  app.get('/v1/:collection/:id/history', (context) => {
    const { collection, id } = context.req.param();
    const page = ({ cursor, ...as }: Answered<typeof historyParameters>, position: number) =>
      register.history(idOf(collection, id), { ...as, position, after: cursor });
    return at(context, historyParameters, page, joinedBy(joinHistory));
  });

  return app;
}
