import type * as z from 'zod';
import type { Aggregate } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { records } from '../projections/records.ts';
import { type Dimension, dimensions } from '../projections/statistics/rows.ts';
import { statistics } from '../projections/statistics/statistics.ts';
import { cursorFaults, type GivenParameters, unfit } from './asked.ts';
import { cellParameters, isTime, statisticsParameters } from './figure-parameters.ts';
import { withReferences } from './lists.ts';
import { newestMoments, overviewFigures } from './overview.ts';
import { readPage } from './pages.ts';
import { filtersOf, paging } from './parameters.ts';
import { question } from './question.ts';
import { measuresIn, type StatisticsAsked, statisticsPage, statisticsPages } from './statistics.ts';
import { cellList } from './statistics-members.ts';
import { figureNames } from './statistics-names.ts';
import { summarized } from './summarized.ts';

/** Figures, and the lists of what they count. */

type GivenValues = { readonly [Name in Dimension]?: string | undefined };
const dimensionsAsked = (given: GivenValues) => dimensions.filter((dimension) => given[dimension] !== undefined);

/** The one dimension of which a value is asked for. */
function valueAsked(given: GivenValues): { dimension?: Dimension; value?: string } {
  const [dimension] = dimensionsAsked(given);
  return dimension === undefined ? {} : { dimension, value: given[dimension] as string };
}

function valueFaults(given: GivenValues): Refusal[] {
  const [dimension, other] = dimensionsAsked(given);
  return other === undefined ? [] : [unfit(other, `stands beside \`${dimension}\`: a figure has one of them`)];
}

type StatisticsParameters = z.output<z.ZodObject<typeof statisticsParameters>>;

const timesIn = (by: readonly string[]) => by.filter(isTime);
const dimensionsIn = (by: readonly string[]) => by.filter((name): name is Dimension => !isTime(name));

/** Figures are told by one time at most, and one dimension. The first thing that is wrong. */
function statisticsFaults(given: StatisticsParameters): readonly Refusal[] {
  const { by = [], from, to, cursor } = given;
  const [time, otherTime] = timesIn(by);
  const [dimension, other] = dimensionsIn(by);
  if (otherTime !== undefined) return [unfit('by', 'names month and year: months have their years with them')];
  if (other !== undefined) return [unfit('by', `names ${dimension} and ${other}: one of them at a time`)];
  const ofValues = valueFaults(given);
  if (ofValues.length > 0) return ofValues;
  const chosen = valueAsked(given).dimension;
  if (chosen !== undefined && chosen !== dimension) return [unfit(chosen, `chooses a value of \`by=${chosen}\``)];
  if (time === undefined && (from ?? to) !== undefined) {
    return [unfit(from === undefined ? 'to' : 'from', 'chooses months or years: `by` has to name one of them')];
  }
  const asked = statisticsAsked(given);
  const isTurned = asked.from !== undefined && asked.to !== undefined && asked.to < asked.from;
  return isTurned ? [unfit('to', 'is before `from`')] : cursorFaults(cursor, statisticsPages(asked));
}

function statisticsAsked({ measure, by = [], from, to, limit, cursor, ...given }: StatisticsParameters) {
  const [[time], [dimension]] = [timesIn(by), dimensionsIn(by)];
  const [first, last] = [from && `${from}-01`.slice(0, 7), to && `${to}-12`.slice(0, 7)];
  const { value } = valueAsked(given);
  return { measure, time, dimension, value, from: first, to: last, limit, cursor } satisfies StatisticsAsked;
}

export const statisticsQuestion = question({
  models: [statistics, records],
  shape: statisticsParameters,
  check: statisticsFaults,
  async answer(given, sources) {
    const { rows, ...rest } = await statisticsPage(sources.rows.statistics, statisticsAsked(given));
    const named = rows.map(({ link: _, ...row }) => row);
    return { body: { rows, references: await figureNames(sources.rows.records, named), ...rest } };
  },
});

const told = (position = -1) => position >= 0 && { position };

export const overviewQuestion = question({
  models: [statistics, records],
  shape: {},
  async answer(_, { rows, positions }) {
    const [figures, newest] = await Promise.all([overviewFigures(rows.statistics), newestMoments(rows.records)]);
    return {
      body: {
        figures: { ...told(positions.statistics), ...figures },
        newest: { ...told(positions.records), ...newest },
      },
    };
  },
});

/** Whether a list of a collection is asked for that one figure counts: other lists have no measure. */
export function asksForCell(aggregate: Aggregate, query: GivenParameters): boolean {
  const others = { ...filtersOf(aggregate), ...paging };
  const own = Object.keys(cellParameters(aggregate)).filter((name) => !Object.hasOwn(others, name));
  return measuresIn(aggregate.collection).length > 0 && own.some((name) => Object.hasOwn(query, name));
}

/** What one figure counts, as summaries. */
export const cellQuestion = (aggregate: Aggregate) =>
  question({
    models: [statistics, records],
    shape: cellParameters(aggregate),
    check: ({ month, year, measure: _, limit: __, cursor: ___, ...values }) =>
      month !== undefined && year !== undefined ? [unfit('year', 'stands beside `month`')] : valueFaults(values),
    async answer({ measure, month, year, limit, cursor, ...values }, { rows }) {
      const asked = { measure, month, year, ...valueAsked(values) };
      const { list, reader, range, entry, isFiltered } = await cellList(rows.statistics, asked);
      const refused = cursorFaults(cursor, list);
      if (refused.length > 0) return { refused };
      const show = summarized(rows.records, { entry });
      const page = await readPage(reader, list, { ...range, limit, cursor }, show, isFiltered);
      return { body: await withReferences(rows.records, page) };
    },
  });
