import { allRows } from '../../domain/projections/projection.ts';
import { records } from '../../domain/projections/records.ts';
import type { RecordList } from '../../domain/record/shown.ts';
import { stepsOf } from '../../functions/projector/steps.ts';
import type { GrownRecord } from './grown.ts';

const historyFrom =
  (part: number) =>
  ({ id, size, register }: GrownRecord) =>
    register.history(id, {
      position: size - 1,
      limit: 100,
      after: Math.max(0, Math.floor(size * part) - (part === 1 ? 100 : 0)),
    });

const pageOf =
  (list: RecordList) =>
  ({ id, size, register }: GrownRecord) =>
    register.listOf(id, list, { position: size - 1, limit: 100 });

/** What is done with a record as a whole. */
export const operations: Readonly<Record<string, (record: GrownRecord) => Promise<unknown>>> = {
  'to fold it': ({ folded }) => folded(),
  'to show it': ({ id, size, register }) => register.record(id, { position: size - 1 }),
  'to show it on a day': ({ id, size, register }) => register.record(id, { position: size - 1, validOn: '2002-02-02' }),
  'a page of its evidence': pageOf('evidence'),
  'a page of its facts': pageOf('facts'),
  'a page of its parties': pageOf('parties'),
  'the first page of its history': historyFrom(0),
  'a page in the middle': historyFrom(1 / 2),
  'the last page': historyFrom(1),
  'to project its last commit': ({ size, stores }) =>
    Array.fromAsync(
      stepsOf({ projection: records, ...stores } as never, {
        from: size - 1,
        to: size,
        asides: new Map(),
        isBegun: false,
      }),
    ),
  'to compare all its rows': async ({ folded }) => {
    const sealed = await folded();
    return sealed && allRows(records, sealed);
  },
};
