/** Rows that many records add to: what each of them adds follows from that record alone. */

/** Whole numbers other than 0, by name. */
export type Counters = Readonly<Record<string, number>>;

export interface SummedRow {
  readonly partition: string;
  /** It does not end in a record's id: the row is no record's own. */
  readonly sort: string;
  readonly add: Counters;
}

/** Summed rows by key. */
export type Sums = ReadonlyMap<string, SummedRow>;

/** The key of a row among those of its read model. */
export const rowKey = ({ partition, sort }: { readonly partition: string; readonly sort: string }): string =>
  `${partition}\n${sort}`;

/** Counters after more was added: undefined where none is left, and with it the row. */
export function plus(counters: Counters | undefined, add: Counters): Counters | undefined {
  const sum: Record<string, number> = { ...counters };
  for (const [name, more] of Object.entries(add)) {
    const total = (sum[name] ?? 0) + more;
    if (total === 0) delete sum[name];
    else sum[name] = total;
  }
  return Object.keys(sum).length === 0 ? undefined : sum;
}

const negated = (add: Counters): Counters =>
  Object.fromEntries(Object.entries(add).map(([name, value]) => [name, -value]));

/** Adds rows to others, in place. What adds up to nothing is left out. */
export function addTo(sums: Map<string, SummedRow>, rows: Iterable<SummedRow>): void {
  for (const row of rows) {
    const key = rowKey(row);
    const add = plus(sums.get(key)?.add, row.add);
    if (add) sums.set(key, { ...row, add });
    else sums.delete(key);
  }
}

/** All that is added, each row once. */
export function summed(rows: Iterable<SummedRow>): Sums {
  const sums = new Map<string, SummedRow>();
  addTo(sums, rows);
  return sums;
}

/** What has to be added to come from one contribution to another. */
export const change = (before: Sums, after: Sums): Sums =>
  summed([...after.values(), ...[...before.values()].map((row) => ({ ...row, add: negated(row.add) }))]);
