import type * as z from 'zod';
import { aggregates } from '../../domain/catalog.ts';
import { search } from '../../domain/projections/search/search.ts';
import { cursorOf } from '../../domain/reading/cursors.ts';
import { searched } from '../../domain/reading/search.ts';
import { parameterRefused } from '../http/parameters.ts';
import type { searchParameters } from '../http/read-parameters.ts';
import type { Views } from '../stores/views.ts';
import { readerOf, within } from './reader.ts';
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
  const { q, collection, kind, limit } = asked;
  const list = `search/${JSON.stringify([q, collection, kind])}`;
  const after = within(asked, list).cursor?.sort;
  const { summaries, byNumber } = register;
  const deps = { rows: readerOf(views, search), summaries, byNumber };
  const { next, ...page } = await searched({ q, collection, kind, limit, after }, deps);
  return { ...page, ...(next !== undefined && { next: cursorOf(list, next) }) };
}
