import { aggregates } from '../catalog.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { activityOf } from '../projections/list-rows.ts';
import { numberAt } from '../projections/projection.ts';
import { records, recordsOrLast, type Stay, TIMELINE } from '../projections/records.ts';
import { LARGE, PAIRS, relations } from '../projections/relations.ts';
import { search } from '../projections/search/search.ts';
import { periodsOf } from '../record/record.ts';
import { firstOfActivity, readActivity } from './activity.ts';
import { cursorFaults, unfit } from './asked.ts';
import { cursorOf, isOf } from './cursors.ts';
import { lastRevision } from './last-revision.ts';
import { allIdsOf, readList } from './lists.ts';
import { filtersOf, paging, relationsParameters, rosterParameters, searchParameters } from './parameters.ts';
import { firstOfProgramme, programmeOf } from './programme.ts';
import { absentRecord as absent, question, type RowSources, unmerged } from './question.ts';
import { referencesOf, summariesIn } from './references.ts';
import { recordOfNumber } from './register-numbers.ts';
import { relationsPage } from './relations.ts';
import { firstOfRoster, rosterLists, rosterOf } from './roster.ts';
import { remembering } from './row-reader.ts';
import { searched } from './search.ts';
import { summariesOf } from './summarized.ts';
import { readTimeline } from './timeline.ts';

export const timelineQuestion = question({
  models: [recordsOrLast],
  shape: paging,
  async answer(range, { rows }) {
    const refused = cursorFaults(range.cursor, TIMELINE);
    return refused.length > 0 ? { refused } : { body: await readTimeline(rows.records, range) };
  },
});

export const activityQuestion = (id: string) =>
  question({
    models: [recordsOrLast],
    record: id,
    shape: paging,
    async answer(range, { rows, isLast, replayed }) {
      const refused = cursorFaults(range.cursor, activityOf(id));
      if (refused.length > 0) return { refused };
      const known = remembering(rows.records);
      const [found] = await Promise.all([unmerged(known, id), firstOfActivity(known, id, range)]);
      if (!('summary' in found)) return found;
      const ids = await allIdsOf(known, id, found.summary);
      const last = isLast && lastRevision(known, replayed);
      return { body: await (last ? last.activity(ids, range) : readActivity(known, ids, range)) };
    },
  });

/** The facts of a stay from the events of its membership; none when it stands no more. */
async function factsOf({ id, number }: Stay, { rows, replayed }: RowSources) {
  const row = (await summariesOf(rows.records, [id])).get(id);
  const sealed = row && (await replayed(row)).sealed;
  const period = sealed && periodsOf(sealed.record).find(({ version }) => numberAt(sealed, version) === number);
  return period?.facts ?? [];
}

export const rosterQuestion = (id: string) =>
  question({
    models: [recordsOrLast],
    record: id,
    shape: rosterParameters,
    async answer({ on: day, ...page }, sources) {
      const on = day ?? sources.today;
      const refused = cursorFaults(page.cursor, ...rosterLists(id));
      if (refused.length > 0) return { refused };
      const asked = { on, ...page };
      const known = remembering(sources.rows.records);
      const [found] = await Promise.all([unmerged(known, id), firstOfRoster(known, id, asked)]);
      if (!('summary' in found)) return found;
      const bodies = await allIdsOf(known, id, found.summary);
      const roster = await rosterOf(known, bodies, asked, (stay) => factsOf(stay, sources));
      return { body: { on, ...roster, references: await referencesOf(roster.items, id, summariesIn(known)) } };
    },
  });

export const programmeQuestion = (id: string) =>
  question({
    models: [recordsOrLast],
    record: id,
    shape: {},
    async answer(_, { rows, isLast, replayed }) {
      const known = remembering(rows.records);
      const [found] = await Promise.all([summariesOf(known, [id]), firstOfProgramme(known, id)]);
      const summary = found.get(id);
      if (!summary) return absent(id);
      const last = isLast && lastRevision(known, replayed);
      return { body: await (last ? last.programme(summary) : programmeOf(known, summary)) };
    },
  });

/** What a cursor is of: the rows of one partition, of one organization or of all. */
const listOfRelations = (partition: string, organization = '') => `relations/${partition}/${organization}`;

/** Who signs with whom. */
export const relationsQuestion = question({
  models: [records, relations],
  shape: relationsParameters,
  async answer({ organization, limit, cursor }, { rows }) {
    const of = cursor && [PAIRS, LARGE].find((partition) => isOf(listOfRelations(partition, organization), cursor));
    if (cursor && of === undefined) return { refused: [unfit('cursor', 'is of another graph')] };
    const after = cursor && of !== undefined ? { partition: of, sort: cursor.sort } : undefined;
    const sources = {
      relations: rows.relations,
      summaries: (ids: readonly string[]) => summariesOf(rows.records, ids),
    };
    const page = await relationsPage(sources, { organization, limit, after });
    if (!page) return { refused: [unfit('organization', `there is no record ${organization}`)] };
    const { last, ...graph } = page;
    const next = last && cursorOf(listOfRelations(last.partition, organization), last.sort);
    return { body: { ...graph, ...(next !== undefined && { next }) } };
  },
});

/** What is wrong when no record of the collection is of such a kind. */
function kindFaults(collection: string | undefined, asked: readonly string[] = []): Refusal[] {
  const { kinds = [] } = aggregates.find((one) => one.collection === collection) ?? {};
  const unknown = collection === undefined ? undefined : asked.find((one) => !kinds.includes(one));
  if (unknown === undefined) return [];
  const known = kinds.length > 0 ? `: there are ${kinds.join(', ')}` : '; they are of no kinds';
  return [unfit('kind', `no record of ${collection} is of kind ${unknown}${known}`)];
}

/** The page of a search. Its cursor is of the text, the collection and the kinds that were asked for. */
export const searchQuestion = question({
  models: [records, search],
  shape: searchParameters,
  async answer({ q, collection, kind, limit, cursor }, sources) {
    const { rows } = sources;
    const list = `search/${JSON.stringify([q, collection, kind])}`;
    const refused = [...kindFaults(collection, kind), ...cursorFaults(cursor, list)];
    if (refused.length > 0) return { refused: refused.slice(0, 1) };
    const deps = {
      rows: rows.search,
      summaries: (ids: readonly string[]) => summariesOf(rows.records, ids),
      byNumber: (number: string) => recordOfNumber(number, sources),
    };
    const { next, ...page } = await searched({ q, collection, kind, limit, after: cursor?.sort }, deps);
    return { body: { ...page, ...(next !== undefined && { next: cursorOf(list, next) }) } };
  },
});

export const listQuestion = (aggregate: Aggregate) =>
  question({
    models: [recordsOrLast],
    shape: { ...filtersOf(aggregate), ...paging },
    async answer(filters, { rows, isLast, replayed }) {
      const { from, to } = filters;
      if (from !== undefined && to !== undefined && to < from) return { refused: [unfit('to', 'is before `from`')] };
      const last = isLast && lastRevision(rows.records, replayed);
      const page = last
        ? await last.list(aggregate, filters, filters)
        : await readList(rows.records, aggregate, filters, filters);
      if (!('faults' in page)) return { body: page };
      return { refused: page.faults.map(({ parameter, detail }) => unfit(parameter, detail)) };
    },
  });
