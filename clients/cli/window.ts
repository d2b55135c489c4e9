/** What `start` makes of each item, in the items' order, with at most `width` of them under way at a time. */
export async function* withWindow<Item, Result>(
  items: Iterable<Item>,
  width: number,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  const first = () => underWay.shift() as Promise<Result>;
  for (const item of items) {
    const result = start(item);
    // Whoever stops early leaves some behind: their errors are nobody's.
    result.catch(() => {});
    underWay.push(result);
    if (underWay.length === width) yield await first();
  }
  while (underWay.length > 0) yield await first();
}
