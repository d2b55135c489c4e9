import type { Logger } from '@aws-lambda-powertools/logger';
import { definitionOf } from '../../domain/catalog.ts';
import { dueFact, nextDue } from '../../domain/due.ts';
import type { EventDraft } from '../../domain/event.ts';
import { DUE, type Due, endOfDay, records } from '../../domain/projections/records.ts';
import type { EventStore } from '../shared/event-store.ts';
import { digestId, requestHashOf } from '../shared/ids.ts';
import { foreignTables, type LogStore, type Tables } from '../shared/log-store.ts';
import type { Pause } from '../shared/pause.ts';
import type { Views } from '../shared/views.ts';
import { createWork } from '../shared/work.ts';

export interface DailyDeps {
  readonly store: EventStore;
  readonly log: Pick<LogStore, 'readHead'>;
  readonly views: Pick<Views, 'newest'>;
  readonly tables: Pick<Tables, 'events' | 'log'>;
  readonly origin: string;
  readonly clock: () => Date;
  readonly pause: Pause;
  readonly logger: Pick<Logger, 'error'>;
}

const ATTEMPTS = 5;
const ROWS_PER_READ = 100;

/** The registry itself speaks: about what it knows already, in nobody's name. */
const REGISTRY = { client: 'registry' };

/**
 * Records what the days up to today have brought about: for every due row of the read model, the fact of its day. What
 * was recorded already is found under its command id and not recorded again; a record that fails does not hold up the
 * others, and the run that met one fails in the end, so that it is seen.
 */
export function createDaily(deps: DailyDeps) {
  const { store, log, views, tables, origin, clock, pause, logger } = deps;

  return async (): Promise<{ recorded: number }> => {
    const foreign = foreignTables(await log.readHead(), tables);
    if (foreign !== undefined) throw new Error(foreign);
    let recorded = 0;
    const failed: string[] = [];
    for await (const { id, day } of dueRows()) {
      try {
        if (await record(id, day)) recorded += 1;
      } catch (error) {
        logger.error('what a day brought about was not recorded', { error: error as Error, record: id, day });
        failed.push(id);
      }
    }
    if (failed.length > 0) throw new Error(`${failed.length} due facts were not recorded: ${failed[0]} …`);
    return { recorded };
  };

  async function* dueRows(): AsyncGenerator<Due> {
    let before = endOfDay(clock().toISOString().slice(0, 10));
    for (;;) {
      const { rows, more } = await views.newest<Due>(records, DUE, before, ROWS_PER_READ);
      yield* rows.map(({ value }) => value);
      const last = rows.at(-1);
      if (!more || !last) return;
      before = last.sort;
    }
  }

  /** Whether the fact of the day was recorded now: not when it is there already, or the day means nothing any more. */
  async function record(id: string, day: string): Promise<boolean> {
    const commandId = digestId([id, day]);
    const requestHash = requestHashOf('daily', id, day);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const work = createWork(store, { source: origin, commandId, requestHash, now: clock() });
      await work.read([id]);
      const found = work.record(id);
      if (!found || work.commits(id).some((commit) => commit.commandId === commandId)) return false;
      if (nextDue(found) !== day) return false;
      work.decideOn(id, [complete(dueFact(found, day))], REGISTRY);
      const result = await store.append(work.appends());
      if (result.outcome === 'appended') return true;
      if (result.outcome === 'cap') throw new Error(result.detail);
      await pause(attempt);
    }
    throw new Error(`others acted on ${id} ${ATTEMPTS} times in a row`);
  }
}

const complete = ({ type, data }: EventDraft): EventDraft => ({
  type,
  data: definitionOf(type).schema.parse(data) as object,
});
