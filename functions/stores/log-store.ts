import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Backoff } from '../runtime/backoff.ts';
import type { CommitKey } from './commits.ts';
import {
  ANNOUNCED,
  fromMarker,
  fromPage,
  HEAD,
  type Head,
  instantOf,
  NOTHING_SEALED,
  SCAN,
  type TableNames,
} from './log-items.ts';
import { createLogReader } from './log-reader.ts';
import type { LogStep } from './log-step.ts';

/**
 * The log table, which nobody else writes. What holds in it at every moment:
 *
 * - HEAD, pages, markers and the index by instant change only together, in the one transaction of `seal`, on condition
 *   that HEAD is still of the size and root that it had when the transaction was made. So order is made in one place, one at a time:
 *   of two that seal at once, one is cancelled and has to look again.
 * - Positions start at 0 and have no gap: a page begins where the one before ends, and HEAD's size is the last one's.
 * - A commit has a marker if and only if it stands in a page, once; a stream's markers are the first of its commits,
 *   without a gap, because a commit is sealed only with or after its predecessor.
 * - Nothing in a page or marker ever changes. HEAD and the cursor `announced` only grow.
 * - HEAD names the tables that it stands over. A restored table has a new name, so that nothing is sealed, announced or
 *   projected over a history that was taken back (`refusalOf`).
 *
 * The doctor alone may take positions back, while HEAD bears its mark: see log-repair.ts, the other half of this store.
 *
 * Every read is strongly consistent.
 */

export type LogStore = ReturnType<typeof createLogStore>;

export function createLogStore(options: { documents: DynamoDBDocumentClient; table: string; backoff?: Backoff }) {
  const { documents, table } = options;
  const { get, ...reader } = createLogReader(options);

  /**
   * Takes one step of the log, or throws and takes none; when the answer is lost, either. Whoever retries must read
   * HEAD and markers again: they tell what happened.
   */
  async function seal({ before, head, page, markers: sealed }: LogStep): Promise<void> {
    await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          { Update: { TableName: table, Key: HEAD, ...headUpdate(before, head) } },
          { Put: { TableName: table, Item: fromPage(page), ConditionExpression: 'attribute_not_exists(pk)' } },
          // Two steps within one millisecond share the item; the later position stands.
          { Put: { TableName: table, Item: instantOf(page) } },
          ...sealed.map((marker) => ({
            Put: { TableName: table, Item: fromMarker(marker), ConditionExpression: 'attribute_not_exists(pk)' },
          })),
        ],
      }),
    );
  }

  /**
   * From now on nothing is sealed, announced or published, until whoever mends the log clears it. The first reason
   * stands. A log without HEAD, whose table was lost, gets one that stands for nothing.
   */
  async function halt(reason: string, tables: TableNames): Promise<void> {
    const first = headUpdate(undefined, { ...NOTHING_SEALED, tables });
    const names = { '#halted': 'halted' };
    const values = { ':reason': reason };
    const made = await updated({
      Key: HEAD,
      UpdateExpression: `${first.UpdateExpression}, #halted = :reason`,
      ConditionExpression: first.ConditionExpression,
      ExpressionAttributeNames: { ...first.ExpressionAttributeNames, ...names },
      ExpressionAttributeValues: { ...first.ExpressionAttributeValues, ...values },
    });
    if (made) return;
    await updated({
      Key: HEAD,
      UpdateExpression: 'SET #halted = :reason',
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(#halted)',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    });
  }

  /** Updates an item; answers whether its condition held. */
  async function updated(update: Omit<UpdateCommandInput, 'TableName'>): Promise<boolean> {
    try {
      await documents.send(new UpdateCommand({ TableName: table, ...update }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** The next position to announce. */
  const announced = async (): Promise<number> => (await get(ANNOUNCED))?.next ?? 0;

  /** Moves the cursor, if it is where it was; says whether it did. */
  const advanceAnnounced = (from: number, to: number): Promise<boolean> =>
    updated({
      Key: ANNOUNCED,
      UpdateExpression: 'SET #next = :to',
      ConditionExpression: from === 0 ? 'attribute_not_exists(pk) OR #next = :from' : '#next = :from',
      ExpressionAttributeNames: { '#next': 'next' },
      ExpressionAttributeValues: { ':from': from, ':to': to },
    });

  /** Where the scan for commits without a marker goes on; undefined: at the table's beginning. */
  const scanCursor = async (): Promise<CommitKey | undefined> => (await get(SCAN))?.cursor;

  /** Unconditional: two scans at once only look at a slice twice. */
  async function moveScanCursor(cursor: CommitKey | undefined): Promise<void> {
    await documents.send(new PutCommand({ TableName: table, Item: { ...SCAN, cursor } }));
  }

  return { ...reader, seal, halt, announced, advanceAnnounced, scanCursor, moveScanCursor };
}

/** `halted` is somebody else's to set and clear: this update neither reads over it nor touches it. */
function headUpdate(before: Head | undefined, { size, root, frontier, sealedAt, tables }: Head) {
  const values = { ':size': size, ':root': root, ':frontier': frontier, ':sealedAt': sealedAt, ':tables': tables };
  return {
    UpdateExpression:
      'SET #size = :size, #root = :root, #frontier = :frontier, #sealedAt = :sealedAt, #tables = :tables',
    ConditionExpression: before
      ? '#size = :before AND #root = :was AND #tables = :tables AND attribute_not_exists(#halted)'
      : 'attribute_not_exists(pk)',
    ExpressionAttributeNames: {
      '#size': 'size',
      '#root': 'root',
      '#frontier': 'frontier',
      '#sealedAt': 'sealedAt',
      '#tables': 'tables',
      ...(before && { '#halted': 'halted' }),
    },
    ExpressionAttributeValues: { ...values, ...(before && { ':before': before.size, ':was': before.root }) },
  };
}
