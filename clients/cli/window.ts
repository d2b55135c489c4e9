/** The results of `start` for all items, in the order of the items, with at most `width` of them running at a time. */
export async function* withWindow<Item, Result>(
  items: Iterable<Item>,
  width: number,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  const first = () => underWay.shift() as Promise<Result>;
  for (const item of items) {
    const result = start(item);
    // A caller that stops early does not await the rest; their errors must not count as unhandled.
    result.catch(() => {});
    underWay.push(result);
    if (underWay.length === width) yield await first();
  }
  while (underWay.length > 0) yield await first();
}
