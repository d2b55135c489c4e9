import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { slicesOf } from '../../domain/values/lists.ts';
import { type Backoff, RetryableError, retry } from '../runtime/backoff.ts';

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
  backoff: Backoff,
): Promise<Item[]> {
  const slices = slicesOf(keys, KEYS_PER_CALL);
  return (await Promise.all(slices.map((slice) => getSlice(documents, table, slice, backoff)))).flat();
}

async function getSlice(documents: DynamoDBDocumentClient, table: string, keys: Item[], backoff: Backoff) {
  const found: Item[] = [];
  let left = keys;
  const getLeft = async (): Promise<Item[]> => {
    const answer = await documents.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
    );
    found.push(...(answer.Responses?.[table] ?? []));
    left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (left.length === 0) return found;
    throw new RetryableError(`${table}: ${left.length} keys were still unprocessed after ${ATTEMPTS} attempts`);
  };
  return retry(getLeft, { attempts: ATTEMPTS, backoff, progress: () => keys.length - left.length });
}
