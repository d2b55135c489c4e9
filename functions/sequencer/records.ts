import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Alarm } from '../runtime/alarms.ts';
import { type Commit, keyText } from '../stores/commits.ts';

/**
 * The commits in a batch of stream records. Commits are never changed or deleted, so any record but an INSERT raises
 * the tamper alarm, with the item as it was.
 */
export function commitsOf(records: readonly DynamoDBRecord[], alarm: Alarm) {
  const batch: Partial<Commit>[] = [];
  const numbers: { key: string; number: string }[] = [];
  for (const { eventName, dynamodb } of records) {
    if (eventName !== 'INSERT') {
      alarm('TamperAlarm', `${eventName} of a commit`, { keys: dynamodb?.Keys, stoodThere: dynamodb?.OldImage });
      continue;
    }
    const item = read(dynamodb?.NewImage ?? dynamodb?.Keys ?? {});
    batch.push(item);
    numbers.push({ key: keyText(item as Commit), number: dynamodb?.SequenceNumber ?? '' });
  }

  /** Lowest first: the event source delivers again from there on. */
  const sequenceNumbersOf = (keys: Set<string>): string[] =>
    numbers
      .filter(({ key }) => keys.has(key))
      .map(({ number }) => number)
      .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));

  return { batch, sequenceNumbersOf };
}

/** Rounds numbers that JavaScript cannot hold: no commit has one, and one such item must not stop a whole batch. */
const read = (image: object): Partial<Commit> =>
  unmarshall(image as Record<string, AttributeValue>, { wrapNumbers: Number });
