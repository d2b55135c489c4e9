import type { Projection } from '../../domain/projections/projection.ts';
import { type CursorPlace, isOf } from '../../domain/reading/cursors.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { parameterRefused } from '../http/parameters.ts';
import type { Views } from '../stores/views.ts';

/** The rows of a read model as they stand in the table. */
export const readerOf = (views: Pick<Views, 'get' | 'newest'>, projection: Projection): RowReader => ({
  newest: (partition, before, limit) => views.newest(projection, partition, before, limit),
  get: (keys) => views.get(projection, keys),
});

/** What is asked for, once its cursor is of one of these lists. @throws ProblemError 400 */
export function within<Range extends { readonly cursor?: CursorPlace | undefined }>(
  range: Range,
  ...lists: string[]
): Range {
  const { cursor } = range;
  if (cursor && !lists.some((list) => isOf(list, cursor))) throw parameterRefused('cursor', 'is of another list');
  return range;
}
