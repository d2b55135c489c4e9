import type { VaultAnswer } from '../../domain/answers/lists.ts';
import { LEFT_OUT, rewritten, type TellText } from '../../domain/person/words-left-out.ts';
import { personIdsIn, replacePersonIds } from '../../domain/values/ids.ts';
import { committedPerson } from '../../domain/values/person.ts';
import { ProblemError } from '../http/problem.ts';
import { isErased, type Vault, type VaultEntry } from '../stores/vault.ts';

/** The id of a person, if the value is a committed person as events hold them. */
const personAt = (value: unknown): string | undefined => committedPerson.safeParse(value).data?.person;

/** The persons in a value, and the ids that stand within its texts. */
function idsIn(value: unknown): { persons: Set<string>; words: Set<string> } {
  const [persons, words] = [new Set<string>(), new Set<string>()];
  rewritten(
    value,
    (text) => {
      for (const id of personIdsIn(text)) words.add(id);
      return text;
    },
    (container) => {
      const person = personAt(container);
      if (person !== undefined) persons.add(person);
      return person;
    },
  );
  return { persons, words };
}

/** A text with the words of the vault. An id that is not one of words stays: texts of earlier releases may hold one. */
const joined =
  (entries: ReadonlyMap<string, VaultEntry>): TellText =>
  (text) =>
    replacePersonIds(text, (id) => {
      const entry = entries.get(id);
      if (entry?.of === undefined) return id;
      return isErased(entry) ? LEFT_OUT : entry.name;
    });

/**
 * A record's page with the present entry of the vault for each person in it, and the words that mention persons; the vault
 * has no history. The same page when it holds neither.
 */
export async function withNames<Page extends object>(page: Page, vault: Pick<Vault, 'read'>): Promise<Page> {
  const { persons, words } = idsIn(page);
  if (persons.size + words.size === 0) return page;
  const entries = await vault.read([...persons, ...words]);
  return rewritten(page, joined(entries), (container) => {
    const person = personAt(container);
    if (person === undefined) return undefined;
    const entry = entries.get(person);
    if (!entry) return { person };
    return isErased(entry) ? { person, erased: true } : { person, name: entry.name };
  }) as Page;
}

/** A page of a record's history with the words that mention persons; the persons themselves stay as the events hold them. */
export async function withWords<Page extends object>(page: Page, vault: Pick<Vault, 'read'>): Promise<Page> {
  const { words } = idsIn(page);
  return words.size === 0 ? page : (rewritten(page, joined(await vault.read(words))) as Page);
}

/** An entry of the vault: name and salt open the commitment in the event. @throws ProblemError 404 */
export async function personOf(id: string, vault: Pick<Vault, 'read'>): Promise<VaultAnswer> {
  const entry = (await vault.read([id])).get(id);
  if (!entry) throw new ProblemError('not-found', `there is no person ${id}`);
  const { record, of } = entry;
  const known = { id, record, ...(of !== undefined && { of }) };
  if (isErased(entry)) return { ...known, erased: true, erasedAt: entry.erasedAt };
  return { ...known, name: entry.name, salt: Buffer.from(entry.salt).toString('base64') };
}
