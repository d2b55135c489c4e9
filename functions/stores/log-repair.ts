import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { CommitKey } from './commits.ts';
import {
  ANNOUNCED,
  fromMarker,
  fromPage,
  HEAD,
  type Head,
  instantOf,
  type LogPage,
  type Marker,
  type TableNames,
} from './log-items.ts';

/**
 * The other half of the log store: what `registry doctor` writes to the log table after a restore. Invariants:
 *
 * - Every write is on condition that HEAD is halted with the doctor's mark. Meanwhile nothing is sealed, announced or
 *   published. Only `release` removes the mark: a doctor that dies leaves it.
 * - Everything that HEAD counts is in the table. HEAD is moved back to the end of the part that is whole before any
 *   page is removed, then forward together with each page that is re-created. Pages beyond HEAD are not part of the
 *   log.
 * - Pages are removed from the end backwards, each with its markers and instant: the rest is a shorter log.
 */

/** The doctor's mark: why HEAD is halted while it runs, and after it died. */
export const AT_WORK = 'registry doctor is at work; if it is not any more, run it again';

/** Where a log ends, as HEAD has it. */
export type LogEnd = Pick<Head, 'size' | 'root' | 'frontier' | 'sealedAt'>;

export type LogRepair = ReturnType<typeof createLogRepair>;

export function createLogRepair({ documents, table }: { documents: DynamoDBDocumentClient; table: string }) {
  const names = { '#halted': 'halted', '#size': 'size' };
  const marked = {
    TableName: table,
    Key: HEAD,
    ConditionExpression: '#halted = :mark',
    ExpressionAttributeNames: { '#halted': 'halted' },
    ExpressionAttributeValues: { ':mark': AT_WORK },
  };

  /** Halts the log with the doctor's mark, whatever halted it before. A log without HEAD gets `empty`. */
  async function take(tables: TableNames, empty: LogEnd): Promise<void> {
    try {
      await documents.send(
        new UpdateCommand({
          ...marked,
          UpdateExpression: 'SET #halted = :mark',
          ConditionExpression: 'attribute_exists(pk)',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const Item = { ...HEAD, ...empty, tables, halted: AT_WORK };
      await documents.send(new PutCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
    }
  }

  /** Moves HEAD to `to`; everything before `to.size` has to be in the table. */
  async function moveHead(before: Pick<Head, 'size'>, to: LogEnd): Promise<void> {
    await documents.send(new UpdateCommand({ TableName: table, Key: HEAD, ...headUpdate(before, to) }));
  }

  /** Removes the last page, which is beyond HEAD, with its own markers. `previous` is the page before it. */
  async function remove(page: LogPage, markers: readonly Marker[], previous: LogPage | undefined): Promise<void> {
    const { last: _, ...instant } = instantOf(page);
    const shares = previous?.sealedAt === page.sealedAt;
    await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            ConditionCheck: {
              ...marked,
              ConditionExpression: '#halted = :mark AND #size <= :first',
              ExpressionAttributeNames: names,
              ExpressionAttributeValues: { ':mark': AT_WORK, ':first': page.first },
            },
          },
          { Delete: { TableName: table, Key: { pk: 'page', sk: page.first } } },
          shares
            ? { Put: { TableName: table, Item: instantOf(previous) } }
            : { Delete: { TableName: table, Key: instant } },
          ...markers.map(({ stream, version }) => ({
            Delete: { TableName: table, Key: { pk: stream, sk: version } },
          })),
        ],
      }),
    );
  }

  /** Removes markers that no page lists; at most 99. */
  async function removeMarkers(markers: readonly CommitKey[]): Promise<void> {
    const deletes = markers.map(({ stream, version }) => ({
      Delete: { TableName: table, Key: { pk: stream, sk: version } },
    }));
    await documents.send(new TransactWriteCommand({ TransactItems: [{ ConditionCheck: marked }, ...deletes] }));
  }

  /**
   * Removes the instant of a page beyond HEAD that is to be re-created with another one. A page that ends at `before` and
   * has the same instant keeps it.
   */
  async function removeInstant({ sealedAt }: LogPage, before: LogEnd): Promise<void> {
    const { last, ...key } = instantOf({ sealedAt, size: before.size });
    const change =
      sealedAt === before.sealedAt
        ? { Put: { TableName: table, Item: { ...key, last } } }
        : { Delete: { TableName: table, Key: key } };
    await documents.send(new TransactWriteCommand({ TransactItems: [{ ConditionCheck: marked }, change] }));
  }

  /**
   * Moves HEAD over one page that was published, or is still in the table: the transaction of `seal`, except that
   * existing items are overwritten.
   */
  async function recreate(before: LogEnd, after: LogEnd, page: LogPage, markers: readonly Marker[]): Promise<void> {
    const put = (Item: Record<string, unknown>) => ({ Put: { TableName: table, Item } });
    await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          { Update: { TableName: table, Key: HEAD, ...headUpdate(before, after) } },
          put(fromPage(page)),
          put(instantOf(page)),
          ...markers.map((marker) => put(fromMarker(marker))),
        ],
      }),
    );
  }

  /** Moves the cursor `announced` back to `to`, before the positions from there on change. */
  async function announceAgainFrom(to: number): Promise<void> {
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key: ANNOUNCED, ConsistentRead: true }));
    const next = Item?.next as number | undefined;
    if (next === undefined || next <= to) return;
    const update = {
      TableName: table,
      Key: ANNOUNCED,
      UpdateExpression: 'SET #next = :to',
      ConditionExpression: '#next = :next',
      ExpressionAttributeNames: { '#next': 'next' },
      ExpressionAttributeValues: { ':to': to, ':next': next },
    };
    await documents.send(new TransactWriteCommand({ TransactItems: [{ ConditionCheck: marked }, { Update: update }] }));
  }

  /** Removes the mark: the log continues from `at`, about these tables. */
  async function release({ events, log }: TableNames, at: LogEnd): Promise<void> {
    await documents.send(
      new UpdateCommand({
        TableName: table,
        Key: HEAD,
        UpdateExpression: 'SET #tables = :tables REMOVE #halted',
        ConditionExpression: '#halted = :mark AND #size = :size AND #root = :root',
        ExpressionAttributeNames: { ...names, '#tables': 'tables', '#root': 'root' },
        ExpressionAttributeValues: {
          ':tables': { events, log },
          ':mark': AT_WORK,
          ':size': at.size,
          ':root': at.root,
        },
      }),
    );
  }

  return { take, moveHead, remove, removeMarkers, removeInstant, recreate, announceAgainFrom, release };
}

const headUpdate = (before: Pick<Head, 'size'>, { size, root, frontier, sealedAt }: LogEnd) => ({
  UpdateExpression: 'SET #size = :size, #root = :root, #frontier = :frontier, #sealedAt = :sealedAt',
  ConditionExpression: '#halted = :mark AND #size = :before',
  ExpressionAttributeNames: {
    '#halted': 'halted',
    '#size': 'size',
    '#root': 'root',
    '#frontier': 'frontier',
    '#sealedAt': 'sealedAt',
  },
  ExpressionAttributeValues: {
    ':mark': AT_WORK,
    ':before': before.size,
    ':size': size,
    ':root': root,
    ':frontier': frontier,
    ':sealedAt': sealedAt,
  },
});
