/** A binary heap: of what was put into it and not yet taken, the first is found at once. */
export interface Heap<Item> {
  readonly first: () => Item | undefined;
  readonly put: (item: Item) => void;
  readonly takeFirst: () => Item | undefined;
}

export function heapOf<Item>(comesBefore: (one: Item, other: Item) => boolean): Heap<Item> {
  const items: Item[] = [];
  const at = (place: number) => items[place] as Item;

  function put(item: Item): void {
    let place = items.length;
    for (; place > 0; ) {
      const above = (place - 1) >> 1;
      if (!comesBefore(item, at(above))) break;
      items[place] = at(above);
      place = above;
    }
    items[place] = item;
  }

  function takeFirst(): Item | undefined {
    const first = items[0];
    const moved = items.pop() as Item;
    if (items.length === 0) return first;
    let place = 0;
    for (let below = 1; below < items.length; below = 2 * place + 1) {
      if (below + 1 < items.length && comesBefore(at(below + 1), at(below))) below += 1;
      if (!comesBefore(at(below), moved)) break;
      items[place] = at(below);
      place = below;
    }
    items[place] = moved;
    return first;
  }

  return { first: () => items[0], put, takeFirst };
}
