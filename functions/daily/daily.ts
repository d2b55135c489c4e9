import type { Logger } from '@aws-lambda-powertools/logger';
import { REGISTRY } from '../../domain/bookkeeping.ts';
import { definitionOf } from '../../domain/catalog.ts';
import type { EventDraft } from '../../domain/kernel/event.ts';
import { DUE, type Due, endOfDay, records } from '../../domain/projections/records.ts';
import { dueFact, nextDue } from '../../domain/record/due.ts';
import { overfull, wholeRoom } from '../../domain/record/room.ts';
import { dayOf } from '../../domain/values/partial-date.ts';
import { type Backoff, RetryableError, retry } from '../runtime/backoff.ts';
import { digestId, requestHashOf } from '../runtime/ids.ts';
import type { CapExceeded, EventStore } from '../stores/event-store.ts';
import { foreignTables, type TableNames } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import { createUnitOfWork } from '../stores/unit-of-work.ts';
import type { Views } from '../stores/views.ts';

export interface DailyDeps {
  readonly store: EventStore;
  readonly log: Pick<LogStore, 'readHead'>;
  readonly views: Pick<Views, 'newest' | 'asides'>;
  readonly tables: Pick<TableNames, 'events' | 'log'>;
  readonly origin: string;
  readonly clock: () => Date;
  readonly backoff: Backoff;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
}

const ATTEMPTS = 5;
const ROWS_PER_READ = 100;

/** The actor is the registry itself: these facts follow from what it has recorded. */
const ITSELF = { client: REGISTRY };

/**
 * Records the facts that have come due up to today: for every record that the read model lists as due, fact by fact,
 * until nothing more is due. A record that fails does not hold up the others; the run then fails at the end, so that it
 * is noticed. A record that is full, or that the read model has set aside, is passed over: nothing here can be repaired,
 * so the run does not fail.
 */
export function createDaily(deps: DailyDeps) {
  const { store, log, views, tables, origin, clock, backoff, logger } = deps;

  return async (): Promise<{ recorded: number }> => {
    const foreign = foreignTables(await log.readHead(), tables);
    if (foreign !== undefined) throw new Error(foreign);
    let recorded = 0;
    const failed: string[] = [];
    const asides = await views.asides(records);
    for await (const { id } of dueRows()) {
      if (asides.has(id)) continue;
      try {
        while (await record(id)) recorded += 1;
      } catch (error) {
        logger.error('what a day brought about was not recorded', { error: error as Error, record: id });
        failed.push(id);
      }
    }
    if (failed.length > 0) throw new Error(`${failed.length} due facts were not recorded: ${failed[0]} …`);
    return { recorded };
  };

  async function* dueRows(): AsyncGenerator<Due> {
    let before = endOfDay(dayOf(clock()));
    for (;;) {
      const { rows, more } = await views.newest<Due>(records, DUE, before, ROWS_PER_READ);
      yield* rows.map(({ value }) => value);
      const last = rows.at(-1);
      if (!more || !last) return;
      before = last.sort;
    }
  }

  /**
   * Records the next fact that has come due according to the record itself; returns whether there was one. A recorded
   * fact is no longer due, so a second or concurrent run finds nothing to do, or a conflict in the stream.
   */
  async function record(id: string): Promise<boolean> {
    const now = clock();
    const today = dayOf(now);
    const by = { source: origin, commandId: digestId([id, today]), now };
    const attempt = async (): Promise<boolean> => {
      const work = createUnitOfWork(store, by);
      await work.read([id]);
      const found = work.record(id);
      const day = found && nextDue(found);
      if (!found || day === undefined || day > today) return false;
      work.decideOn(id, [complete(dueFact(found, day))], ITSELF);
      const [full] = overfull(id, work.size(id), wholeRoom);
      if (full) return passOver(id, full);
      const result = await store.append(work.appends(requestHashOf('daily', id, today)));
      if (result.outcome === 'appended') return true;
      if (result.outcome === 'cap') return passOver(id, result);
      throw new RetryableError(`others acted on ${id} ${ATTEMPTS} times in a row`);
    };
    return retry(attempt, { attempts: ATTEMPTS, backoff });
  }

  function passOver(id: string, { rule, detail }: CapExceeded): false {
    logger.warn('a full record was passed over, so what a day brought about is not recorded', {
      record: id,
      rule,
      detail,
    });
    return false;
  }
}

const complete = ({ type, data }: EventDraft): EventDraft => ({
  type,
  data: definitionOf(type).schema.parse(data) as object,
});
