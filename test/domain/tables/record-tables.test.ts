import { describe, expect, it } from 'vitest';
import { presentRecord } from '../../../domain/presentation.ts';
import { applyCommit, isRecordStream, type SealedRecord } from '../../../domain/projections/projection.ts';
import { rowsOfRecord, tables } from '../../../domain/tables/record-tables.ts';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { acceptedCommits } from '../../support/accepted-history.ts';

const sealed = new Map<string, SealedRecord>();
for (const commit of acceptedCommits().filter(({ stream }) => isRecordStream(stream))) {
  sealed.set(commit.stream, applyCommit(sealed.get(commit.stream), eventsOf(commit), commit.position));
}
const all = [...sealed.values()];

/** Every text, number and truth value in a value. */
function leaves(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [String(value)];
  return Object.entries(value).flatMap(([field, inner]) => (field === 'commitment' ? [] : leaves(inner)));
}

/** What stands in cells, those with JSON taken apart. */
const leavesOfCell = (cell: unknown): string[] => {
  if (typeof cell !== 'string' || !/^[[{"]/.test(cell)) return leaves(cell);
  return leaves(JSON.parse(cell));
};

const counted = (texts: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
};

describe('the tables of the register', () => {
  it('have names and columns of their own, and the id first', () => {
    const names = tables.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { columns } of tables) {
      expect(columns[0]?.name).toBe('id');
      expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
    }
  });

  it('hold every value of every record as often as the record does', () => {
    expect(new Set(all.map(({ record }) => record.aggregate.name)).size).toBeGreaterThan(6);
    for (const one of all) {
      const cells = rowsOfRecord(one).flatMap((row) => row.cells.flatMap(leavesOfCell));
      const inTables = counted(cells);
      const missing = [...counted(leaves(presentRecord(one)))].filter(([text, n]) => (inTables.get(text) ?? 0) < n);
      expect(missing, one.record.id).toEqual([]);
    }
  });

  it('have a cell for each column of each row', () => {
    const widths = new Map(tables.map(({ name, columns }) => [name, columns.length]));
    for (const { table, cells } of all.flatMap(rowsOfRecord)) expect(cells).toHaveLength(widths.get(table) ?? -1);
  });

  it('tell an empty list from no list', () => {
    const organization = all.find(({ record }) => record.aggregate.name === 'organization') as SealedRecord;
    const [row] = rowsOfRecord(organization);
    const columns = tables.find(({ name }) => name === 'organizations')?.columns ?? [];
    const cell = (name: string) => row?.cells[columns.findIndex((column) => column.name === name)];
    expect(cell('clients')).toEqual(expect.any(Array));
    expect(cell('operation_oneOf')).toBeNull();
  });
});
