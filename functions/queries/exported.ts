import type { Context } from 'hono';
import { EXPORTED_ITEMS, type ListedItems, listedItems } from '../../domain/answers/listed-items.ts';
import { listColumns } from '../../domain/tables/columns.ts';
import { csvHeader, csvOf } from '../../domain/tables/csv.ts';
import type { Admitted } from '../http/admission.ts';
import { CSV, NDJSON, routeAt } from '../http/routes.ts';

type ListContext = Context<{ Variables: Admitted }>;

/** Whether the request asks for a list as CSV or NDJSON. */
export const isExport = (context: Context): boolean =>
  [CSV, NDJSON].includes((context as ListContext).get('mediaType')) && routeAt(context.req.path)?.isList === true;

/** The most items of the page that the request asks for: `limit` is what it says, or what pages in JSON have. */
export const limitFor = (context: Context, limit: number): number =>
  isExport(context) && context.req.query('limit') === undefined
    ? (listedAt(context).listed.most ?? EXPORTED_ITEMS)
    : limit;

function listedAt(context: Context): { readonly path: string; readonly listed: ListedItems } {
  const path = routeAt(context.req.path)?.path ?? '';
  const listed = listedItems.get(path);
  if (!listed) throw new Error(`nobody says what the items of ${path} are`);
  return { path, listed };
}

/**
 * A page of a list as CSV or NDJSON: its items, and nothing beside them. CSV has the names of the columns on the first page
 * only, so that pages one behind the other are one file; `header` of the media type says which it is (RFC 4180).
 */
export function exported(context: Context, body: object): Response {
  const { path, listed } = listedAt(context);
  const { [listed.within ?? 'items']: items = [] } = body as { readonly [member: string]: readonly object[] };
  if ((context as ListContext).get('mediaType') === NDJSON) {
    const lines = items.map((item) => `${JSON.stringify(item)}\n`);
    return context.body(lines.join(''), 200, { 'Content-Type': NDJSON });
  }
  const columns = columnsOf(path, listed, context.req.param('id'));
  const isFirst = context.req.query('cursor') === undefined;
  const text = (isFirst ? csvHeader(columns) : '') + csvOf(columns, items);
  const type = `${CSV}; charset=utf-8; header=${isFirst ? 'present' : 'absent'}`;
  return context.body(text, 200, { 'Content-Type': type });
}

const made = new Map<string, ReturnType<typeof listColumns>>();

function columnsOf(path: string, { item, id }: ListedItems, record: string | undefined) {
  if (id === 'of the record') return listColumns(item, () => record);
  const columns =
    made.get(path) ?? listColumns(item, id === undefined ? undefined : (row) => (row as Record<string, unknown>)[id]);
  made.set(path, columns);
  return columns;
}
