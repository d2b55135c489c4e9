import { NAMED } from '../bounds.ts';
import { aggregateByName, isAggregate } from '../catalog.ts';
import type { FoldedRecord, Period } from '../kernel/aggregate.ts';
import { countFirst } from '../kernel/bisect.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { eventsWith, fold, periodsOf, refold } from '../record/record.ts';
import { isContainer } from '../values/container.ts';
import { aggregateOf, isReference } from '../values/ids.ts';
import type { SummedRow } from './sums.ts';

/** One commit of a record's stream, and where it stands in the log. */
export interface AppliedCommit {
  /** Position of its last event. */
  readonly position: number;
  /** Stream version of its last event. */
  readonly version: number;
  readonly types: readonly string[];
  readonly recordedAt: string;
}

/** A record as far as it is sealed: folded, with the places of its commits in the log, oldest first. */
export interface SealedRecord {
  readonly record: FoldedRecord;
  /** Position of the record's first event: its register number. */
  readonly first: number;
  readonly commits: readonly AppliedCommit[];
  /** The other records that its events have ever named, as far as `NAMED` of them and one more. */
  readonly named: readonly string[];
}

/**
 * A row that one record owns, because `sort` ends in the record's id. Partition and sort key are those of the views
 * table, without the prefix that tells projection, revision and build.
 */
export interface Row {
  readonly partition: string;
  readonly sort: string;
  /** A JSON object. */
  readonly value: object;
}

/**
 * A projection is pure: which rows one record contributes. What one more commit changes is rows(after) − rows(before),
 * so every change of a record moves all rows that it should, and the rows that the commit adds for good. Anything that
 * alters the rows of an accepted history needs a new revision.
 */
export interface Projection {
  readonly name: string;
  readonly revision: number;
  /** Earlier revisions whose rows this release can read while its own are being made. */
  readonly reads?: readonly number[];
  /** What the record as a whole contributes. */
  readonly rows: (sealed: SealedRecord) => readonly Row[];
  /**
   * What one commit adds for good. It follows from the commit and from what no later commit changes: the record's id,
   * its aggregate and the position of its first event.
   */
  readonly ofCommit?: (sealed: SealedRecord, commit: AppliedCommit) => readonly Row[];
  /** What the record as a whole adds to rows that it shares with others. */
  readonly sums?: (sealed: SealedRecord) => readonly SummedRow[];
}

/** All rows that a record owns. */
export const allRows = ({ rows, ofCommit = () => [] }: Projection, sealed: SealedRecord): Row[] => [
  ...rows(sealed),
  ...sealed.commits.flatMap((commit) => ofCommit(sealed, commit)),
];

/** Whether a stream is a record's: others keep the registry's own books. */
export const isRecordStream = (stream: string): boolean => isAggregate(aggregateOf(stream) ?? '');

/** The events of one commit of a record, and the position of the first. */
export interface SealedEvents {
  readonly events: readonly RegistryEvent[];
  readonly position: number;
}

/** The record after more commits, oldest first; `undefined` when there are none at all. */
export function applyCommits(
  before: SealedRecord | undefined,
  commits: readonly SealedEvents[],
): SealedRecord | undefined {
  const [opening] = commits;
  if (!opening) return before;
  const id = before?.record.id ?? firstOf(opening).subject;
  const record = fold(
    aggregateByName(aggregateOf(id) ?? ''),
    commits.flatMap(({ events }) => events),
    before?.record,
  );
  if (!record) throw new Error(`${id}: no record`);
  const applied = [...(before?.commits ?? []), ...commits.map(appliedOf)];
  const named = withNamed(before?.named ?? [], id, commits);
  return { record, first: before?.first ?? opening.position, commits: applied, named };
}

function withNamed(before: readonly string[], id: string, commits: readonly SealedEvents[]): readonly string[] {
  const named = new Set(before);
  const add = (value: unknown): void => {
    if (named.size > NAMED) return;
    if (isReference(value)) {
      if (value !== id) named.add(value);
    } else if (isContainer(value)) for (const inner of Object.values(value)) add(inner);
  };
  for (const { data, onbehalfof } of commits.flatMap(({ events }) => events)) add([data, onbehalfof]);
  return named.size === before.length ? before : [...named];
}

/** The record after one more commit, whose first event is at `position`. */
export function applyCommit(
  before: SealedRecord | undefined,
  events: readonly RegistryEvent[],
  position: number,
): SealedRecord {
  return applyCommits(before, [{ events, position }]) as SealedRecord;
}

function firstOf({ events: [first], position }: SealedEvents): RegistryEvent {
  if (!first) throw new Error(`there are no events at position ${position}`);
  return first;
}

function appliedOf(commit: SealedEvents): AppliedCommit {
  const { events, position } = commit;
  const { streamversion, time } = firstOf(commit);
  return {
    position: position + events.length - 1,
    version: streamversion + events.length - 1,
    types: [...new Set(events.map(({ type }) => type))],
    recordedAt: time,
  };
}

/** Positions sort as text; 12 digits last for a million years at a thousand events a minute. */
export const sortable = (position: number) => String(position).padStart(12, '0');

/** The commit of the record's event of this stream version. Commits are in the order of their versions. */
export function commitOf({ record, commits }: SealedRecord, version: number): AppliedCommit {
  const commit = commits[countFirst(commits.length, (place) => (commits[place]?.version ?? 0) < version)];
  if (!commit) throw new Error(`${record.id}/${version} is not sealed`);
  return commit;
}

/** The position of that event. */
export function positionAt(sealed: SealedRecord, version: number): number {
  const commit = commitOf(sealed, version);
  return commit.position - (commit.version - version);
}

/** The register number that begins with an event: the collection's letter and the event's position. */
export const numberAt = (sealed: SealedRecord, version: number): string =>
  `${sealed.record.aggregate.letter}-${positionAt(sealed, version)}`;

/** The versions whose events began something with a number of its own: the record, or each of its periods as they followed. */
export function numberedVersions({ record }: SealedRecord): number[] {
  const periods = periodsOf(record);
  return periods.length === 0 ? [1] : periods.map(({ version }) => version);
}

/**
 * Whether the number of an event leads to the record: it is one of the record's, or was while less was known of it. Earlier
 * releases gave a period the number of whichever of its facts was recorded first.
 */
export function hasHadNumber(sealed: SealedRecord, version: number): boolean {
  const { aggregate, retracted, state } = sealed.record;
  const { periods } = aggregate;
  if (version === 1 || !periods) return version === 1;
  if (retracted.some(({ period }) => period === version)) return true;
  const all = eventsWith(
    sealed.record,
    retracted.flatMap((one) => one.events),
  );
  const then = all.filter(({ streamversion }) => streamversion <= version);
  if (then.at(-1)?.streamversion !== version) return false;
  const isFirst = ({ facts, version: first }: Period) =>
    first === version || Math.min(...facts.map((fact) => fact.version)) === version;
  return [state, refold(aggregate, then, periods.empty(state))].some((known) => periods.of(known).some(isFirst));
}

/** The register number of a record; of one that has periods, that of the last. */
export const numberOf = (sealed: SealedRecord): string => numberAt(sealed, numberedVersions(sealed).at(-1) ?? 1);
