import { NAMED } from '../../domain/bounds.ts';
import type { Projection, Row, SealedRecord } from '../../domain/projections/projection.ts';
import { namedRow, records } from '../../domain/projections/records.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { dayOf } from '../../domain/values/partial-date.ts';

/** A row as revision 9 had it; none where it had no such row. */
function asThen({ partition, sort, value }: Row, { record }: SealedRecord): Row[] {
  const { id, aggregate } = record;
  const [model = '', , by = ''] = partition.split('/');
  const row = (then: object): Row[] => [{ partition, sort, value: then }];
  switch (model) {
    case 'record': {
      const since = Object.keys(aggregate.listed?.(record.state, dayOf(record.changedAt)) ?? {});
      return row(Object.fromEntries(Object.entries(value).filter(([name]) => !since.includes(name))));
    }
    case 'list':
      return by === 'kind' || by === 'state' ? [] : row({ id, ...value });
    case 'activity':
      return row({ id });
    case 'named':
    case 'programme':
      return [];
    default:
      return row(value);
  }
}

/** What records named stood in a row of its own, whatever its summary told. */
function namedThen({ record: { id }, named }: SealedRecord): Row[] {
  return named.length > NAMED ? [] : [{ partition: namedRow(id), sort: id, value: { id, ids: named } }];
}

/** `records` as the release before revision 10 made it: see the digest that it had pinned. */
export const recordsThen: Projection = {
  name: records.name,
  revision: 9,
  rows: (sealed) => [
    ...records.rows(sealed).flatMap((row) => asThen(row, sealed)),
    ...(indexFieldsOf(sealed.record).mergedInto === undefined ? namedThen(sealed) : []),
  ],
  ...(records.ofCommit && { ofCommit: records.ofCommit }),
};
