/** Long lists, cut into short ones in their order. */

/** What is summed up over the items of a pack, and the most that a pack may have of it. */
interface PackLimit<Item> {
  readonly of: (item: Item) => number;
  readonly max: number;
}

/** Packs of at most `count` items, each of them as full as the limits allow. An item over a limit has a pack of its own. */
export function* packed<Item>(
  items: Iterable<Item>,
  count: number,
  ...limits: readonly PackLimit<Item>[]
): Generator<Item[]> {
  const packer = createPacker(count, limits);
  for (const item of items) yield* packer.add(item);
  yield* packer.rest();
}

/** The same for items that arrive one by one. */
export async function* packedStream<Item>(
  items: AsyncIterable<Item>,
  count: number,
  ...limits: readonly PackLimit<Item>[]
): AsyncGenerator<Item[]> {
  const packer = createPacker(count, limits);
  for await (const item of items) yield* packer.add(item);
  yield* packer.rest();
}

/** Slices of `size` items; the last one has what is left. */
export const slicesOf = <Item>(items: Iterable<Item>, size: number): Item[][] => [...packed(items, size)];

function createPacker<Item>(count: number, limits: readonly PackLimit<Item>[]) {
  const nothing = limits.map(() => 0);
  let pack: Item[] = [];
  let sums = nothing;

  function* rest(): Generator<Item[]> {
    if (pack.length > 0) yield pack;
    pack = [];
    sums = nothing;
  }

  /** The packs that are full now: without the item, or with it. */
  function* add(item: Item): Generator<Item[]> {
    const more = limits.map(({ of }) => of(item));
    if (limits.some(({ max }, at) => (sums[at] ?? 0) + (more[at] ?? 0) > max)) yield* rest();
    pack.push(item);
    sums = sums.map((sum, at) => sum + (more[at] ?? 0));
    if (pack.length === count) yield* rest();
  }

  return { add, rest };
}
