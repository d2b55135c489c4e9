import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { slicesOf } from '../../domain/values/lists.ts';
import { type Backoff, RetryableError, retry } from '../runtime/backoff.ts';

type Item = Record<string, unknown>;

/** AWS limit of BatchGetItem. */
const KEYS_PER_CALL = 100;
const ATTEMPTS = 10;

/**
 * Reads any number of items by their keys, which must differ, strongly consistently. The items have no order; absent
 * ones are left out. BatchGetItem returns 16 MB at most, and less when it is throttled: unprocessed keys are requested
 * again, and never taken for absent items.
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
