import type { Projection } from '../../domain/projections/projection.ts';
import { records } from '../../domain/projections/records.ts';
import { relations } from '../../domain/projections/relations.ts';
import { search } from '../../domain/projections/search/search.ts';
import { statistics } from '../../domain/projections/statistics/statistics.ts';
import type { ReadOutcome, RowSources } from '../../domain/reading/question.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { parametersRefused } from '../http/parameters.ts';
import { MergedError, ProblemError } from '../http/problem.ts';
import type { Views } from '../stores/views.ts';

/** The rows of a read model as they stand in the table. */
export const readerOf = (views: Pick<Views, 'get' | 'newest'>, projection: Projection): RowReader => ({
  newest: (partition, before, limit) => views.newest(projection, partition, before, limit),
  get: (keys) => views.get(projection, keys),
});

/** The rows of every read model. */
export const rowsIn = (views: Pick<Views, 'get' | 'newest'>): RowSources['rows'] => ({
  records: readerOf(views, records),
  search: readerOf(views, search),
  statistics: readerOf(views, statistics),
  relations: readerOf(views, relations),
});

/** The body of an answer. @throws MergedError, and ProblemError 404 and 400, where there is none: with these members beside its own */
export function answeredBody<Body extends object>(outcome: ReadOutcome<Body>, extensions: object = {}): Body {
  if ('body' in outcome) return outcome.body;
  if ('absent' in outcome) throw new ProblemError('not-found', outcome.absent, { extensions });
  if ('merged' in outcome) throw new MergedError(outcome.merged.id, outcome.merged.into, extensions);
  throw parametersRefused(outcome.refused);
}
