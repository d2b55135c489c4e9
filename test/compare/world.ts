import { seeded } from '../support/scheduler.ts';

const ID = /^([a-z-]+)-[a-z2-7]{26}$/;
const STAND_IN = /^[a-z-]+-([a-z])\1{25}$/;
const RECENT = 12;
/** The organizations that histories are about. */
const PARTIES = 6;

export interface Known {
  readonly id: string;
  readonly collection: string;
  version: number;
  /** Which organization stands for the first letter in the histories of this record. */
  turn: number;
}

export type World = ReturnType<typeof createWorld>;

/** What whoever makes commands knows of the registry: its records, from answers, and chance, from the seed. */
export function createWorld(seed: number) {
  const random = seeded(seed);
  const records = new Map<string, Known>();
  const idsByPrefix = new Map<string, string[]>();
  /** The organizations that were opened first by whoever makes commands: all others may be merged, closed, retracted. */
  const parties: string[] = [];

  const below = (limit: number) => Math.floor(random() * limit);
  const chance = (probability: number) => random() < probability;
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  const prefixOf = (id: string) => ID.exec(id)?.[1] ?? '';

  function sawId(id: string): void {
    const ids = idsByPrefix.get(prefixOf(id)) ?? [];
    if (!ids.includes(id)) idsByPrefix.set(prefixOf(id), [...ids, id]);
  }

  function saw(id: string, collection: string, version: number, turn = 0): void {
    const known = records.get(id);
    if (known) known.version = Math.max(known.version, version);
    else records.set(id, { id, collection, version, turn });
    sawId(id);
  }

  /** A record of the collection, mostly one of the last that were opened. */
  function someOf(collection: string): Known | undefined {
    const all = [...records.values()].filter((one) => one.collection === collection && !parties.includes(one.id));
    return pick(chance(0.7) ? all.slice(-RECENT) : all);
  }

  /** The value with real ids in place of those that stand in for any of their kind (`organization-bbbb…`). */
  const withParties = (value: unknown, turn: number): unknown =>
    mapped(value, (text) => {
      const letter = STAND_IN.exec(text)?.[1];
      if (letter === undefined) return text;
      const place = letter.charCodeAt(0) - 'b'.charCodeAt(0) + turn;
      const ids = prefixOf(text) === 'organization' ? parties : (idsByPrefix.get(prefixOf(text)) ?? []);
      return ids[place % Math.min(ids.length, PARTIES)] ?? text;
    });

  /** The value with other records of the same kinds, the same for the same; now and then with one that there is not. */
  function withOthers(value: unknown): unknown {
    const others = new Map<string, string>();
    return mapped(value, (text) => {
      if (!ID.test(text)) return text;
      const ids = prefixOf(text) === 'organization' && chance(0.6) ? parties : (idsByPrefix.get(prefixOf(text)) ?? []);
      const other = chance(0.03) ? `${prefixOf(text)}-${'z'.repeat(26)}` : chance(0.2) ? text : (pick(ids) ?? text);
      if (!others.has(text)) others.set(text, other);
      return others.get(text) as string;
    });
  }

  return { records, parties, idsByPrefix, below, chance, pick, prefixOf, saw, sawId, someOf, withParties, withOthers };
}

/** The value with each of its strings put through `change`. */
export function mapped(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, change)]));
}
