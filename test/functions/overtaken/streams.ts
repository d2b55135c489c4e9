import { aggregateByName } from '../../../domain/catalog.ts';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import { fold } from '../../../domain/record/record.ts';
import { aggregateOf } from '../../../domain/values/ids.ts';
import { createOvertaken } from '../../../functions/queries/overtaken.ts';
import { eventsOf, type Fact } from '../../support/decider.ts';

/** Facts that one request records together. */
export interface Recorded {
  readonly stream: string;
  readonly facts: readonly Fact[];
  readonly client?: string;
  readonly commandId?: string;
  readonly requestHash?: string;
}

/** What the page of a record says is overtaken, where these commits have been sealed in this order, a tenth of a second after each other. */
export function pageOf(id: string, recorded: readonly Recorded[]) {
  const versions = new Map<string, number>();
  let next = 0;
  const all = recorded.map(({ stream, facts, client = 'gzde', ...request }, index) => {
    const before = versions.get(stream) ?? 0;
    const [version, position] = [before + 1, next];
    versions.set(stream, before + facts.length);
    next += facts.length;
    const { commandId = `command-${index}`, requestHash = `request-${index}` } = request;
    const recordedAt = new Date(Date.UTC(2023, 1, 27, 12) + 100 * index).toISOString();
    const events = eventsOf(stream, facts, { client }).map((event, place): RegistryEvent => {
      const streamversion = version + place;
      return { ...event, id: `${stream}/${streamversion}`, streamversion, time: recordedAt, commandid: commandId };
    });
    const bytes = JSON.stringify(events).length;
    return { stream, version, position, events, commandId, requestHash, recordedAt, bytes };
  });
  const of = (stream: string) => all.filter((commit) => commit.stream === stream);
  let read = 0;
  const commits = {
    async *readForwards(stream: string, _: number, to: number) {
      for (const commit of of(stream).filter(({ version }) => version <= to)) {
        const events = commit.events.map((event) => JSON.stringify(event));
        read += events.join('').length;
        yield { ...commit, events, previous: 0 };
      }
    },
  };
  const log = {
    streamMarkers: async (stream: string) =>
      of(stream).map(({ version, position, events }) => ({ stream, version, position, count: events.length })),
  };
  const summaries = async (ids: readonly string[]) =>
    new Map(ids.flatMap((one) => (versions.has(one) ? [[one, { id: one, version: versions.get(one) }]] : [])) as never);
  const overtakenIn = createOvertaken({ commits, log, summaries, registrars: ['registrar'] } as never);
  const own = of(id);
  const record = fold(
    aggregateByName(aggregateOf(id) ?? ''),
    own.flatMap(({ events }) => events),
  );
  if (!record) throw new Error(`${id} is there`);
  return { answer: () => overtakenIn(record, own as never), read: () => read };
}
