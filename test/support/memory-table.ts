import { compareUtf8 } from '../../domain/values/utf8-order.ts';

export type Item = Record<string, unknown>;

/** The names of a table's keys. */
export type Keys = readonly [hash: string, range?: string];

/** Sort keys in DynamoDB's order: numbers by value, texts by their bytes. */
const inOrder = (a: unknown, b: unknown): number =>
  typeof a === 'string' && typeof b === 'string' ? compareUtf8(a, b) : Number(a ?? 0) - Number(b ?? 0);

interface Partition {
  readonly items: Map<unknown, Item>;
  /** Its sort keys in their order. */
  readonly order: unknown[];
}

/** The items of a table by their keys; those of one partition in the order of their sort keys. */
export function memoryTable([hash, range = '']: Keys) {
  const partitions = new Map<unknown, Partition>();
  let scanned: Item[] | undefined;

  /** Where a sort key is, or would be. */
  function placeOf({ order }: Partition, key: unknown): number {
    let [from, to] = [0, order.length];
    if (to > 0 && inOrder(order[to - 1], key) < 0) return to;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (inOrder(order[middle], key) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  function put(item: Item): void {
    const partition = partitions.get(item[hash]) ?? { items: new Map(), order: [] };
    partitions.set(item[hash], partition);
    const key = item[range];
    if (!partition.items.has(key)) partition.order.splice(placeOf(partition, key), 0, key);
    partition.items.set(key, item);
    scanned = undefined;
  }

  function remove(key: Item): void {
    const partition = partitions.get(key[hash]);
    if (!partition?.items.delete(key[range])) return;
    partition.order.splice(placeOf(partition, key[range]), 1);
    if (partition.order.length === 0) partitions.delete(key[hash]);
    scanned = undefined;
  }

  const inPartition = (value: unknown): Item[] => {
    const { items, order } = partitions.get(value) ?? { items: new Map<unknown, Item>(), order: [] };
    return order.map((key) => items.get(key) as Item);
  };

  return {
    keyOf: (item: Item): Item => ({ [hash]: item[hash], ...(range !== '' && { [range]: item[range] }) }),
    textOf: (item: Item): string => JSON.stringify([item[hash], item[range]]),
    get: (key: Item): Item | undefined => partitions.get(key[hash])?.items.get(key[range]),
    put,
    remove,
    /** The items of a partition whose sort keys are within bounds, in their order, from `start` on and not with it. */
    query(value: unknown, within: Bounds, backwards: boolean, start?: Item): Iterable<Item> {
      const partition = partitions.get(value);
      return partition ? between(partition, within, backwards, start) : [];
    },
    /** Every item, partition by partition. */
    all(): readonly Item[] {
      scanned ??= [...partitions.keys()].sort(inOrder).flatMap(inPartition);
      return scanned;
    },
  };

  function* between(partition: Partition, { from, to }: Bounds, backwards: boolean, start?: Item): Generator<Item> {
    const { items, order } = partition;
    /** The first place whose key is not below a bound, or is above it. */
    const after = ({ key, included }: Bound, isEnd: boolean) => {
      const place = placeOf(partition, key);
      return place < order.length && inOrder(order[place], key) === 0 && included === isEnd ? place + 1 : place;
    };
    let first = from ? after(from, false) : 0;
    let end = to ? after(to, true) : order.length;
    const begun = start && { key: start[range], included: false };
    if (begun && backwards) end = Math.min(end, after(begun, true));
    else if (begun) first = Math.max(first, after(begun, false));
    for (let done = first; done < end; done += 1) {
      yield items.get(order[backwards ? end - 1 - (done - first) : done]) as Item;
    }
  }
}

interface Bound {
  readonly key: unknown;
  readonly included: boolean;
}

export interface Bounds {
  readonly from?: Bound | undefined;
  readonly to?: Bound | undefined;
}

const sizes = new WeakMap<object, number>();

/** The bytes of an item as DynamoDB counts them: its names and values, a byte for each of a list or map and three around. */
export function bytesOf(item: Item): number {
  const known = sizes.get(item);
  if (known !== undefined) return known;
  const bytes = Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);
  sizes.set(item, bytes);
  return bytes;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number' || typeof value === 'bigint') return Math.ceil(String(value).length / 2) + 1;
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + sizeOf(one) + 1, 3);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).reduce((sum, [name, one]) => sum + Buffer.byteLength(name) + sizeOf(one) + 1, 3);
  }
  return 1;
}
