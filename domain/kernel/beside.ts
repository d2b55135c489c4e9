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

/** What a function answered for an object, kept beside the object: it is never changed. */
export function remembered<Key extends object, Value>(answer: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const before = known.get(key);
    if (before) return before.value;
    const value = answer(key);
    known.set(key, { value });
    return value;
  };
}
