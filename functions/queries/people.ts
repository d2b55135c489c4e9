import { isContainer } from '../../domain/values/container.ts';
import { committedPerson } from '../../domain/values/person.ts';
import { ProblemError } from '../http/problem.ts';
import { isErased, type Vault } from '../stores/vault.ts';

/** The id of a person, if the value is a committed person as events hold them. */
const personAt = (value: unknown): string | undefined => committedPerson.safeParse(value).data?.person;

function personsIn(value: unknown): string[] {
  if (!isContainer(value)) return [];
  const person = personAt(value);
  return person === undefined ? Object.values(value).flatMap(personsIn) : [person];
}

/**
 * A record's page with the present entry of the vault for each person in it; the vault has no history. The same page when
 * it holds no person.
 */
export async function withNames<Page extends object>(page: Page, vault: Pick<Vault, 'read'>): Promise<Page> {
  const persons = personsIn(page);
  if (persons.length === 0) return page;
  const entries = await vault.read(persons);
  const shown = (person: string) => {
    const entry = entries.get(person);
    if (!entry) return { person };
    return isErased(entry) ? { person, erased: true } : { person, name: entry.name };
  };
  const named = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(named);
    if (!isContainer(value)) return value;
    const person = personAt(value);
    if (person !== undefined) return shown(person);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, named(inner)]));
  };
  return named(page) as Page;
}

/** A person's entry in the vault; name and salt open the commitment in the event. @throws ProblemError 404 */
export async function personOf(id: string, vault: Pick<Vault, 'read'>) {
  const entry = (await vault.read([id])).get(id);
  if (!entry) throw new ProblemError('not-found', `there is no person ${id}`);
  const { record } = entry;
  if (isErased(entry)) return { id, record, erased: true, erasedAt: entry.erasedAt };
  return { id, record, name: entry.name, salt: Buffer.from(entry.salt).toString('base64') };
}
