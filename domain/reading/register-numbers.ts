import type { Moment } from '../answers/lists.ts';
import { COMMIT_EVENTS } from '../bounds.ts';
import { aggregates } from '../catalog.ts';
import { hasHadNumber, numberAt, sortable } from '../projections/projection.ts';
import { TIMELINE } from '../projections/records.ts';
import { aggregateOf } from '../values/ids.ts';
import { endOf } from '../values/utf8-order.ts';
import type { RowSources } from './question.ts';
import { summariesOf } from './summarized.ts';

/** The record that a register number leads to, from the timeline; of one of a period, from the record's events as well. */
export async function recordOfNumber(
  number: string,
  {
    rows: { records },
    replayed,
  }: Pick<RowSources, 'replayed'> & { readonly rows: Pick<RowSources['rows'], 'records'> },
): Promise<string | undefined> {
  const [letter, digits] = number.split('-');
  const position = Number(digits);
  const moment = await commitFrom(position, records);
  if (!moment || moment.number === number) return moment?.id;
  const { id } = moment;
  const aggregate = aggregates.find((one) => one.letter === letter);
  if (!aggregate?.periods || aggregateOf(id) !== aggregate.name) return undefined;
  const version = moment.version - (moment.position - position);
  const row = version > 1 ? (await summariesOf(records, [id])).get(id) : undefined;
  if (!row) return undefined;
  const { sealed } = await replayed(row);
  return numberAt(sealed, version) === number && hasHadNumber(sealed, version) ? id : undefined;
}

/** The first commit of a record that ends at a position or behind it, as far as it may hold the event there. */
async function commitFrom(position: number, records: RowSources['rows']['records']): Promise<Moment | undefined> {
  for (const behind of [0, COMMIT_EVENTS - 1]) {
    const { rows } = await records.newest<Moment>(TIMELINE, endOf(sortable(position + behind)), behind + 1);
    const found = rows.findLast(({ value }) => value.position >= position);
    if (found) return found.value;
  }
  return undefined;
}
