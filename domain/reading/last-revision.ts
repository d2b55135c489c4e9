import type { ProgrammePart } from '../answers/lists.ts';
import type { Summary } from '../answers/record.ts';
import { RECORD_EVENTS } from '../bounds.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { type ActivityEntry, activityOf, type Pointer, rolesIn } from '../projections/list-rows.ts';
import type { Projection, SealedRecord } from '../projections/projection.ts';
import { type ProgrammeRow, records, summaryOf } from '../projections/records.ts';
import { indexFieldsOf } from '../record/record.ts';
import { slicesOf } from '../values/lists.ts';
import type { Activity } from './activity.ts';
import { isOf } from './cursors.ts';
import { among, type Filters, matching, partitionsFor, recordsNamedIn } from './filters.ts';
import { mergesAmong, otherList, unknownAmong, withReferences } from './lists.ts';
import { type ListPage, type PageRange, readPage, type Show } from './pages.ts';
import { NO_PROGRAMME, programmeOf } from './programme.ts';
import type { Replayed } from './question.ts';
import type { RowReader } from './row-reader.ts';
import { type Matching, summariesOf, summarized } from './summarized.ts';
import { unionOf } from './union.ts';

/**
 * Lists, activities and programmes from the rows of revision 9 of `records`, which are served until those of revision 10
 * are whole: see docs/decisions/0036. Those rows have no lists by kind or state, no totals and counts, no roles in an
 * activity, no programmes, and no members that only one collection lists. Totals and counts are left out; the rest is told
 * from the events of the records that a page shows, up to the versions of their rows.
 */

/** Whether the rows of `records` among these models are those of the last revision. */
export const isOfLastRevision = (models: readonly Pick<Projection, 'name' | 'revision'>[]): boolean =>
  models.some(({ name, revision }) => name === records.name && revision !== records.revision);

/** The record folded up to the version of its row. */
type Fold = (row: Pick<Summary, 'id' | 'version'>) => Promise<Pick<Replayed, 'sealed'>>;

/** Records that are folded at once. */
const AT_ONCE = 10;

export function lastRevision(reader: RowReader, fold: Fold) {
  const { folded, fits } = foldsOf(fold);

  /** What a list shows of records, as long as so many events may be read. */
  function shown<Entry, Item>(which: Matching<Entry>, itemOf: (sealed: SealedRecord) => Item): Show<Entry, Item> {
    const show = summarized<Entry>(reader, which);
    return async (rows, room) => {
      const { items, bytes = 0 } = await show(rows, room);
      const end = items.findIndex((summary) => summary && !fits(summary));
      const told: (Item | undefined)[] = [];
      for (const some of slicesOf(end < 0 ? items : items.slice(0, end), AT_ONCE)) {
        const records = await Promise.all(some.map((summary) => summary && folded(summary)));
        told.push(...records.map((sealed) => sealed && itemOf(sealed)));
      }
      return { items: told, bytes, ...(end >= 0 && { ends: true }) };
    };
  }

  async function list(aggregate: Aggregate, filters: Filters, range: PageRange) {
    const asked = recordsNamedIn(aggregate, filters);
    const ids = asked.map(([, id]) => id);
    const found = await summariesOf(reader, ids);
    const faults = unknownAmong(asked, found);
    if (faults.length > 0) return { faults };
    const merges = await mergesAmong(reader, asked, found);
    // A page may be asked for before the new build is served, and the next one afterwards: cursors are of the same list.
    const [name = ''] = partitionsFor(aggregate, filters, merges);
    if (range.cursor && !isOf(name, range.cursor)) return { faults: [otherList] };
    const { state, kind, ...others } = filters;
    const { entry, summary } = matching(aggregate, others, merges);
    const which: Matching<Pointer> = {
      entry: (pointer) => among(kind, pointer.kind) && entry?.(pointer) !== false,
      ...((state ?? summary) && { summary: (row) => among(state, row.state) && summary?.(row) !== false }),
    };
    const union = unionOf(reader, partitionsFor(aggregate, others, merges));
    const isFiltered = [state, kind, entry, summary].some((one) => one !== undefined);
    return referring(await readPage(union, name, range, shown(which, summaryOf), isFiltered));
  }

  async function activity(ids: readonly string[], range: PageRange) {
    const [id = ''] = ids;
    const itemOf = (sealed: SealedRecord): Activity => {
      const roles = rolesIn(sealed.record, indexFieldsOf(sealed.record));
      return { ...summaryOf(sealed), roles: [...new Set(ids.flatMap((one) => roles.get(one) ?? []))] };
    };
    const union = unionOf(reader, ids.map(activityOf));
    return referring(await readPage(union, activityOf(id), range, shown<ActivityEntry, Activity>({}, itemOf)));
  }

  async function programme(ceremony: Summary): Promise<ProgrammePart> {
    fits(ceremony);
    return programmeOf(reader, summaryOf(await folded(ceremony)), {
      show: () => shown({}, summaryOf),
      async ownOf(part): Promise<ProgrammeRow> {
        const { aggregate, state } = (await folded(part)).record;
        return aggregate.programme?.(state) ?? NO_PROGRAMME;
      },
    });
  }

  /** With the names of what its items refer to; no row counts the roles of organizations. */
  async function referring<Item extends Summary>(page: ListPage<Item>) {
    const { items, ...rest } = await withReferences(reader, page);
    return { ...rest, items: items.map(({ counts: _, ...item }) => item) };
  }

  return { list, activity, programme };
}

/** Folds each record once, and tells which of them one answer may fold: the first one, and others as far as events are left. */
function foldsOf(fold: Fold) {
  const known = new Map<string, Promise<SealedRecord>>();
  let events = 0;
  return {
    folded(row: Pick<Summary, 'id' | 'version'>): Promise<SealedRecord> {
      const sealed = known.get(row.id) ?? fold(row).then((replayed) => replayed.sealed);
      known.set(row.id, sealed);
      return sealed;
    },
    fits({ version }: Summary): boolean {
      const isFirst = events === 0;
      events += version;
      return isFirst || events <= RECORD_EVENTS;
    },
  };
}
