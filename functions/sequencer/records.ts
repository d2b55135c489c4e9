import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Alarm } from '../runtime/alarms.ts';
import { type Commit, keyText } from '../stores/commits.ts';

/**
 * The commits that a batch of stream records tells of. Nothing ever changes or deletes a commit, so any record but an
 * INSERT raises the tamper alarm, with what stood there.
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

  /** Lowest first: from there on the event source delivers again. */
  const sequenceNumbersOf = (keys: Set<string>): string[] =>
    numbers
      .filter(({ key }) => keys.has(key))
      .map(({ number }) => number)
      .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));

  return { batch, sequenceNumbersOf };
}

/** Numbers that JavaScript cannot hold are rounded: no commit has one, and one odd item must not stop a whole batch. */
const read = (image: object): Partial<Commit> =>
  unmarshall(image as Record<string, AttributeValue>, { wrapNumbers: Number });
