import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { isContainer } from '../values/container.ts';
import { containersIn } from '../values/containers-in.ts';
import { faultOfName, isNameTooLong, type Name, nameKey, placesRepeated } from '../values/names.ts';

interface GivenName {
  readonly pointer: string;
  readonly name: Name;
}

const isName = (value: unknown): value is Name =>
  isContainer(value) && typeof value.value === 'string' && typeof value.lang === 'string';

/** What things are called in data, one by one. */
const namesIn = (value: unknown): GivenName[] =>
  [...containersIn(value)].flatMap(({ pointer, value: name }) => (isName(name) ? [{ pointer, name }] : []));

/** The names that stand in a list for the second time. */
const repeatedIn = (value: unknown): GivenName[] =>
  [...containersIn(value)].flatMap(({ pointer, value: list }) =>
    Array.isArray(list) && list.length > 0 && list.every(isName)
      ? placesRepeated(list).map((place) => ({ pointer: `${pointer}/${place}`, name: list[place] as Name }))
      : [],
  );

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
