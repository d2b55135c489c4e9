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
  SEALING,
  type SealingNote,
  type TableNames,
} from './log-items.ts';
import { createLogReader } from './log-reader.ts';
import type { LogStep } from './log-step.ts';

/**
 * The only code that writes the log table, but for the doctor's half (log-repair.ts). Invariants:
 *
 * - HEAD, pages, markers and the index by instant change only together, in the transaction of `seal`, on condition that
 *   HEAD still has the size and root that were read. So there is one order: of two concurrent seals, one is cancelled
 *   and has to read again.
 * - Positions start at 0 and have no gaps: a page begins where the previous one ends, and HEAD's size is the last
 *   one's.
 * - A commit has a marker if and only if exactly one page lists it. The sealed commits of a stream are its first ones,
 *   without gaps, because a commit is sealed only with or after its predecessor.
 * - Pages and markers never change. HEAD and the cursor `announced` only grow.
 * - HEAD names the tables that the log is about. A restored table has a new name, so nothing is sealed, announced or
 *   projected over a history that was rolled back (`foreignTables`).
 *
 * Only the doctor may remove positions, while HEAD has its mark.
 *
 * Every read is strongly consistent.
 */

export type LogStore = ReturnType<typeof createLogStore>;

export function createLogStore(options: { documents: DynamoDBDocumentClient; table: string; backoff?: Backoff }) {
  const { documents, table } = options;
  const { get, ...reader } = createLogReader(options);

  /**
   * Takes one step of the log, or throws and takes none. When the answer is lost, the step may have been taken: before
   * a retry, HEAD and markers have to be read again.
   */
  async function seal({ before, head, page, markers: sealed }: LogStep): Promise<void> {
    await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          { Update: { TableName: table, Key: HEAD, ...headUpdate(before, head) } },
          { Put: { TableName: table, Item: fromPage(page), ConditionExpression: 'attribute_not_exists(pk)' } },
          // Two steps within one millisecond share the item; the later position replaces the earlier one.
          { Put: { TableName: table, Item: instantOf(page) } },
          ...sealed.map((marker) => ({
            Put: { TableName: table, Item: fromMarker(marker), ConditionExpression: 'attribute_not_exists(pk)' },
          })),
        ],
      }),
    );
  }

  /**
   * From now on nothing is sealed, announced or published, until an operator repairs the log. The first reason is kept.
   * A log without HEAD, whose table was lost, gets one of size 0.
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

  /** Updates an item; returns whether its condition held. */
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

  /** Moves the cursor if it is still at `from`; returns whether it did. */
  const advanceAnnounced = (from: number, to: number): Promise<boolean> =>
    updated({
      Key: ANNOUNCED,
      UpdateExpression: 'SET #next = :to',
      ConditionExpression: from === 0 ? 'attribute_not_exists(pk) OR #next = :from' : '#next = :from',
      ExpressionAttributeNames: { '#next': 'next' },
      ExpressionAttributeValues: { ':from': from, ':to': to },
    });

  /** Where the scan for commits without a marker continues; undefined for the beginning of the table. */
  const scanCursor = async (): Promise<CommitKey | undefined> => (await get(SCAN))?.cursor;

  /** Unconditional: two concurrent scans only read a slice twice. */
  async function moveScanCursor(cursor: CommitKey | undefined): Promise<void> {
    await documents.send(new PutCommand({ TableName: table, Item: { ...SCAN, cursor } }));
  }

  /** What was noted last; undefined before the first time. */
  async function sealingNote(): Promise<SealingNote | undefined> {
    const { checkedAt, oldest } = (await get(SEALING)) ?? {};
    return checkedAt && { checkedAt, ...(oldest && { oldest }) };
  }

  /** Unconditional: of two at once, either says what was so. */
  async function putSealingNote(note: SealingNote): Promise<void> {
    await documents.send(new PutCommand({ TableName: table, Item: { ...SEALING, ...note } }));
  }

  return {
    ...reader,
    seal,
    halt,
    announced,
    advanceAnnounced,
    scanCursor,
    moveScanCursor,
    sealingNote,
    putSealingNote,
  };
}

/** Fails while HEAD is halted, and never changes `halted`: that is up to `halt` and the doctor. */
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
