import type { Summary } from '../../domain/answers/record.ts';
import type { ReadEvent } from '../../domain/kernel/event.ts';
import {
  applyCommits,
  isRecordStream,
  type SealedEvents,
  type SealedRecord,
} from '../../domain/projections/projection.ts';
import { ProblemError } from '../http/problem.ts';
import type { Commits } from '../stores/commits.ts';
import { bytesOfEvents, eventsOf } from '../stores/event-store.ts';
import { lastPositionOf, type Marker } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';

export interface ReplayDeps {
  readonly commits: Pick<Commits, 'readForwards'>;
  readonly log: Pick<LogStore, 'streamMarkers'>;
}

/** The events of one commit of a record, and which request caused them. */
export interface ReplayedCommit extends SealedEvents {
  readonly events: readonly ReadEvent[];
  readonly requestHash: string;
  /** Its events exactly as they are in the log. */
  readonly entries: readonly string[];
  /** UTF-8 bytes of its events. */
  readonly bytes: number;
}

/** The part of a record's row that a replay needs. */
type Row = Pick<Summary, 'id' | 'version'>;

/** Folds records from their events: up to the version in the read model, or up to a position of the log. */
export function createReplay({ commits, log }: ReplayDeps) {
  /** The record's first commits, one for each marker, each with its position. */
  async function* replay(id: string, markers: readonly Marker[]) {
    const last = markers.at(-1);
    if (!last) return;
    const positions = new Map(markers.map(({ version, position }) => [version, position]));
    for await (const commit of commits.readForwards(id, 0, last.version)) {
      const position = positions.get(commit.version);
      if (position === undefined) throw new Error(`${id}/${commit.version} has no marker`);
      yield { commit, position };
    }
  }

  /** The events of these commits, in the current versions of their types. */
  async function events(id: string, markers: readonly Marker[]): Promise<ReplayedCommit[]> {
    const sealed: ReplayedCommit[] = [];
    for await (const { commit, position } of replay(id, markers)) {
      const bytes = bytesOfEvents(commit.events);
      const { requestHash, events: entries } = commit;
      sealed.push({ events: eventsOf(commit), entries, position, requestHash, bytes });
    }
    return sealed;
  }

  /** The markers of a record's commits up to the version of its row. */
  const markersOf = ({ id, version }: Row) => log.streamMarkers(id, version);

  const sealedBy = async (position: number, id: string) =>
    (await log.streamMarkers(id, Number.MAX_SAFE_INTEGER)).filter((marker) => lastPositionOf(marker) <= position);

  /** The markers of a record's commits up to a position. @throws ProblemError 404 when there are none */
  async function markersAt(id: string, position: number): Promise<Marker[]> {
    const markers = await sealedBy(position, id);
    if (markers.length > 0) return markers;
    const [opening] = await log.streamMarkers(id, 1);
    if (!opening) throw new ProblemError('not-found', `there is no record ${id}`);
    const then = position < 0 ? 'before the first position' : `at position ${position}`;
    throw new ProblemError(
      'not-found',
      `${id} was not known ${then} yet, it is from position ${lastPositionOf(opening)} on`,
    );
  }

  /** Those of these records that existed at a position, as they were then. */
  async function foldedAt(ids: readonly string[], position: number): Promise<SealedRecord[]> {
    const records = ids
      .filter(isRecordStream)
      .map(async (id) => applyCommits(undefined, await events(id, await sealedBy(position, id))));
    return (await Promise.all(records)).filter((record) => record !== undefined);
  }

  return { replay, events, markersOf, markersAt, foldedAt };
}
