import type { RecordReferences } from '../../domain/answers/parts.ts';
import type { Summary } from '../../domain/answers/record.ts';
import { NAMED, REFERENCES_BYTES } from '../../domain/bounds.ts';
import { aggregates } from '../../domain/catalog.ts';
import { presentRecord } from '../../domain/presentation.ts';
import { applyCommits, hasHadNumber, type SealedRecord } from '../../domain/projections/projection.ts';
import { namedInOrder } from '../../domain/projections/records.ts';
import type { CursorPlace } from '../../domain/reading/cursors.ts';
import type { Replayed } from '../../domain/reading/question.ts';
import { summaryOn } from '../../domain/reading/record.ts';
import { linkToList, pageOfList } from '../../domain/reading/record-lists.ts';
import {
  fitting,
  named as namedBy,
  referencesOf as referencesBy,
  referredToIn,
} from '../../domain/reading/references.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { summariesOf } from '../../domain/reading/summarized.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { type RecordList, shown } from '../../domain/record/shown.ts';
import { listedIn } from '../../domain/record-lists.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import type { Day } from '../../domain/values/partial-date.ts';
import { MergedError } from '../http/problem.ts';
import type { Marker } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import { historyPage } from './history.ts';
import { createOvertaken } from './overtaken.ts';
import { answeredBody } from './reader.ts';
import { tagByRows, tagOfVersion } from './record-tag.ts';
import { createReplay, type ReplayDeps, type ReplayedCommit } from './replay.ts';
import { type AsOf, madeOf } from './set-aside.ts';

export interface RegisterDeps {
  /** The rows of `records`. */
  readonly reader: RowReader;
  readonly commits: ReplayDeps['commits'];
  readonly log: ReplayDeps['log'] & Pick<LogStore, 'pageAt'>;
  readonly registrars?: readonly string[];
}

/** Of which clocks the names are: what was known then, and what held on that day. */
type Known = Pick<AsOf, 'knownAt'> & { readonly validOn?: Day | undefined };

type OnDay = { readonly validOn?: Day | undefined };
type Paging = { limit: number; cursor?: CursorPlace | undefined };

/** Reads records: their rows from a read model, and their contents from their events, up to the versions in those rows. */
export function createRegister({ reader, commits, log, registrars = [] }: RegisterDeps) {
  const recorded = createReplay({ commits, log });
  const { replay, events, markersOf, foldedAt } = recorded;
  const made = { reader, replay: recorded };

  const summaries = (ids: readonly string[]) => summariesOf(reader, ids);

  const overtakenIn = createOvertaken({ commits, log, summaries, registrars });

  const newestOf = async (ids: readonly string[]): Promise<Summary[]> => [...(await summaries(ids)).values()];

  /** Reads the summaries of records with the names that these had on a day, as far as that was known. */
  function summariesReader({ knownAt, validOn }: Known): (ids: readonly string[]) => Promise<Summary[]> {
    const withNames = (sealed: SealedRecord) => summaryOn(sealed, validOn);
    if (knownAt !== undefined) return async (ids) => (await foldedAt(ids, knownAt)).map(withNames);
    if (validOn === undefined) return newestOf;
    const asOf = async (row: Summary) => (row.otherNames ? withNames(await folded(row)) : row);
    return async (ids) => Promise.all((await newestOf(ids)).map(asOf));
  }

  /** The names of the records that a value refers to, except the record itself: of the first of them, if they are very many. */
  const referencesOf = (value: unknown, own: string, known: Known = {}): Promise<RecordReferences> =>
    referencesBy(value, own, summariesReader(known));

  const named = (ids: readonly string[], read = newestOf) => namedBy(ids, read);

  /** The record folded from its events, up to the version of its row. */
  const folded = async (row: Pick<Summary, 'id' | 'version'>): Promise<SealedRecord> => (await replayed(row)).sealed;

  /** With the commits of which it is folded. */
  async function replayed(row: Pick<Summary, 'id' | 'version'>) {
    const all = await events(row.id, await markersOf(row));
    const sealed = applyCommits(undefined, all);
    if (!sealed) throw new Error(`${row.id} has a row and no events`);
    return { sealed, commits: all };
  }

  /**
   * The record as it was known, with its state on a day; without a day, its state as of its last event. `tag` is its ETag
   * where `tagByRows` tells the same.
   */
  async function record(id: string, { validOn, ...asOf }: AsOf & OnDay) {
    const linkTo = (list: RecordList, after: number) => linkToList(id, list, after, { ...asOf, validOn });
    let all: readonly string[] = [];
    const make = async (markers: readonly Marker[]) => {
      const { sealed, commits } = await unmergedRecord(id, markers);
      all = namedInOrder(sealed);
      return { ...shown(presentRecord(sealed, validOn), linkTo), ...(await overtakenIn(sealed.record, commits)) };
    };
    const body = await madeOf(id, asOf, make, made);
    const ids = referredToIn(body, id);
    const isTold = asOf.knownAt === undefined && validOn === undefined && all.length <= NAMED;
    const isAlone = !('overtaken' in body || 'unjudged' in body || 'setAside' in body);
    if (!isTold || !isAlone || ids.some((one) => !all.includes(one)))
      return { body: { ...body, references: await referencesOf(body, id, { ...asOf, validOn }) } };
    const entries = await named(all);
    const byId = new Map(entries);
    const references = ids.flatMap((one): typeof entries => {
      const reference = byId.get(one);
      return reference ? [[one, reference]] : [];
    });
    return {
      body: { ...body, references: fitting(references, REFERENCES_BYTES) },
      tag: tagOfVersion(body.version, entries),
    };
  }

  /** The tag of the record's page, as far as rows tell it. */
  const tag = (id: string) => tagByRows(id, { reader, named });

  /** A list of the record as it was known, in pages. */
  async function listOf(id: string, list: RecordList, { limit, cursor, validOn, ...asOf }: AsOf & Paging & OnDay) {
    const make = async (markers: readonly Marker[]) => {
      const { sealed, commits } = await unmergedRecord(id, markers);
      return answeredBody(pageOfList(id, list, listedIn(list, sealed, commits, validOn), { limit, cursor }));
    };
    const page = await madeOf(id, asOf, make, made);
    return { ...page, references: await referencesOf(page.items, id, asOf) };
  }

  /** The record with the commits of which it is folded. @throws MergedError when it was merged then */
  async function unmergedRecord(id: string, markers: readonly Marker[]) {
    const commits = await events(id, markers);
    const sealed = applyCommits(undefined, commits);
    if (!sealed) throw new Error(`${id} was sealed and has no events`);
    const { mergedInto } = indexFieldsOf(sealed.record);
    if (mergedInto !== undefined) throw new MergedError(id, mergedInto);
    return { sealed, commits };
  }

  /** The record's events after a version, as far as they were known, each with its position and what it changed. */
  const history = (id: string, { limit, after, ...asOf }: AsOf & { limit: number; after: number }) =>
    madeOf(id, asOf, (markers) => historyPage(replay(id, markers), { limit, after }), made);

  /** The record of a register number; `undefined` when there is none. */
  async function byNumber(number: string): Promise<{ id: string; collection: string } | undefined> {
    const [letter, digits] = number.split('-');
    const position = Number(digits);
    const page = await log.pageAt(position);
    const commit = page?.commits.findLast((one) => one.position <= position);
    const aggregate = aggregates.find((candidate) => candidate.letter === letter);
    if (!commit || !aggregate || aggregateOf(commit.stream) !== aggregate.name) return undefined;
    const version = commit.version + position - commit.position;
    if (version > 1 && !aggregate.periods) return undefined;
    const row = version === 1 ? undefined : (await summaries([commit.stream])).get(commit.stream);
    const leads = version === 1 || (row && hasHadNumber(await folded(row), version));
    return leads ? { id: commit.stream, collection: aggregate.collection } : undefined;
  }

  return {
    referencesOf,
    replayed,
    overtaken: ({ sealed, commits: own }: Replayed) => overtakenIn(sealed.record, own as readonly ReplayedCommit[]),
    record,
    tag,
    listOf,
    history,
    byNumber,
  };
}
