import type * as z from 'zod';
import type { Summary } from '../answers/record.ts';
import type { Refusal } from '../kernel/refusal.ts';
import type { Projection, SealedEvents, SealedRecord } from '../projections/projection.ts';
import type { Day } from '../values/partial-date.ts';
import type { RowReader } from './row-reader.ts';
import { summariesOf } from './summarized.ts';

/** The names of the read models. */
export type ReadModelName = 'records' | 'search' | 'statistics' | 'relations';

/** Versions of a record behind one, as many as these. */
interface ShownVersions {
  readonly after: number;
  readonly limit: number;
}

/** A record and the commits that it is folded from. */
export interface Replayed {
  readonly sealed: SealedRecord;
  readonly commits: readonly SealedEvents[];
}

/** What an answer is made of: rows, wherever they are read, and the records whose rows do not say everything. */
export interface RowSources {
  readonly rows: Readonly<Record<ReadModelName, RowReader>>;
  /** The last positions that the rows of the models of a question cover; -1 before the first. */
  readonly positions: { readonly [Name in ReadModelName]?: number };
  /** Whether those of `records` are of the last revision: see `lastRevision`. */
  readonly isLast?: boolean;
  /** A record from its events, up to the version of its row. The answer rests on all of them, or on these. */
  readonly replayed: (row: Pick<Summary, 'id' | 'version'>, shown?: ShownVersions) => Promise<Replayed>;
  /** What else its page says of its events: that acts on other records have overtaken them. */
  readonly overtaken: (replayed: Replayed) => Promise<object>;
  readonly today: Day;
}

/** The readers of all read models, each made from its name. */
export const rowsBy = (readerOf: (name: ReadModelName) => RowReader): RowSources['rows'] => ({
  records: readerOf('records'),
  search: readerOf('search'),
  statistics: readerOf('statistics'),
  relations: readerOf('relations'),
});

/** An answer, or why there is none. */
export type ReadOutcome<Body extends object = object> =
  | { readonly body: Body }
  /** What there is not. */
  | { readonly absent: string }
  /** The record was merged into another one. */
  | { readonly merged: { readonly id: string; readonly into: string } }
  /** What is wrong with which parameter. */
  | { readonly refused: readonly Refusal[] };

/**
 * A read of read models: what its parameters are, and what it answers. It is a pure function of rows, so that the registry,
 * and whoever verifies a proof of these rows, come to the same answer.
 */
export interface Question<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly models: readonly Projection[];
  /** The record that it is about. */
  readonly record?: string;
  readonly shape: Shape;
  /** What is wrong with parameters each of which fits its schema. */
  check?(asked: z.output<z.ZodObject<Shape>>): readonly Refusal[];
  answer(asked: z.output<z.ZodObject<Shape>>, sources: RowSources): Promise<ReadOutcome>;
}

/** Gives a question's functions the types of its parameters. */
export const question = <const Shape extends z.ZodRawShape>(one: Question<Shape>): Question<Shape> => one;

export const absentRecord = (id: string) => ({ absent: `there is no record ${id}` });

/** The summary of a record that was not merged; else why there is none. */
export async function unmerged(
  reader: Pick<RowReader, 'get'>,
  id: string,
): Promise<{ readonly summary: Summary } | ReadOutcome<never>> {
  const summary = (await summariesOf(reader, [id])).get(id);
  if (!summary) return absentRecord(id);
  return summary.mergedInto === undefined ? { summary } : { merged: { id, into: summary.mergedInto } };
}
