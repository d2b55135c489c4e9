import { REGISTRY } from '../../../domain/bookkeeping.ts';
import { aggregateByName, upcast } from '../../../domain/catalog.ts';
import type { FoldedRecord } from '../../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import { isRecordStream } from '../../../domain/projections/projection.ts';
import { fold, indexFieldsOf, periodsOf } from '../../../domain/record/record.ts';
import { aggregateOf } from '../../../domain/values/ids.ts';
import { createRegistry } from '../../typescript/registry.ts';
import { feedLines, parseLine } from '../feed.ts';
import type { Http } from '../http.ts';
import { orFailure } from '../read/asked.ts';
import { Failure } from '../usage.ts';

type FeedEvent = RegistryEvent & { readonly position: number };

/** What a client recorded of one record, and the data of the commands that retract it; or why it is left to people. */
export interface Recorded {
  readonly id: string;
  readonly events: readonly { readonly position: number; readonly type: string; readonly time: string }[];
  readonly retractions: readonly { readonly period?: number }[];
  readonly byHand?: string;
}

/** Instants in milliseconds, both included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The events that a client caused in that time, by record in the order of the first of them. */
export async function recordedBy(http: Http, client: string, { from, to }: Span): Promise<Map<string, FeedEvent[]>> {
  const records = new Map<string, FeedEvent[]>();
  for await (const line of feedLines(http, { from: 0, actor: client })) {
    const event = parseLine(http, line) as unknown as FeedEvent;
    const time = Date.parse(event.time);
    if (event.actor !== client)
      throw new Failure(`${http.url} does not filter events by client: its release is older.`);
    if (time < from || time > to || !isRecordStream(event.subject)) continue;
    records.set(event.subject, [...(records.get(event.subject) ?? []), event]);
  }
  return records;
}

/** What is to be done about a record, judged on its whole history, and on what others have recorded of it. */
export async function judgedOf(
  http: Http,
  id: string,
  recorded: ReadonlyMap<string, readonly FeedEvent[]>,
): Promise<Recorded> {
  const own = recorded.get(id) ?? [];
  const history: FeedEvent[] = [];
  for await (const line of feedLines(http, { from: 0, stream: id })) {
    const { position, ...event } = parseLine(http, line);
    history.push({ ...upcast(event as unknown as RegistryEvent), position });
  }
  const record = fold(aggregateByName(aggregateOf(id) ?? ''), history);
  if (!record) throw new Failure(`${http.url} has no events of ${id}.`);
  const events = own.map(({ position, type, time }) => ({ position, type, time }));
  const versions = new Set(own.map(({ streamversion }) => streamversion));
  const others = history.filter(({ actor, streamversion }) => !versions.has(streamversion) && actor !== REGISTRY);
  const verdict = verdictOn(record, versions, others.length);
  const standing = verdict.byHand === undefined ? await orFailure(firstOn(http, id, recorded)) : undefined;
  return { id, events, ...(standing === undefined ? verdict : leftToPeople(`${standing} stands on it`)) };
}

/** The first record in which an organization takes part and that is none of these. */
async function firstOn(http: Http, id: string, these: ReadonlyMap<string, unknown>): Promise<string | undefined> {
  if (aggregateOf(id) !== 'organization') return undefined;
  const { activity } = createRegistry({ url: http.url });
  for await (const item of activity(id, { limit: 100 })) if (!these.has(item.id)) return item.id;
  return undefined;
}

const leftToPeople = (reason: string): Pick<Recorded, 'retractions' | 'byHand'> => ({
  retractions: [],
  byHand: reason,
});

/** A record is retracted as a whole, or period by period; not where others have added to it, nor where it only was added to. */
function verdictOn(
  record: FoldedRecord,
  versions: ReadonlySet<number>,
  others: number,
): Pick<Recorded, 'retractions' | 'byHand'> {
  if (record.isRetracted) return leftToPeople('it is retracted already');
  const { mergedInto } = indexFieldsOf(record);
  if (mergedInto !== undefined) return leftToPeople(`it was merged into ${mergedInto}`);
  const periods = record.aggregate.periods && periodsOf(record).filter(({ version }) => versions.has(version));
  const began = periods ? periods.length > 0 : versions.has(1);
  if (!began) return leftToPeople('it was there before');
  if (others > 0) return leftToPeople(`${others} of its events were recorded by others, or at another time`);
  return { retractions: periods ? periods.map(({ version }) => ({ period: version })) : [{}] };
}
