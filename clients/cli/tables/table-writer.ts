import type { Cell } from '../../../domain/tables/columns.ts';

/** Writes the rows of one table to a file. */
export interface TableWriter {
  add(cells: readonly Cell[]): Promise<void>;
  end(): Promise<void>;
}
