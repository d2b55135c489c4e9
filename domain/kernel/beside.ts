/**
 * What is known of lists, learnt item by item and kept beside them as long as they live. A list of facts changes only at
 * its end: in a running fold (`growing`) the very list does, and what was learnt of its beginning stays.
 */
export function keptBeside<Item, Known>(
  begin: () => Known,
  learn: (known: Known, item: Item, place: number) => void,
): (list: readonly Item[]) => Known {
  const kept = new WeakMap<readonly Item[], { readonly known: Known; length: number }>();
  return (list) => {
    const before = kept.get(list);
    const now = before && before.length <= list.length ? before : { known: begin(), length: 0 };
    if (now !== before) kept.set(list, now);
    for (; now.length < list.length; now.length++) learn(now.known, list[now.length] as Item, now.length);
    return now.known;
  };
}

/** The list that each item of another adds something to, kept beside it. */
export const madeBeside = <Item, Made>(make: (item: Item) => Made): ((list: readonly Item[]) => readonly Made[]) =>
  keptBeside<Item, Made[]>(
    () => [],
    (made, item) => made.push(make(item)),
  );
