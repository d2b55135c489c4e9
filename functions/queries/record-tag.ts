import type { Summary } from '../../domain/answers/record.ts';
import { SHOWN_REVISION } from '../../domain/presentation.ts';
import { type NamedRow, namedInSummary, namedRow, recordRow, records } from '../../domain/projections/records.ts';
import { rowKey } from '../../domain/projections/sums.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { tagOf } from '../http/entity-tags.ts';
import { asideRow } from '../stores/view-items.ts';
import type { RowKey } from '../stores/views.ts';

/**
 * The tag of a record's page as long as nobody asks for another time or day, and nothing is in it that depends on more: it
 * is made of the version of the record, the names of the records that it refers to, as they are shown (of merged ones those
 * of the final one), and how this release shows records. So rows tell it, without the record's events.
 *
 * Every other page has the digest of what is sent, without the names of persons in it, so that its tag, too, differs whenever
 * the page does but for an erasure: pages with such names are not stored.
 */
export const tagOfVersion = (version: number, references: unknown): string =>
  tagOf(JSON.stringify([records.revision, SHOWN_REVISION, references]), `${version}-`);

/** The version before the dash, and the digest of the page after it. */
export const tagOfPage = (version: number, page: string): string => tagOf(page, `${version}-`);

interface Deps {
  readonly reader: Pick<RowReader, 'get'>;
  readonly named: (ids: readonly string[]) => Promise<unknown>;
}

/** The tag that the page of a record would have: undefined where rows alone do not tell it. */
export async function tagByRows(id: string, { reader, named }: Deps): Promise<string | undefined> {
  const [own, names] = [recordRow(id), namedRow(id)].map((partition) => ({ partition, sort: id })) as [RowKey, RowKey];
  const rows = await reader.get<object>([own, names, asideRow(id)]);
  const summary = rows.get(rowKey(own)) as Summary | undefined;
  const refersTo = rows.get(rowKey(names)) as NamedRow | undefined;
  if (!summary || rows.has(rowKey(asideRow(id)))) return undefined;
  const ids = refersTo ? refersTo.ids : namedInSummary(summary);
  return ids && tagOfVersion(summary.version, await named(ids));
}
