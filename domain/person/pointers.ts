import { type Container, isContainer } from '../values/container.ts';
import { escapePointer } from '../values/ids.ts';

/** Where a command gives a person: what it says there, and the field that is to hold the committed person instead. */
export interface PersonPointer {
  readonly holder: Container;
  readonly field: string;
  readonly given: unknown;
  readonly pointer: string;
}

/** Where one of those who share an award is given. */
const ofRecipient = (recipient: unknown, pointer: string): PersonPointer[] =>
  isContainer(recipient) && Object.hasOwn(recipient, 'person')
    ? [{ holder: recipient, field: 'person', given: recipient.person, pointer: `${pointer}/person` }]
    : personPointers(recipient, pointer);

/**
 * The places of persons in what a command says, also within the patch of a correction: `signatory`, and the `person` of a
 * `recipient` or of one of its `recipients`. Their order does not depend on the order of keys, so two counts agree.
 */
export function personPointers(value: unknown, pointer = ''): PersonPointer[] {
  if (!isContainer(value)) return [];
  return Object.keys(value)
    .sort()
    .flatMap((field): PersonPointer[] => {
      const inner = value[field];
      const at = `${pointer}/${escapePointer(field)}`;
      if (field === 'signatory' && isContainer(inner)) return [{ holder: value, field, given: inner, pointer: at }];
      // A command does not give what events hold in place of a name: a correction states the name again.
      const isPerson = isContainer(inner) && (Object.hasOwn(inner, 'person') || Object.hasOwn(inner, 'commitment'));
      if (field === 'recipient' && isPerson) {
        return [{ holder: value, field, given: inner.person, pointer: `${at}/person` }];
      }
      if (field === 'recipients' && Array.isArray(inner)) {
        return inner.flatMap((one, place) => ofRecipient(one, `${at}/${place}`));
      }
      return personPointers(inner, at);
    });
}

/** The value with something else in the place of each person; the value itself when there is none. */
export function withoutPersons<Value>(value: Value, instead: (place: PersonPointer, number: number) => unknown): Value {
  if (personPointers(value).length === 0) return value;
  const copy = structuredClone(value);
  for (const [number, place] of personPointers(copy).entries()) place.holder[place.field] = instead(place, number);
  return copy;
}
