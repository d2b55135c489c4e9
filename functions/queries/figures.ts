import type { Context } from 'hono';
import type { z } from 'zod';
import type { Projection } from '../../domain/projections/projection.ts';
import { records } from '../../domain/projections/records.ts';
import { type Dimension, dimensions } from '../../domain/projections/statistics/rows.ts';
import { statistics } from '../../domain/projections/statistics/statistics.ts';
import { withReferences } from '../../domain/reading/lists.ts';
import { newestMoments, overviewFigures } from '../../domain/reading/overview.ts';
import { readPage } from '../../domain/reading/pages.ts';
import { measuresIn, type StatisticsAsked, statisticsPage, statisticsPages } from '../../domain/reading/statistics.ts';
import { cellList } from '../../domain/reading/statistics-members.ts';
import { figureNames } from '../../domain/reading/statistics-names.ts';
import { summarized } from '../../domain/reading/summarized.ts';
import type { createApp } from '../http/app.ts';
import { cellParameters, isTime, statisticsParameters } from '../http/figure-parameters.ts';
import { parameterRefused, readParameters } from '../http/parameters.ts';
import { collectionOf } from '../http/path.ts';
import { filtersOf, paging, positionParameters } from '../http/read-parameters.ts';
import type { Views } from '../stores/views.ts';
import { answerWith, tellPosition } from './answer-with.ts';
import { limitFor } from './exported.ts';
import { type PositionDeps, positionFor } from './position.ts';
import { readerOf, within } from './reader.ts';

type FiguresDeps = Omit<PositionDeps, 'views'> & { readonly views: Views };

/** The one dimension of which a value is asked for. @throws ProblemError 400 for several */
function valueAsked(given: { readonly [Name in Dimension]?: string | undefined }): {
  dimension?: Dimension;
  value?: string;
} {
  const asked = dimensions.filter((dimension) => given[dimension] !== undefined);
  const [dimension, other] = asked;
  if (other !== undefined) throw parameterRefused(other, `stands beside \`${dimension}\`: a figure has one of them`);
  return dimension === undefined ? {} : { dimension, value: given[dimension] as string };
}

/** By what figures are told: one time at most, and one dimension. */
function byIn(by: readonly string[]): Pick<StatisticsAsked, 'time' | 'dimension'> {
  const [time, otherTime] = by.filter(isTime);
  const [dimension, other] = by.filter((name): name is Dimension => !isTime(name));
  if (otherTime !== undefined) throw parameterRefused('by', 'names month and year: months have their years with them');
  if (other !== undefined) throw parameterRefused('by', `names ${dimension} and ${other}: one of them at a time`);
  return { time, dimension };
}

function askedIn({ measure, by = [], from, to, limit, cursor, ...given }: StatisticsParameters): StatisticsAsked {
  const { time, dimension } = byIn(by);
  const chosen = valueAsked(given);
  if (chosen.dimension !== undefined && chosen.dimension !== dimension) {
    throw parameterRefused(chosen.dimension, `chooses a value of \`by=${chosen.dimension}\``);
  }
  if (time === undefined && (from ?? to) !== undefined) {
    throw parameterRefused(from === undefined ? 'to' : 'from', 'chooses months or years: `by` has to name one of them');
  }
  const [first, last] = [from && `${from}-01`.slice(0, 7), to && `${to}-12`.slice(0, 7)];
  if (first !== undefined && last !== undefined && last < first) throw parameterRefused('to', 'is before `from`');
  return { measure, time, dimension, value: chosen.value, from: first, to: last, limit, cursor };
}
type StatisticsParameters = z.output<z.ZodObject<typeof statisticsParameters>>;

/** The routes of statistics, of the lists of what they count, and of the front page. */
export function routeFigures(app: ReturnType<typeof createApp>, deps: FiguresDeps): void {
  const { views } = deps;
  const [figures, register] = [readerOf(views, statistics), readerOf(views, records)];

  /** Reads for a position of each of these read models: the lowest is that of the answer. */
  async function positionsOf(context: Context, least: number | undefined, ...read: readonly Projection[]) {
    const positions = await Promise.all(read.map((projection) => positionFor(projection, least, deps)));
    tellPosition(context, Math.min(...positions));
    return positions;
  }

  app.get('/v1/statistics', async (context) => {
    const { minPosition, ...given } = readParameters(context, { ...statisticsParameters, ...positionParameters });
    const asked = askedIn(given);
    within(given, statisticsPages(asked));
    await positionsOf(context, minPosition, statistics, records);
    const { rows, ...rest } = await statisticsPage(figures, asked);
    const named = rows.map(({ link: _, ...row }) => row);
    return answerWith(context, { rows, references: await figureNames(register, named), ...rest });
  });

  app.get('/v1/overview', async (context) => {
    const { minPosition } = readParameters(context, positionParameters);
    const [ofFigures = -1, ofMoments = -1] = await positionsOf(context, minPosition, statistics, records);
    const [told, newest] = await Promise.all([overviewFigures(figures), newestMoments(register)]);
    return answerWith(context, {
      figures: { ...(ofFigures >= 0 && { position: ofFigures }), ...told },
      newest: { ...(ofMoments >= 0 && { position: ofMoments }), ...newest },
    });
  });

  /** What one figure counts, as summaries: other lists have no measure. */
  app.get('/v1/:collection', async (context, next) => {
    const aggregate = collectionOf(context.req.param('collection'));
    const parameters = cellParameters(aggregate);
    const own = Object.keys(parameters).filter((name) => !Object.hasOwn({ ...filtersOf(aggregate), ...paging }, name));
    const isAsked =
      measuresIn(aggregate.collection).length > 0 && own.some((name) => context.req.query(name) !== undefined);
    if (!isAsked) return next();
    const given = readParameters(context, { ...parameters, ...positionParameters });
    const { minPosition, measure, month, year, limit, cursor, ...values } = given;
    if (month !== undefined && year !== undefined) throw parameterRefused('year', 'stands beside `month`');
    const chosen = valueAsked(values);
    await positionsOf(context, minPosition, statistics, records);
    const { list, reader, range, entry, isFiltered } = await cellList(figures, { measure, month, year, ...chosen });
    within(given, list);
    const show = summarized(register, { entry });
    const page = await readPage(reader, list, { ...range, limit: limitFor(context, limit), cursor }, show, isFiltered);
    return answerWith(context, await withReferences(register, page));
  });
}
