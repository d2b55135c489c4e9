import type { RecordReferences } from '../answers/parts.ts';
import { PAGE_BYTES } from '../bounds.ts';
import { fitting, named, referredToIn } from './references.ts';
import type { RowReader } from './row-reader.ts';
import { summariesOf } from './summarized.ts';

/** The names of the organizations and ceremonies of figures, from the read model `records`. */
export async function figureNames(reader: Pick<RowReader, 'get'>, rows: readonly object[]): Promise<RecordReferences> {
  const entries = await named(referredToIn(rows, ''), async (ids) => (await summariesOf(reader, ids)).values());
  return fitting(entries, PAGE_BYTES);
}
