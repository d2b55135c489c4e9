import { createHmac } from 'node:crypto';
import { faultsOf, parsedBy } from '../../domain/kernel/faults.ts';
import { withoutPersons } from '../../domain/person/pointers.ts';
import { type CommittedPerson, namedPerson } from '../../domain/values/person.ts';
import type { Fault } from '../http/problem.ts';
import { recordIdOf } from '../runtime/ids.ts';
import type { Person } from '../stores/vault.ts';
import type { CommandItem, Submission } from './submission.ts';

/** 32 random bytes. */
export type Salt = () => Uint8Array;

/** HMAC-SHA-256 over the name's UTF-8 bytes, keyed with the salt, in hexadecimal. */
export const commitmentOf = ({ name, salt }: Pick<Person, 'name' | 'salt'>): string =>
  createHmac('sha256', salt).update(name).digest('hex');

/**
 * The submission with each name replaced by a committed person, and the names listed apart. The id of its i-th person is
 * derived from (commandId, i), like the ids of its records.
 */
export function withNamesAside(submission: Submission, salt: Salt): Submission {
  if (submission.faults) return submission;
  const persons: Person[] = [];
  const faults: Fault[] = [];

  const commit = (given: unknown, pointer: string, record: string): CommittedPerson | undefined => {
    // Schemas have validated it except in the patch of a correction, which may be any JSON.
    const parsed = parsedBy(namedPerson, given);
    if (!parsed.success) {
      faults.push(...faultsOf(parsed.error.issues, pointer));
      return undefined;
    }
    const person = {
      id: recordIdOf('person', submission.commandId, persons.length),
      name: parsed.data.name,
      salt: salt(),
      record,
    };
    persons.push(person);
    return { person: person.id, commitment: commitmentOf(person) };
  };

  const items = submission.items.map((item): CommandItem => {
    const data = withoutPersons(item.data, ({ given, pointer }) => commit(given, item.pointer + pointer, item.id));
    return { ...item, data };
  });
  return faults.length > 0 ? { ...submission, faults } : { ...submission, items, persons };
}
