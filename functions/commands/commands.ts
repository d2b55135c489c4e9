import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'hono';
import type { Receipt } from '../../domain/answers/receipts.ts';
import { aggregateByName } from '../../domain/catalog.ts';
import type { CommandDefinition } from '../../domain/kernel/aggregate.ts';
import { aggregateOf, isPersonId } from '../../domain/values/ids.ts';
import { createApp } from '../http/app.ts';
import { type Authenticate, requireScope } from '../http/auth.ts';
import { scopeLacking } from '../http/challenge.ts';
import { readParameters } from '../http/parameters.ts';
import { collectionOf, idOf } from '../http/path.ts';
import { ProblemError } from '../http/problem.ts';
import { foreignTables } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Execution } from './earlier-outcome.ts';
import { erase, erasure, personIn } from './erase.ts';
import { type ExecuteDeps, execute, type Registrant, type RequestDeps } from './execute.ts';
import { unknownAct } from './not-meant.ts';
import { type Salt, withNamesAside } from './persons.ts';
import { positionsOf, receiptOf } from './receipt.ts';
import { answerRejection, isRejection, type Rejection } from './rejection.ts';
import {
  type Preferences,
  readBody,
  readIfMatch,
  readKey,
  readPreferences,
  refuseIfMatch,
  refuseIfNoneMatch,
} from './request.ts';
import { act, opening, type RequestFacts, type Submission, submission } from './submission.ts';
import { type VisibleDeps, waitUntilVisible } from './visible.ts';

export interface CommandsDeps extends ExecuteDeps, VisibleDeps {
  readonly log: Pick<LogStore, 'readHead' | 'marker'>;
  readonly tables: { readonly events: string; readonly log: string };
  readonly authenticate: Authenticate;
  readonly registrars: readonly string[];
  readonly salt: Salt;
  readonly logger: Pick<Logger, 'error'>;
}

/** The commands of a request, as far as they decide who may submit it. */
interface Asked {
  readonly items: readonly { readonly definition: Pick<CommandDefinition, 'scope' | 'registrarToo'> }[];
}

interface Landed<Request = unknown> {
  readonly preferences: Preferences;
  readonly request: Request;
  readonly execution: Execution;
  readonly receipts: readonly Receipt[];
  readonly visible: boolean;
}

/** The write side of the HTTP API: parse, decide, append, answer with receipts. */
export function createCommands(deps: CommandsDeps) {
  const app = createApp(deps.logger);
  const refuseForeignTables = onlyOverItsTables(deps);

  /**
   * Authenticates, reads and parses the request, lands it with `run`, and answers with `respond` or with the rejection. What
   * an earlier try of it has recorded comes first, then scope and right, then what speaks against the body.
   */
  async function land<Request extends Asked>(
    context: Context,
    parse: (facts: RequestFacts) => Request,
    run: (request: Request, registrant: Registrant, deps: RequestDeps) => Promise<Execution | Rejection>,
    respond: (landed: Landed<Request>) => Response,
  ): Promise<Response> {
    const caller = await deps.authenticate(context.req.header('authorization'));
    if (!caller.scopes.some((scope) => scope.startsWith('registry/')))
      throw scopeLacking('the token has no scope of this registry');
    readParameters(context, {});
    refuseIfNoneMatch(context);
    const body = await readBody(context);
    const key = readKey(context);
    const preferences = readPreferences(context);
    const { method, path } = context.req;
    const parsed = parse({ client: caller.client, key, method, path, body });
    const isRegistrar = deps.registrars.includes(caller.client);
    const registrant = { client: caller.client, ...(isRegistrar && { isRegistrar }) };
    await refuseForeignTables();
    const { wait, dryRun } = preferences;
    const authorize = () => {
      for (const { definition } of parsed.items) requireScope(caller, definition, deps.registrars);
    };
    const execution = await run(parsed, registrant, { ...deps, dryRun, authorize });
    if (isRejection(execution)) return answerRejection(context, execution);
    const receipts = await receiptsOf(execution, dryRun ? 0 : wait);
    const landed = { preferences, request: { ...parsed, ...execution.submission }, execution, ...receipts };
    headersOf(context, landed);
    return respond(landed);
  }

  const submit = (
    context: Context,
    parse: (facts: RequestFacts) => Submission,
    respond: (landed: Landed<Submission>) => Response,
  ) => land(context, (facts) => withNamesAside(parse(facts), deps.salt), execute, respond);

  /** Looks up positions for a request that waits or is repeated; a first answer does not wait for the sequencer. */
  async function receiptsOf({ outcomes, replayed, warnings }: Execution, wait: number) {
    const { positions, visible } =
      wait > 0
        ? await waitUntilVisible(outcomes, wait, deps)
        : { positions: replayed ? await positionsOf(deps.log, outcomes) : [], visible: false };
    return {
      receipts: outcomes.map((outcome, index) => receiptOf(outcome, positions[index], warnings[index])),
      visible,
    };
  }

  const headersOf = (context: Context, { execution, preferences, visible }: Landed) => {
    context.header('Cache-Control', 'no-store');
    if (execution.replayed) context.header('Idempotency-Replayed', 'true');
    if (preferences.dryRun) context.header('Preference-Applied', 'dry-run');
    else if (visible) context.header('Preference-Applied', `wait=${preferences.wait}`);
  };

  app.post('/v1/submissions', async (context) => {
    refuseIfMatch(context);
    return submit(context, submission, ({ receipts, request, preferences }) =>
      context.json({ receipts, ids: request.ids }, preferences.dryRun ? 200 : 201),
    );
  });

  app.post('/v1/:collection', async (context) => {
    const aggregate = collectionOf(context.req.param('collection'));
    refuseIfMatch(context);
    const parse = (facts: RequestFacts) => opening(aggregate, facts);
    return submit(context, parse, (landed) => one(context, landed, opened(landed.receipts) ? 201 : 200));
  });

  app.post('/v1/people/:id/erase', async (context) => {
    const id = personIn(context.req.param('id'));
    refuseIfMatch(context);
    const parse = (facts: RequestFacts) => erasure(id, facts);
    return land(context, parse, erase, (landed) => one(context, landed, 200));
  });

  app.post('/v1/:collection/:id/:act', async (context) => {
    const { collection, id, act: name } = context.req.param();
    const aggregate = collectionOf(collection);
    const definition = aggregate.commands.find((command) => command.act === name);
    if (!definition) throw unknownAct(aggregate, name);
    idOf(collection, id);
    const ifMatch = readIfMatch(context);
    const parse = (facts: RequestFacts) => act(aggregate, definition, id, { ...facts, ifMatch });
    return submit(context, parse, (landed) => one(context, landed, 200));
  });

  return app;
}

/** Whether the request opened its record: a membership may have existed already. */
const opened = ([receipt]: readonly Receipt[]): boolean => receipt?.events[0]?.id === `${receipt?.id}/1`;

function one(context: Context, { receipts, preferences }: Landed, status: 200 | 201): Response {
  const [receipt] = receipts;
  if (!receipt) throw new Error('a command has a receipt');
  // After a dry run there is no record to link to, and no version of it.
  if (preferences.dryRun) return context.json(receipt, 200);
  const collection = isPersonId(receipt.id) ? 'people' : aggregateByName(aggregateOf(receipt.id) ?? '').collection;
  context.header('Location', `/v1/${collection}/${receipt.id}`);
  context.header('ETag', `"${receipt.version}"`);
  return context.json(receipt, status);
}

/** Refuses tables other than those that the log was made from: appending to them would fork the history. Checked until it has succeeded once. */
function onlyOverItsTables({ log, tables }: Pick<CommandsDeps, 'log' | 'tables'>) {
  let confirmed = false;
  return async () => {
    if (confirmed) return;
    const head = await log.readHead();
    const reason = foreignTables(head, tables);
    if (reason !== undefined) throw new ProblemError('tables-changed', reason);
    confirmed = head !== undefined;
  };
}
