import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Backoff } from '../runtime/backoff.ts';

type Item = Record<string, unknown>;

/** AWS limit of BatchGetItem. */
const KEYS_PER_CALL = 100;
const ATTEMPTS = 10;

/**
 * Strongly consistent reads of any number of items by their keys, which must differ; in no order, absent items left
 * out. BatchGetItem answers with 16 MB at most and with less when it is throttled: what it leaves unprocessed is asked
 * for again, and never taken for absent.
 */
export async function batchGet(
  documents: DynamoDBDocumentClient,
  table: string,
  keys: readonly Item[],
  pause: Backoff,
): Promise<Item[]> {
  const chunks: Item[][] = [];
  for (let at = 0; at < keys.length; at += KEYS_PER_CALL) chunks.push(keys.slice(at, at + KEYS_PER_CALL));
  return (await Promise.all(chunks.map((chunk) => getChunk(documents, table, chunk, pause)))).flat();
}

async function getChunk(documents: DynamoDBDocumentClient, table: string, keys: Item[], pause: Backoff) {
  const found: Item[] = [];
  let left = keys;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const answer = await documents.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
    );
    found.push(...(answer.Responses?.[table] ?? []));
    const unprocessed = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (unprocessed.length === 0) return found;
    if (unprocessed.length < left.length) attempt = 0;
    left = unprocessed;
    await pause(attempt + 1);
  }
  throw new Error(`${table}: ${left.length} keys were still unprocessed after ${ATTEMPTS} attempts`);
}
