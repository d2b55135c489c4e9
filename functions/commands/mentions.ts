import type { EventDraft, RegistryEvent } from '../../domain/kernel/event.ts';
import { nameFinder } from '../../domain/person/free-text.ts';
import { withMentions, withoutWords } from '../../domain/person/mentions.ts';
import { personIdsIn, replacePersonIds } from '../../domain/values/ids.ts';
import { mergePatch } from '../../domain/values/merge-patch.ts';
import type { Mention } from '../../domain/values/person.ts';
import { canonical } from '../runtime/canonical.ts';
import { eventText } from '../stores/event-store.ts';
import { TooMuchRead, type UnitOfWork } from '../stores/unit-of-work.ts';
import { isErased, type Person, type Vault, type VaultPut, type Words } from '../stores/vault.ts';
import { commitmentOf, type Salt } from './persons.ts';
import { brokenRules, isRejection, type Rejection } from './rejection.ts';
import type { CommandItem, Submission } from './submission.ts';

/** Persons of records whose names one request's texts are searched for: more than one record can have. */
const MAX_PERSONS = 6_000;

/**
 * A committed person, or whom a mention is of, as canonical JSON has it. No text of an event holds this: quotes are escaped
 * there. A mention tells of persons whom another record of its request named.
 */
const committed = /"commitment":"[0-9a-f]{64}","(?:person|of)":"(person-[a-z2-7]{26})"/g;

const personsIn = (id: string, unit: UnitOfWork): string[] =>
  unit
    .commits(id)
    .flatMap(({ events }) => events)
    .flatMap((event) => Array.from(event.matchAll(committed), ([, person = '']) => person));

/** The records that a command writes to: its own, and the one that it identifies in a cohort. */
const recordsOf = ({ id, data }: CommandItem): string[] => {
  const { record } = data as { readonly record?: string };
  return record === undefined ? [id] : [id, record];
};

/** The persons of the records that a request opens or acts on, as far as the vault has their names. */
async function personsOfRecords({ items }: Submission, unit: UnitOfWork, vault: Vault): Promise<Person[]> {
  const ids = new Set([...new Set(items.flatMap(recordsOf))].flatMap((id) => personsIn(id, unit)));
  if (ids.size > MAX_PERSONS) {
    throw new TooMuchRead(`the records that it acts on name ${ids.size} persons; at most ${MAX_PERSONS} at once`);
  }
  const entries = ids.size > 0 ? await vault.read(ids) : new Map();
  return [...ids].flatMap((id) => {
    const entry = entries.get(id);
    return entry && !isErased(entry) ? [entry] : [];
  });
}

export type Mentions = Awaited<ReturnType<typeof mentionsIn>>;

/**
 * Takes the words by which texts of a request name persons out of its commands: the names that it gives itself, and those
 * that the vault has for the records which it opens or acts on.
 */
export async function mentionsIn(
  submission: Submission,
  unit: UnitOfWork,
  { vault, salt }: { readonly vault: Vault; readonly salt: Salt },
) {
  const { mentionId, persons: given = [] } = submission;
  const there = await personsOfRecords(submission, unit, vault);
  const persons = [...given, ...there];
  const namesIn = nameFinder(persons.map(({ name }) => name));
  const words = new Map<string, Words>();
  const mentions = new Map<string, Omit<Mention, 'at'>>();
  const leftOut = new Set<string>();

  /** The command without these words; it is decided so. */
  function without(item: CommandItem): CommandItem | Rejection {
    const idOf = (at: string, number: number) => mentionId(item.pointer + at, number);
    const found = withoutWords(item.definition, item.data, unit.record(item.id), { namesIn, idOf });
    if (found.refusals.length > 0) return brokenRules(found.refusals, item.pointer);
    for (const { id, name, words: said, at } of found.words) {
      const of = (persons[name] as Person).id;
      const entry = { id, name: said, salt: salt(), record: item.id, of };
      words.set(id, entry);
      mentions.set(id, { person: id, of, commitment: commitmentOf(entry) });
      leftOut.add(item.pointer + at);
    }
    return found.words.length > 0 ? { ...item, data: found.data } : item;
  }

  /** The command without these words, unless it is a correction that changes nothing: this can be told with the words alone. */
  async function aside(item: CommandItem): Promise<CommandItem | Rejection> {
    const decided = without(item);
    return decided !== item && !isRejection(decided) && (await changesNothing(item, unit, vault)) ? NO_CHANGE : decided;
  }

  const of = (person: Person): Words[] => [...words.values()].filter((entry) => entry.of === person.id);

  return {
    aside,
    /** The events that a command causes, with the mentions in them. */
    marked: (drafts: readonly EventDraft[]): EventDraft[] =>
      drafts.map((draft) => ({ ...draft, data: withMentions(draft.data, mentions) })),
    /** UTF-8 bytes of an event as its texts were submitted. */
    bytesSaid: (event: RegistryEvent): number =>
      Buffer.byteLength(
        words.size === 0
          ? eventText(event)
          : replacePersonIds(eventText(unmarked(event)), (id) => words.get(id)?.name ?? id),
      ),
    /** What the vault is to keep. */
    puts: (): VaultPut[] => [
      ...given.flatMap((person) => vault.keep(person, of(person))),
      ...(words.size === 0 ? [] : there.flatMap((person) => vault.mention(person, of(person)))),
    ],
    /** The places of the texts that mention persons, in the body. */
    leftOut: (): ReadonlySet<string> => leftOut,
  };
}

const NO_CHANGE = brokenRules([{ rule: 'no-change', pointer: '/set', detail: 'the event says so already' }]);

/** Whether a correction says what the event that it corrects says with the words of the vault. */
async function changesNothing({ id, data }: CommandItem, unit: UnitOfWork, vault: Vault): Promise<boolean> {
  const { corrects, set } = data as { readonly corrects?: unknown; readonly set?: unknown };
  const event = unit.record(id)?.events.find(({ streamversion }) => streamversion === corrects);
  if (set === undefined || !event) return false;
  const text = canonical(event.data);
  const entries = await vault.read(personIdsIn(text));
  const wordsOf = (one: string): string => {
    const entry = entries.get(one);
    return entry?.of === undefined || isErased(entry) ? one : entry.name;
  };
  const said = JSON.parse(text, (_, value) => (typeof value === 'string' ? replacePersonIds(value, wordsOf) : value));
  return canonical(mergePatch(said, set)) === canonical(said);
}

function unmarked(event: RegistryEvent): RegistryEvent {
  const { mentions: _, ...data } = event.data as { readonly mentions?: unknown };
  return { ...event, data };
}
