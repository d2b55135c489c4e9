import { slicesOf } from '../../domain/values/lists.ts';
import { execute } from '../../functions/commands/execute.ts';
import { isRejection } from '../../functions/commands/rejection.ts';
import { submission } from '../../functions/commands/submission.ts';
import type { Commit } from '../../functions/stores/commits.ts';
import { createEventStore } from '../../functions/stores/event-store.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import { REGISTRAR } from '../support/api.ts';
import { inserted, ORIGIN, streamEvent } from '../support/commits.ts';
import type { TestEngine } from '../support/engine.ts';
import { type Tap, tapped } from '../support/faults.ts';
import type { TestRegistry } from '../support/registry.ts';
import { type PlannedSubmission, plausibleHistory } from './history.ts';

const CLIENT = 'gzde';
const LANDED_AT = '2026-02-03T04:05:06.789Z';

/** Commits that are sealed together. */
const SEALED_AT_ONCE = 500;

interface Generated {
  readonly records: number;
  readonly seed: number;
}

interface Landed {
  readonly events: number;
  /** The ids by the names that the history gives. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Lands a generated history in a registry, past HTTP, and seals it. */
export const landHistory = (registry: TestRegistry, engine: Pick<TestEngine, 'documents'>, generated: Generated) =>
  growingHistory(registry, engine, generated).landTo(generated.records);

/** A generated history of so many records that lands bit by bit: `landTo` lands the first ones, and seals them. */
export function growingHistory(
  registry: TestRegistry,
  { documents }: Pick<TestEngine, 'documents'>,
  { records, seed }: Generated,
) {
  const { vault, views, tables } = registry;
  const { tap, waiting } = committed(tables.events);
  const store = createEventStore({ documents: tapped(documents, tap), table: tables.events });
  const log = createLogStore({ documents, table: tables.log });
  const ids = new Map<string, string>();
  const idOf = (name: string): string => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`nothing is called ${name}`);
    return id;
  };
  const deps = {
    store,
    vault,
    views,
    log,
    salt: () => new Uint8Array(32),
    origin: ORIGIN,
    clock: () => new Date(LANDED_AT),
    pause: async () => {},
    applied: async () => -1,
    sleep: async () => {},
    tables: { events: tables.events, log: tables.log },
    registrars: [REGISTRAR],
    dryRun: false,
    authorize: () => {},
  };
  const history = plausibleHistory(records, seed, idOf);
  let submitted = 0;
  let events = 0;

  async function land({ commands, isRegistrar }: PlannedSubmission): Promise<void> {
    submitted += 1;
    const client = isRegistrar ? REGISTRAR : CLIENT;
    const request = { client, key: `generated-${seed}-${submitted}`, method: 'POST', path: '/v1/submissions' };
    const asked = submission({ ...request, body: { commands } });
    const done = await execute(asked, { client, ...(isRegistrar && { isRegistrar }) }, deps);
    if (isRejection(done)) throw new Error(`submission ${submitted} is refused: ${JSON.stringify(done)}`);
    for (const [name, id] of Object.entries(asked.ids)) ids.set(name, id);
    events += done.outcomes.reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * In the order in which they landed, as the stream of the events table delivers them. Not before all have landed: a merge
   * is refused while what is sealed is in no read model.
   */
  async function seal(): Promise<void> {
    for (const commits of slicesOf(waiting.splice(0), SEALED_AT_ONCE)) {
      const records = commits.map((commit) => inserted({ ...commit }));
      const { batchItemFailures } = await registry.sequencer.run(streamEvent(records));
      if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} commits were not sealed`);
    }
  }

  return {
    async landTo(count: number): Promise<Landed> {
      while (count === records || ids.size < count) {
        const { value, done } = history.next();
        if (done) break;
        await land(value);
      }
      await seal();
      return { events, ids };
    },
  };
}

/** Keeps the commits that are put into the events table, until somebody takes them. */
function committed(table: string) {
  const waiting: Commit[] = [];
  const tap: Tap = async ({ input }, next) => {
    const answer = await next();
    const puts: { TableName: string; Item?: Commit }[] = input.TransactItems?.flatMap(Object.values) ?? [input];
    for (const { TableName, Item } of puts) if (Item && TableName === table) waiting.push(Item);
    return answer;
  };
  return { tap, waiting };
}
