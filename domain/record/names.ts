import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { isContainer } from '../values/container.ts';
import { escapePointer } from '../values/ids.ts';
import { faultOfName, isNameTooLong, type Name, nameKey, placesRepeated } from '../values/names.ts';

interface GivenName {
  readonly pointer: string;
  readonly name: Name;
}

const isName = (value: unknown): value is Name =>
  isContainer(value) && typeof value.value === 'string' && typeof value.lang === 'string';

/** What things are called in data, one by one. */
function namesIn(value: unknown, pointer = ''): GivenName[] {
  if (!isContainer(value)) return [];
  if (isName(value)) return [{ pointer, name: value }];
  return Object.entries(value).flatMap(([key, inner]) => namesIn(inner, `${pointer}/${escapePointer(key)}`));
}

/** The names that stand in a list for the second time. */
function repeatedIn(value: unknown, pointer = ''): GivenName[] {
  if (!isContainer(value)) return [];
  if (Array.isArray(value) && value.length > 0 && value.every(isName)) {
    return placesRepeated(value).map((place) => ({ pointer: `${pointer}/${place}`, name: value[place] as Name }));
  }
  return Object.entries(value).flatMap(([key, inner]) => repeatedIn(inner, `${pointer}/${escapePointer(key)}`));
}

function refusalOf({ pointer, name: { value } }: GivenName): Refusal[] {
  const at = `${pointer}/value`;
  const fault = faultOfName(value);
  if (fault !== undefined) return [{ rule: 'name-malformed', pointer: at, detail: `the name holds ${fault}` }];
  if (!isNameTooLong(value)) return [];
  return [{ rule: 'cap-name-characters', pointer: at, detail: 'a name has at most 500 characters' }];
}

/**
 * What speaks against the names that a command gives. What the record bears, or once bore, may be named as it is: to end
 * it, or to correct what stands beside it.
 */
export function nameFaults(data: object, record?: Pick<FoldedRecord, 'events'>): Refusal[] {
  const faults = namesIn(data).flatMap((given) => refusalOf(given).map((refusal) => ({ refusal, given })));
  const repeated = repeatedIn(data);
  if (faults.length + repeated.length === 0) return [];
  const events = (record?.events ?? []).map((event) => event.data);
  const values = new Set(namesIn(events).map(({ name }) => name.value));
  const twice = new Set(repeatedIn(events).map(({ name }) => nameKey(name)));
  return [
    ...faults.filter(({ given }) => !values.has(given.name.value)).map(({ refusal }) => refusal),
    ...repeated
      .filter(({ name }) => !twice.has(nameKey(name)))
      .map(({ pointer }): Refusal => ({ rule: 'name-repeated', pointer, detail: 'the name stands here twice' })),
  ];
}
