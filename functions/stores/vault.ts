import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Backoff, fullJitter } from '../runtime/backoff.ts';
import { batchGet } from './batch-get.ts';

/**
 * The people table: the only place that holds names of persons. It has no stream and no point-in-time recovery, so an
 * erased name is gone.
 *
 * - A name is put together with the event that holds the person's id, on condition that the key has neither a name nor
 *   a tombstone: no retry brings an erased name back.
 * - An erasure replaces the name by a tombstone, together with the event that records the erasure.
 * - A put never returns the existing item when its condition fails, because errors are logged.
 */

/** A person and the name that goes into the vault. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** 32 bytes: the key of the commitment that the event holds. */
  readonly salt: Uint8Array;
  /** The record whose event holds the person's id. */
  readonly record: string;
}

/** What the vault has of a person. */
export type VaultEntry = Person | Tombstone;
interface Tombstone extends Pick<Person, 'id' | 'record'> {
  readonly erasedAt: string;
}
export const isErased = (entry: VaultEntry): entry is Tombstone => 'erasedAt' in entry;

declare const ofVault: unique symbol;

/** A put that the event store writes together with a commit. Only a vault makes one. */
export interface VaultPut {
  readonly [ofVault]: true;
  readonly TableName: string;
  readonly Item: Record<string, unknown>;
  readonly ConditionExpression: string;
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

  const put = ({ id, ...entry }: VaultEntry, ConditionExpression: string) =>
    ({ TableName: table, Item: { pk: id, ...entry }, ConditionExpression }) as unknown as VaultPut;

  const keep = (person: Person): VaultPut => put(person, 'attribute_not_exists(pk)');
  const erase = ({ id, record }: Person, erasedAt: string): VaultPut =>
    put({ id, record, erasedAt }, 'attribute_exists(pk) AND attribute_not_exists(erasedAt)');

  return { read, keep, erase };
}
