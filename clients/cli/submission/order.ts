import { aggregateOf, referencesIn } from '../../../domain/values/ids.ts';
import type { Entry, Named } from './entries.ts';

/** What an act may be judged by: the records that it names, what these belong to, and once more what those belong to. */
const STEPS = 2;
/** Of records that one command is judged by. */
const MOST_RECORDS = 500;

export interface Order {
  /** The commands in the order of the file, but each behind those that give the names which it uses. */
  readonly entries: readonly Entry[];
  /** Those that wait for one another, so that none of them can be sent. */
  readonly rings: ReadonlySet<Entry>;
  /** Those of the same file that it has to be sent after. */
  after(entry: Entry): readonly Entry[];
}

export type LineOrdering = ReturnType<typeof createOrdering>;

/**
 * The order that commands have to keep among themselves so that each is judged as if they were sent one by one. Files are
 * added one after the other.
 */
export function createOrdering() {
  const keys = createRecordKeys();
  const stands = new Map<Entry, readonly Entry[]>();
  const places = new Map<Entry, number>();
  const writer = new Map<string, Entry>();
  const readers = new Map<string, Set<Entry>>();
  /** What the commands that wrote to a record refer to. */
  const about = new Map<string, Set<string>>();

  /** Notes what a command reads and writes; the commands before it that write what it reads, or read what it writes. */
  function note(entry: Entry): { on: Set<Entry>; reading: Entry[] } {
    const { written, named } = keys.of(entry);
    const read = around([...written, ...named], about);
    const on = new Set([...read].flatMap((key) => writer.get(key) ?? []));
    const reading = written.flatMap((key) => [...(readers.get(key) ?? [])]);
    for (const key of read) readers.set(key, (readers.get(key) ?? new Set()).add(entry));
    for (const key of written) {
      writer.set(key, entry);
      readers.delete(key);
      about.set(key, new Set([...(about.get(key) ?? []), ...named]));
    }
    stands.set(entry, [...on]);
    places.set(entry, places.size);
    return { on, reading };
  }

  function add(given: readonly Entry[]): Order {
    const { entries, rings } = inOrderOfNames(given);
    const own = new Set(entries);
    const waits = new Map<Entry, readonly Entry[]>();
    let barrier: Entry | undefined;
    let since: Entry[] = [];
    for (const entry of entries) {
      const { on, reading } = note(entry);
      // A registrar's command may change whom others speak for: it is sent alone.
      const isAlone = entry.meant?.definition.scope === 'registry/registrar';
      const before = isAlone ? since : [...on, ...reading];
      waits.set(
        entry,
        [...new Set(barrier ? [barrier, ...before] : before)].filter((one) => own.has(one)),
      );
      if (isAlone) [barrier, since] = [entry, []];
      else since.push(entry);
    }
    return { entries, rings, after: (entry) => waits.get(entry) ?? [] };
  }

  return {
    add,
    /** Those before it that open or change what it is judged by. */
    standsOn: (entry: Entry): readonly Entry[] => stands.get(entry) ?? [],
    /** Its place among all. */
    placeOf: (entry: Entry): number => places.get(entry) ?? 0,
  };
}

function inOrderOfNames(given: readonly Entry[]): Pick<Order, 'entries' | 'rings'> {
  const entries = new Set<Entry>();
  const rings = new Set<Entry>();
  const own = new Set(given);
  const open: Entry[] = [];
  function visit(entry: Entry): void {
    if (entries.has(entry) || !own.has(entry)) return;
    const ring = open.indexOf(entry);
    if (ring >= 0) for (const one of open.slice(ring)) rings.add(one);
    if (ring >= 0) return;
    open.push(entry);
    for (const named of entry.uses.values()) if (named?.by) visit(named.by);
    open.pop();
    entries.add(entry);
  }
  for (const entry of given) visit(entry);
  return { entries: [...entries], rings };
}

/** These keys and those within `STEPS` of them. */
function around(keys: readonly string[], about: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const all = new Set(keys);
  let outer: readonly string[] = [...all];
  for (let step = 0; step < STEPS; step += 1) {
    outer = outer.flatMap((key) => [...(about.get(key) ?? [])]).filter((key) => !all.has(key));
    for (const key of outer) if (all.size < MOST_RECORDS) all.add(key);
  }
  return all;
}

/** Tells records apart of which some have no id yet. */
function createRecordKeys() {
  const numbers = new Map<Named, string>();
  const numbered = (named: Named): string => {
    const number = numbers.get(named) ?? `#${numbers.size}`;
    numbers.set(named, number);
    return number;
  };

  function ofNamed(named: Named): string {
    if (named.id !== undefined) return named.id;
    const { by } = named;
    const target = by && targetOf(by);
    if (target !== undefined && target !== named) return typeof target === 'string' ? target : ofNamed(target);
    return (by && identityOf(by)) ?? numbered(named);
  }

  const targetOf = ({ command: { target, as }, uses, names }: Entry): string | Named | undefined => {
    if (!target?.startsWith('#')) return target;
    const name = target.slice(1);
    return name === as ? names : uses.get(name);
  };

  /** Of a record that is the only one of its kind, such as the membership of an organization in a body. */
  function identityOf({ command, meant, naming, uses }: Entry): string | undefined {
    if (meant?.definition.act !== undefined || !meant?.aggregate.identity) return undefined;
    const used = new Map([...uses].map(([name, named]) => [name, named ? ofNamed(named) : '']));
    const { data } = naming.withIds(command, new Map(), used);
    return JSON.stringify([meant.aggregate.name, ...meant.aggregate.identity(data)]);
  }

  /** The records that a command writes to, and the others that it names. */
  function of(entry: Entry): { written: string[]; named: string[] } {
    const target = targetOf(entry);
    const opened = target === undefined ? (identityOf(entry) ?? (entry.names && numbered(entry.names))) : undefined;
    const acted = target !== undefined && (typeof target === 'string' ? target : ofNamed(target));
    const used = [...entry.uses.values()].flatMap((named) => (named ? [ofNamed(named)] : []));
    const literal = referencesIn(entry.command.data).map(({ id }) => id);
    return {
      written: [opened, acted].filter((key) => typeof key === 'string'),
      named: [...used, ...literal.filter((id) => aggregateOf(id) !== undefined)],
    };
  }

  return { of };
}
