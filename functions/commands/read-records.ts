import { FOLLOWED } from '../../domain/bounds.ts';
import type { Actor } from '../../domain/kernel/aggregate.ts';
import { finalOf, idsOf, knownTo } from '../../domain/record/merges.ts';
import { wholesOf } from '../../domain/record/rights.ts';
import { referencesIn } from '../../domain/values/ids.ts';
import { MAX_REFERENCES } from '../http/limits.ts';
import { reservationStream } from '../runtime/ids.ts';
import type { ReadWork } from '../stores/unit-of-work.ts';
import { readMerges } from './merges.ts';
import type { Rejection } from './rejection.ts';
import { holderIn } from './reservations.ts';
import type { CommandItem } from './submission.ts';

const clientStream = (client: string) => reservationStream({ kind: 'client', key: client });

/**
 * Reads everything that the rules look at: the records of the commands, the records that these refer to, their ceremonies,
 * and the client's appointment.
 */
export async function readRecords(
  items: readonly CommandItem[],
  client: string,
  unit: ReadWork,
): Promise<Rejection | undefined> {
  const references = new Set(items.flatMap(({ data }) => referencesIn(data).map(({ id }) => id)));
  if (references.size > MAX_REFERENCES) {
    const detail = `${references.size} records are referred to; at most ${MAX_REFERENCES}`;
    return { rejected: 'request', rule: 'cap-references', detail };
  }
  await unit.read([clientStream(client), ...references, ...items.map(({ id }) => id)]);
  await unit.read(items.flatMap((item) => recordsJudgedBy(item, unit)));
  await readMerges(unit);
  await followRelations(items, unit);
  await unit.read(items.flatMap((item) => idsInWordsOf(item, unit)));
  await readWholes([...references, ...items.map(({ id }) => id)], unit);
  return undefined;
}

/** Reads where the rules of commands follow relations to. Beyond the bound they are refused where it matters. */
async function followRelations(items: readonly CommandItem[], unit: ReadWork): Promise<void> {
  const followed = new Set<string>();
  for (;;) {
    const missing = items
      .flatMap(({ definition, data, id }) => definition.follows?.(data, unit.record(id)?.state, unit.record) ?? [])
      .filter((id) => !followed.has(id));
    const some = [...new Set(missing)].slice(0, FOLLOWED - followed.size);
    if (some.length === 0) return;
    await unit.read(some);
    for (const id of some) followed.add(id);
  }
}

/** Reads what the rights on these records follow from, and the client's appointment. */
export async function readTargets(ids: readonly string[], client: string, unit: ReadWork): Promise<void> {
  await unit.read([clientStream(client), ...ids]);
  await readMerges(unit);
  await readWholes(ids, unit);
}

/** Records that the rules of an act look at without its data naming them; for a correction, those that the history names. */
function recordsJudgedBy({ definition, data, id }: CommandItem, unit: ReadWork): readonly string[] {
  const record = unit.record(id);
  if (!record) return [];
  const concerned = definition.concerns?.(data, record.state);
  const history = definition.judgesHistory ? referencesIn(record.events.map((event) => event.data)) : [];
  return [
    ...(record.aggregate.reads?.(record.state) ?? []),
    ...(definition.reads?.(data, record.state as object, unit.record) ?? []),
    ...(concerned === undefined ? [] : [concerned]),
    ...history.slice(0, MAX_REFERENCES).map(({ id: named }) => named),
  ];
}

/** The ids under which the record of an act knows the organizations that the act names: rules see these (`inWordsOf`). */
function idsInWordsOf({ data, id }: CommandItem, unit: ReadWork): readonly string[] {
  const known = knownTo(unit.record(id));
  const named = new Set(referencesIn(data).flatMap((reference) => idsOf(reference.id, unit.record)));
  return [...named].filter((one) => known.has(one));
}

/** Reads what these records happened at or belong to, up to the top: the hosts of a whole are hosts of its parts. */
async function readWholes(
  ids: readonly string[],
  unit: ReadWork,
  seen: ReadonlySet<string> = new Set(),
): Promise<void> {
  const wholes = ids.flatMap((id) => {
    const record = unit.record(id);
    return record ? wholesOf(record).filter((whole) => !seen.has(whole)) : [];
  });
  if (wholes.length === 0) return;
  await unit.read(wholes);
  await readWholes(wholes, unit, new Set([...seen, ...wholes]));
}

/**
 * The client, and the organization that the register says it acts for. The client's stream may have been read before a
 * merge of that organization and the organization's own stream after it, so merges are followed here too.
 */
export async function readActor(client: string, unit: ReadWork): Promise<Actor> {
  const holder = holderIn(unit, clientStream(client));
  if (holder === undefined) return { client };
  await unit.read([holder]);
  await readMerges(unit);
  return { client, organization: finalOf(holder, unit.record) };
}
