import type { Projection } from '../../domain/projections/projection.ts';
import { projections } from '../../domain/projections/projections.ts';
import { records } from '../../domain/projections/records.ts';
import { createAudit } from '../../functions/audit/audit.ts';
import { appliedIn } from '../../functions/commands/visible.ts';
import { createPolls } from '../../functions/polls/polls.ts';
import { createProjector } from '../../functions/projector/projector.ts';
import { createQueries } from '../../functions/queries/queries.ts';
import { commitReader } from '../../functions/stores/commits.ts';
import { createKeptPacks } from '../../functions/stores/kept-packs.ts';
import type { TableNames } from '../../functions/stores/log-items.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import { createPacks } from '../../functions/stores/packs.ts';
import { createPublishedLog } from '../../functions/stores/published-log.ts';
import { createVault } from '../../functions/stores/vault.ts';
import { createViews } from '../../functions/stores/views.ts';
import { authenticate, REGISTRAR, testApi } from './api.ts';
import { createBucket } from './bucket.ts';
import { createBus } from './bus.ts';
import { ORIGIN } from './commits.ts';
import { held } from './contract.ts';
import type { TestEngine } from './engine.ts';
import { expectDocumented } from './operations.ts';
import { type TestProverOptions, testProver } from './prover.ts';
import { testPublisher } from './publisher.ts';
import { testSequencer } from './sequencer.ts';

export type TestRegistry = Awaited<ReturnType<typeof testRegistry>>;

/** All functions over tables of their own, without what stands between them: a test seals, projects and publishes when it wants. */
export async function testRegistry(
  engine: TestEngine,
  options: { clock?: () => number; wall?: () => number; sleep?: (milliseconds: number) => Promise<void> } = {},
) {
  const tables = await engine.freshTables();
  const { documents } = engine;
  const { clock = Date.now, wall = Date.now, sleep = async () => {} } = options;
  const errors: { message: unknown; details: unknown }[] = [];
  const logger = { error: (message: unknown, ...details: unknown[]) => void errors.push({ message, details }) };
  const log = createLogStore({ documents, table: tables.log });
  const commits = commitReader({ documents, table: tables.events });
  const views = createViews({ documents, table: tables.views });
  const api = testApi(engine, {
    tables,
    clock: () => new Date(clock()),
    applied: () => appliedIn(views),
  });
  const vault = createVault({ documents, table: tables.people });
  const bucket = createBucket(clock);
  const packsBucket = createBucket(clock);
  const packs = createPacks({ objects: packsBucket.client, bucket: 'packs' });
  const published = createPublishedLog({ objects: bucket.client, bucket: 'published' });
  const ofQueries = {
    views,
    log,
    commits,
    vault,
    published,
    packs,
    lastKept: createKeptPacks({ objects: packsBucket.client, bucket: 'packs' }),
    authenticate,
    registrars: [REGISTRAR],
    origin: ORIGIN,
    logger,
    clock: wall,
    sleep,
  };
  const queries = createQueries(ofQueries);
  const audit = createAudit({
    packs,
    views,
    log,
    commits,
    published,
    tables,
    origin: ORIGIN,
    logger,
    clock: wall,
    sleep,
  });
  const polls = createPolls({ log, commits, authenticate, logger, clock: wall, sleep });
  const bus = createBus();
  const sequencer = testSequencer({ documents, tables, bus, clock });
  const publisher = testPublisher({ documents, tables, bucket, clock });

  return {
    tables,
    log,
    commits,
    views,
    vault,
    /** What the published log is kept in. */
    bucket,
    packs,
    /** What the packs are kept in. */
    packsBucket,
    store: api.store,
    /** Everything that the bus has accepted. */
    announced: bus.accepted,
    /** What the functions could not foresee. */
    errors: () => [...errors, ...api.failures],
    sequencer,
    /** The read side, held to no document: of histories that no rule has judged. */
    unheld: createQueries(ofQueries),
    /** What answers HTTP, by the function's name. */
    apps: { commands: api.app, queries: held(queries), audit: held(audit), polls: held(polls) },
    post: api.post,
    /** Answers of the read side, held to the OpenAPI document. */
    async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
      const reads = /^\/v1\/(events|projections)|^\/(schemas|problems|health|checkpoint|vkey|tile|packs)\b/.test(path)
        ? audit
        : queries;
      const side = /^\/v1\/events(\?|$)/.test(path) ? polls : reads;
      const response = await side.request(path, { headers });
      const type = response.status < 400 ? undefined : (await bodyOf(response.clone())).type;
      expectDocumented('GET', path, response.status, type);
      return response;
    },
    /** Seals everything that was appended. */
    seal: () => sequencer.run({} as never),
    /** Publishes everything that is sealed. */
    async publish(): Promise<void> {
      if (!(await publisher.wake())) throw new Error(JSON.stringify(publisher.alarms));
    },
    /** Brings read models to the head: every one, or these. */
    async project(models: readonly Projection[] = projections): Promise<void> {
      for (const projection of models) {
        const { deliver, wakeUps, stopped } = testProjector({ log, commits, views, tables, projection });
        do {
          const failed = await deliver(wakeUps.length > 0 ? wakeUps.splice(0) : undefined);
          if (failed.length > 0) throw new Error(`${projection.name}: ${JSON.stringify(stopped)}`);
        } while (wakeUps.length > 0);
      }
    },
    prover: (own: Partial<TestProverOptions> = {}) =>
      testProver({ documents, tables, packs: packsBucket, bucket, clock, ...own }),
    /** Publishes what is sealed, states what the read models hold, and seals the statement, if any is due. */
    async prove(own: Partial<TestProverOptions> = {}): Promise<void> {
      const prover = testProver({ documents, tables, packs: packsBucket, bucket, clock, ...own });
      if (!(await publisher.wake())) throw new Error(JSON.stringify(publisher.alarms));
      do {
        prover.wakeUps.length = 0;
        if (!(await prover.wake())) throw new Error(JSON.stringify(prover.alarms));
      } while (prover.wakeUps.length > 0);
      await sequencer.run({} as never);
    },
    projector: (own: Partial<Parameters<typeof createProjector>[0]> = {}) =>
      testProjector({ log, commits, views, tables, ...own }),
  };
}

type ProjectorOptions = Parameters<typeof createProjector>[0];
type Own = Pick<ProjectorOptions, 'log' | 'commits' | 'views'> &
  Partial<Pick<ProjectorOptions, 'clock' | 'backoff'>> & { tables: TableNames };

/** What a response says, to be looked into. */
// biome-ignore lint/suspicious/noExplicitAny: the test asserts what it is
export const bodyOf = async (response: Response | Promise<Response>): Promise<any> => (await response).json();

/** A projector with its queue and what it has raised. */
export function testProjector({ projection = records, ...own }: Own & { projection?: Projection }) {
  const wakeUps: string[] = [];
  const stopped: unknown[] = [];
  const told: { message: unknown; details: unknown }[] = [];
  const tell = (message: unknown, ...[details]: unknown[]) => void told.push({ message, details });
  const counted: { name: string; value: number }[] = [];
  const run = createProjector({
    projection,
    clock: Date.now,
    backoff: async () => {},
    wakeAgain: async (body) => wakeUps.push(body),
    logger: { error: (_, ...[details]) => void stopped.push(details), info: tell, warn: tell },
    metrics: {
      addMetric: (name, _, value) => void counted.push({ name, value }) as never,
      publishStoredMetrics: () => undefined as never,
    },
    ...own,
  });
  /** Delivers messages; answers the ids of those that failed. */
  async function deliver(
    bodies: readonly string[] = [JSON.stringify({ 'detail-type': 'log.sealed' })],
    milliseconds = 60_000,
  ) {
    const Records = bodies.map((body, index) => ({ body, messageId: String(index) })) as never;
    const { batchItemFailures } = await run({ Records }, { getRemainingTimeInMillis: () => milliseconds });
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  }
  return {
    deliver,
    wakeUps,
    stopped,
    /** What it has logged besides failures. */
    told,
    /** The metrics that it has emitted, one after another. */
    counted,
  };
}
