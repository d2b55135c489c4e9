import { aggregates } from '../../domain/catalog.ts';
import type { RegistryEvent } from '../../domain/event.ts';
import { type Change, changesBetween, present } from '../../domain/presentation.ts';
import { numberedVersions, type SealedRecord, seal } from '../../domain/projections/projection.ts';
import {
  activityOf,
  type Moment,
  recordRow,
  records,
  type Summary,
  TIMELINE,
} from '../../domain/projections/records.ts';
import { aggregateOf, referencesIn } from '../../domain/values/ids.ts';
import type { Name } from '../../domain/values/names.ts';
import { type Commits, withPosition } from '../shared/commits.ts';
import { eventsOf } from '../shared/event-store.ts';
import { ProblemError } from '../shared/http/problem.ts';
import type { LogStore } from '../shared/log-store.ts';
import type { Views } from '../shared/views.ts';
import { readPage } from './pages.ts';

export interface RegisterDeps {
  readonly views: Pick<Views, 'get' | 'newest'>;
  readonly commits: Pick<Commits, 'readForwards'>;
  readonly log: Pick<LogStore, 'streamMarkers' | 'pageAt'>;
}

export type References = Record<string, { names: readonly Name[]; collection: string }>;

/** References of one answer that come with names. */
const MAX_REFERENCES = 100;

type Paging = { limit: number; cursor?: string | undefined };

/** Reads records: their rows from the views, and what they say from their events, as far as the read model has them. */
export function createRegister({ views, commits, log }: RegisterDeps) {
  async function summaries(ids: readonly string[]): Promise<Map<string, Summary>> {
    const keys = [...new Set(ids)].map((id) => ({ partition: recordRow(id), sort: id }));
    const rows = await views.get<Summary>(records, keys);
    return new Map([...rows.values()].map((row) => [row.id, row]));
  }

  /** @throws ProblemError 404 when the read model has no such record. */
  async function summary(id: string): Promise<Summary> {
    const found = (await summaries([id])).get(id);
    if (!found) throw new ProblemError('not-found', `there is no record ${id}`);
    return found;
  }

  /** The names of everything that a value refers to, but for the record itself. */
  async function referencesOf(value: unknown, own: string): Promise<References> {
    const ids = [...new Set(referencesIn(value).map(({ id }) => id))].filter((id) => id !== own);
    const found = await summaries(ids.slice(0, MAX_REFERENCES));
    return Object.fromEntries([...found.values()].map(({ id, names, collection }) => [id, { names, collection }]));
  }

  /** The record after each of its commits, up to the version of its row, with that commit's events. */
  async function* replay({ id, version }: Pick<Summary, 'id' | 'version'>) {
    const markers = await log.streamMarkers(id, version);
    const positions = new Map(markers.map((marker) => [marker.version, marker.position]));
    let after: SealedRecord | undefined;
    for await (const commit of commits.readForwards(id, 0, version)) {
      const position = positions.get(commit.version);
      if (position === undefined) throw new Error(`${id}/${commit.version} has no marker`);
      after = seal(after, eventsOf(commit), position);
      yield { commit, position, after };
    }
  }

  /** The record as its events tell it, up to the version of its row. */
  async function folded(row: Pick<Summary, 'id' | 'version'>): Promise<SealedRecord> {
    let last: SealedRecord | undefined;
    for await (const { after } of replay(row)) last = after;
    if (!last) throw new Error(`${row.id} has a row and no events`);
    return last;
  }

  async function record(id: string) {
    const row = await summary(id);
    const body = present(await folded(row));
    return { ...body, references: await referencesOf(body, id) };
  }

  /** The record's events after `cursor` (a version), each with its position and what it changed. */
  async function history(id: string, { limit, after }: { limit: number; after: number }) {
    const row = await summary(id);
    const items: (RegistryEvent & { position: number; changes: Change[] })[] = [];
    let before: SealedRecord | undefined;
    for await (const { commit, position } of replay(row)) {
      for (const [index, text] of commit.events.entries()) {
        const event = JSON.parse(withPosition(text, position + index)) as RegistryEvent & { position: number };
        const now = seal(before, [event], position + index);
        if (event.streamversion > after) {
          if (items.length === limit) return { items, next: String(event.streamversion - 1) };
          const was = before ? present(before) : {};
          items.push({ ...event, changes: changesBetween(was, present(now)) });
        }
        before = now;
      }
    }
    return { items };
  }

  async function activity(organization: string, paging: Paging) {
    await summary(organization);
    return readPage<Summary>(views, records, activityOf(organization), paging);
  }

  /** All that was recorded, commit by commit, last first, with the names that the record has now. */
  async function timeline(paging: Paging) {
    const { items, ...rest } = await readPage<Moment>(views, records, TIMELINE, paging);
    const rows = await summaries(items.map(({ id }) => id));
    return { items: items.map((item) => ({ ...item, names: rows.get(item.id)?.names ?? [] })), ...rest };
  }

  /** The id of a register number's record; `undefined` when there is none. */
  async function byNumber(number: string): Promise<{ id: string; collection: string } | undefined> {
    const [, letter, position] = /^([A-Z])-(0|[1-9]\d{0,14})$/.exec(number) ?? [];
    if (position === undefined) return undefined;
    const page = await log.pageAt(Number(position));
    const commit = page?.commits.findLast((one) => one.position <= Number(position));
    const aggregate = aggregates.find((candidate) => candidate.letter === letter);
    if (!commit || !aggregate || aggregateOf(commit.stream) !== aggregate.name) return undefined;
    const version = commit.version + Number(position) - commit.position;
    const row = version === 1 ? undefined : (await summaries([commit.stream])).get(commit.stream);
    const begins = version === 1 || (row && numberedVersions(await folded(row)).includes(version));
    return begins ? { id: commit.stream, collection: aggregate.collection } : undefined;
  }

  return { summary, referencesOf, folded, record, history, activity, timeline, byNumber };
}

export type Register = ReturnType<typeof createRegister>;
