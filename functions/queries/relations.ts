import type { Summary } from '../../domain/answers/record.ts';
import { LARGE, PAIRS, relations } from '../../domain/projections/relations.ts';
import { type CursorPlace, cursorOf, isOf } from '../../domain/reading/cursors.ts';
import { relationsPage } from '../../domain/reading/relations.ts';
import { parameterRefused } from '../http/parameters.ts';
import type { Views } from '../stores/views.ts';
import { readerOf } from './reader.ts';

interface Asked {
  readonly organization?: string | undefined;
  readonly limit: number;
  readonly cursor?: CursorPlace | undefined;
}

interface RelationsDeps {
  readonly views: Pick<Views, 'get' | 'newest'>;
  readonly register: { readonly summaries: (ids: readonly string[]) => Promise<ReadonlyMap<string, Summary>> };
}

/** What a cursor is of: the rows of one partition, of one organization or of all. */
const listOf = (partition: string, organization = '') => `relations/${partition}/${organization}`;

/** Who signs with whom. @throws ProblemError 400 when there is no such organization, or the cursor is of another graph */
export async function relationsOf({ organization, limit, cursor }: Asked, { views, register }: RelationsDeps) {
  const of = cursor && [PAIRS, LARGE].find((partition) => isOf(listOf(partition, organization), cursor));
  if (cursor && of === undefined) throw parameterRefused('cursor', 'is of another graph');
  const after = cursor && of !== undefined ? { partition: of, sort: cursor.sort } : undefined;
  const sources = { relations: readerOf(views, relations), summaries: register.summaries };
  const page = await relationsPage(sources, { organization, limit, after });
  if (!page) throw parameterRefused('organization', `there is no record ${organization}`);
  const { last, ...graph } = page;
  return { ...graph, ...(last && { next: cursorOf(listOf(last.partition, organization), last.sort) }) };
}
