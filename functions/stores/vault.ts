import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { slicesOf } from '../../domain/values/lists.ts';
import { type Backoff, fullJitter } from '../runtime/backoff.ts';
import { batchGet } from './batch-get.ts';

/**
 * The people table: the only place that holds names of persons, and words that mention them. It has no stream and no
 * point-in-time recovery, so an erased name is gone.
 *
 * - A name is put together with the event that holds the person's id, on condition that the key has neither a name nor
 *   a tombstone: no retry brings an erased name back. So are words that mention a person.
 * - A person's entry leads to all mentions. It is put together with them on condition that it has neither become a
 *   tombstone nor changed since it was read, so that an erasure misses none.
 * - An erasure replaces the name by a tombstone, together with the event that records the erasure, and with it all words
 *   that mention the person.
 * - A put never returns the existing item when its condition fails, because errors are logged.
 */

interface Entry {
  readonly id: string;
  /** The record whose event holds the id. */
  readonly record: string;
  /** Of words: the person whom they name. */
  readonly of?: string;
  /** Of a person: how many words mention it, and the last of them. */
  readonly mentioned?: number;
  readonly mentions?: readonly string[];
  /** The words whose entry has `mentions` and `earlier` as those of the person were before. */
  readonly earlier?: string;
}

/** A person and the name that goes into the vault, or words that mention one. */
export interface Person extends Entry {
  readonly name: string;
  /** 32 bytes: the key of the commitment that the event holds. */
  readonly salt: Uint8Array;
}

/** Words that mention a person. */
export type Words = Person & { readonly of: string };

/** What the vault has under an id. */
export type VaultEntry = Person | Tombstone;
interface Tombstone extends Entry {
  readonly erasedAt: string;
}
export const isErased = (entry: VaultEntry): entry is Tombstone => 'erasedAt' in entry;

/** The mentions that an entry lists, at most, beside those of one more request: what it lists is written again with each. */
const LISTED = 100;

/** Mentions that are erased in the transaction of the event: the others are just before. */
const ERASED_TOGETHER = 98;
const ERASED_AT_ONCE = 25;

declare const ofVault: unique symbol;

/** A put that the event store writes together with a commit. Only a vault makes one. */
export interface VaultPut {
  readonly [ofVault]: true;
  readonly TableName: string;
  readonly Item: Record<string, unknown>;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

export type Vault = ReturnType<typeof createVault>;

export function createVault(options: { documents: DynamoDBDocumentClient; table: string; backoff?: Backoff }) {
  const { documents, table, backoff = fullJitter() } = options;

  /** The entries of these persons, by id; those that do not exist are left out. */
  async function read(ids: Iterable<string>): Promise<Map<string, VaultEntry>> {
    const keys = [...new Set(ids)].map((pk) => ({ pk }));
    const items = await batchGet(documents, table, keys, backoff);
    return new Map(items.map(({ pk, ...entry }) => [pk as string, { id: pk, ...entry } as VaultEntry]));
  }

  const put = ({ id, ...entry }: VaultEntry, condition: string, values?: Record<string, unknown>): VaultPut =>
    ({
      TableName: table,
      Item: { pk: id, ...entry },
      ConditionExpression: condition,
      ...(values && { ExpressionAttributeValues: values }),
    }) as unknown as VaultPut;

  /** Puts an entry in place of one that was read, and is no tombstone since. */
  const replace = (entry: VaultEntry, { mentioned }: Entry): VaultPut => {
    const there = 'attribute_exists(pk) AND attribute_not_exists(erasedAt)';
    return mentioned === undefined
      ? put(entry, `${there} AND attribute_not_exists(mentioned)`)
      : put(entry, `${there} AND mentioned = :mentioned`, { ':mentioned': mentioned });
  };

  const add = (person: Person): VaultPut => put(person, 'attribute_not_exists(pk)');

  /** Keeps a new person, and the words that mention it. */
  const keep = (person: Person, words: readonly Words[] = []): VaultPut[] =>
    [words.length > 0 ? mentionedBy(person, words) : person, ...words].map(add);

  /** Keeps more words that mention a person who is there. */
  function mention(person: Person, words: readonly Words[]): VaultPut[] {
    const [first, ...others] = words;
    if (!first) return [];
    const { mentions, earlier } = person;
    if (!mentions || mentions.length < LISTED) return [replace(mentionedBy(person, words), person), ...words.map(add)];
    const list = { mentions, ...(earlier !== undefined && { earlier }) };
    const begun = mentionedBy({ ...person, mentions: [], earlier: first.id }, words);
    return [replace(begun, person), add({ ...first, ...list }), ...others.map(add)];
  }

  /** All words that mention a person and are not erased yet. */
  async function mentionsOf({ mentions = [], earlier }: VaultEntry): Promise<Words[]> {
    const words: Words[] = [];
    for (let [listed, next] = [mentions, earlier]; listed.length > 0; ) {
      const entries = await read(next === undefined ? listed : [...listed, next]);
      for (const id of listed) {
        const entry = entries.get(id);
        if (entry && !isErased(entry)) words.push(entry as Words);
      }
      const before = entries.get(next ?? '');
      [listed, next] = [before?.mentions ?? [], before?.earlier];
    }
    return words;
  }

  function tombstone(entry: Person, erasedAt: string): VaultPut {
    const { name: _, salt: __, ...rest } = entry;
    return replace({ ...rest, erasedAt }, entry);
  }

  /** Erases a person together with an event, and with it the words that mention the person. */
  const erase = (person: Person, words: readonly Words[], erasedAt: string): VaultPut[] =>
    [person, ...words.slice(0, ERASED_TOGETHER)].map((entry) => tombstone(entry, erasedAt));

  /** Erases those of the words that do not fit beside an event. Who does it again finds fewer. */
  async function eraseBefore(words: readonly Words[], erasedAt: string): Promise<void> {
    for (const some of slicesOf(words.slice(ERASED_TOGETHER), ERASED_AT_ONCE)) {
      await Promise.all(some.map((entry) => eraseAlone(tombstone(entry, erasedAt))));
    }
  }

  const eraseAlone = (one: VaultPut) =>
    documents.send(new PutCommand(one)).catch((error: Error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error;
    });

  return { read, keep, mention, mentionsOf, erase, eraseBefore };
}

const mentionedBy = (person: Person, words: readonly Words[]): Person => ({
  ...person,
  mentioned: (person.mentioned ?? 0) + words.length,
  mentions: [...(person.mentions ?? []), ...words.map(({ id }) => id)],
});
