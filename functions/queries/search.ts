import type * as z from 'zod';
import { aggregates } from '../../domain/catalog.ts';
import { search } from '../../domain/projections/search/search.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { searched } from '../../domain/reading/search.ts';
import { parameterRefused } from '../http/parameters.ts';
import type { searchParameters } from '../http/read-parameters.ts';
import type { Views } from '../stores/views.ts';
import { cursorOf, sortIn } from './list-pages.ts';
import type { Register } from './register.ts';

interface Deps {
  readonly views: Pick<Views, 'get' | 'newest'>;
  readonly register: Pick<Register, 'summaries' | 'byNumber'>;
}

type Asked = z.output<z.ZodObject<typeof searchParameters>>;

/** @throws ProblemError 400 when no record of the collection is of such a kind */
function checkKinds({ collection, kind = [] }: Asked): void {
  const { kinds = [] } = aggregates.find((one) => one.collection === collection) ?? {};
  const unknown = collection === undefined ? undefined : kind.find((one) => !kinds.includes(one));
  if (unknown === undefined) return;
  const known = kinds.length > 0 ? `: there are ${kinds.join(', ')}` : '; they are of no kinds';
  throw parameterRefused('kind', `no record of ${collection} is of kind ${unknown}${known}`);
}

/** The page of a search. Its cursor is of the text, the collection and the kinds that were asked for. */
export async function pageOfSearch(asked: Asked, { views, register }: Deps) {
  checkKinds(asked);
  const { cursor, ...query } = asked;
  const list = `search/${JSON.stringify([query.q, query.collection, query.kind])}`;
  const after = cursor === undefined ? undefined : sortIn(list, cursor);
  const { summaries, byNumber } = register;
  const rows: RowReader = {
    newest: (partition, before, limit) => views.newest(search, partition, before, limit),
    get: (keys) => views.get(search, keys),
  };
  const { next, ...page } = await searched({ ...query, after }, { rows, summaries, byNumber });
  return { ...page, ...(next !== undefined && { next: cursorOf(list, next) }) };
}
