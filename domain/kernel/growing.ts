/**
 * Collections that grow from event to event. A fold of n events that copied its lists at each of them would take n² steps:
 * inside `growing`, what the running fold has copied once is changed in place. So nothing inside may keep an earlier state;
 * outside no collection ever changes, because the next fold makes copies of its own.
 */
let copies: WeakSet<object> | undefined;

/** Runs a fold in which only the last state is kept. */
export function growing<Value>(work: () => Value): Value {
  const outer = copies;
  copies = new WeakSet();
  try {
    return work();
  } finally {
    copies = outer;
  }
}

function changeable<Collection extends object, Changeable extends Collection>(
  collection: Collection,
  copyOf: (collection: Collection) => Changeable,
): Changeable {
  if (copies?.has(collection)) return collection as Changeable;
  const copy = copyOf(collection);
  copies?.add(copy);
  return copy;
}

/** The list with further items at its end. */
export function appended<Item>(list: readonly Item[], ...items: readonly Item[]): readonly Item[] {
  const longer = changeable(list, (given): Item[] => [...given]);
  for (const item of items) longer.push(item);
  return longer;
}

/** The list with another item at one place. */
export function replacedAt<Item>(list: readonly Item[], index: number, item: Item): readonly Item[] {
  const changed = changeable(list, (given): Item[] => [...given]);
  changed[index] = item;
  return changed;
}

/** The set with one more item. */
export function withItem<Item>(set: ReadonlySet<Item>, item: Item): ReadonlySet<Item> {
  return set.has(item) ? set : changeable(set, (given) => new Set(given)).add(item);
}

/** The map without a key. */
export function withoutKey<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  if (!map.has(key)) return map;
  const changed = changeable(map, (given) => new Map(given));
  changed.delete(key);
  return changed;
}

/** The map with a value as its last. */
export const withLast = <Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): ReadonlyMap<Key, Value> =>
  changeable(withoutKey(map, key), (given) => new Map(given)).set(key, value);
