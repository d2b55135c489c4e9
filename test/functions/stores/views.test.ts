import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { records as recordsProjection } from '../../../domain/projections/records.ts';
import { BEGINNING } from '../../../functions/stores/view-items.ts';
import { createViews, type Views } from '../../../functions/stores/views.ts';
import { firstBuildOf } from '../../support/builds.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { rowsIn } from '../../support/rows.ts';

const records = firstBuildOf(recordsProjection);

let engine: TestEngine;
let table: string;
let views: Views;
beforeAll(async () => {
  engine = await startEngine();
});
beforeEach(async () => {
  ({ views: table } = await engine.freshTables());
  views = createViews({ documents: engine.documents, table });
});
afterAll(() => engine.stop());

const row = (value: string) => ({ partition: 'p', sort: 's', value: { is: value } });
const at = (position: number, part = 0) => ({ position, part, digest: String(position).padStart(64, '0') });
const valueThere = async () => JSON.parse((await rowsIn(engine, table))[0]?.value ?? 'null');

describe('a step of a read model', () => {
  it.each([
    ['the beginning', BEGINNING],
    ['a later position', at(4)],
    ['a part of a commit', at(4, 2)],
  ])('moves the checkpoint on from %s once', async (_, from) => {
    if (from !== BEGINNING) expect(await views.write(records, [], BEGINNING, from)).toBe(true);
    expect(await views.write(records, [row('first')], from, at(9))).toBe(true);
    expect(await views.write(records, [row('second')], from, at(7))).toBe(false);
    expect(await views.checkpoint(records)).toEqual(at(9));
    expect(await valueThere()).toEqual({ is: 'first' });
  });

  it.each([
    ['another position', at(5)],
    ['another part', at(4, 1)],
    ['the beginning', BEGINNING],
  ])('is not written from %s when the checkpoint stands elsewhere', async (_, from) => {
    await views.write(records, [row('first')], BEGINNING, at(4));
    expect(await views.write(records, [{ ...row(''), value: undefined }], from, at(9))).toBe(false);
    expect(await views.checkpoint(records)).toEqual(at(4));
    expect(await valueThere()).toEqual({ is: 'first' });
  });

  it('is not written from a position that nobody has reached', async () => {
    expect(await views.write(records, [row('first')], at(4), at(9))).toBe(false);
    expect(await views.checkpoint(records)).toEqual(BEGINNING);
    expect(await valueThere()).toBeNull();
  });
});

describe('a read model that the doctor has closed', () => {
  it.each(['kept', 'forgetting'] as const)(
    'takes no step from where it was, and goes on once it is opened (%s)',
    async (closed) => {
      await views.write(records, [row('first')], BEGINNING, at(4));
      expect(await views.close(records, at(4), closed)).toBe(true);
      if (closed === 'forgetting') await views.forgetRows(records);
      expect(await views.write(records, [row('second')], at(4), at(9))).toBe(false);
      await views.open(records);
      expect(await views.write(records, [row('second')], at(4), at(9))).toBe(false);
      const opened = await views.checkpoint(records);
      expect(opened).toEqual({ ...(closed === 'kept' ? at(4) : BEGINNING), closings: 1 });
      expect(await valueThere()).toEqual(closed === 'kept' ? { is: 'first' } : null);
      expect(await views.write(records, [row('third')], opened, at(9))).toBe(true);
      expect(await views.checkpoint(records)).toEqual({ ...at(9), closings: 1 });
    },
  );

  it('is not closed from where it no longer stands', async () => {
    await views.write(records, [row('first')], BEGINNING, at(4));
    expect(await views.close(records, at(3), 'forgetting')).toBe(false);
    expect(await views.checkpoint(records)).toEqual(at(4));
  });

  it('loses its own rows only', async () => {
    const other = { ...records, name: `${records.name}-other` };
    for (const projection of [records, other]) await views.write(projection, [row('first')], BEGINNING, at(4));
    await views.close(records, at(4), 'forgetting');
    await views.forgetRows(records);
    expect((await rowsIn(engine, table)).map(({ pk }) => pk)).toEqual([`${other.name}@${other.revision}.1/p`]);
    expect(await views.checkpoint(other)).toEqual(at(4));
  });
});
