import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Projection, Row } from '../../domain/projections/projection.ts';
import { batchGet } from './batch-get.ts';
import { jitter, type Pause } from './pause.ts';

/**
 * The views table, which nobody else reads or writes. What holds in it:
 *
 * - A projection's rows and its checkpoint change only together, in one transaction, on condition that the checkpoint
 *   is where it was read. So a read model stands at one position, whatever is delivered twice, lost, or run at once.
 * - Only a commit with very many rows is written in parts: until its last part, rows may be ahead of the checkpoint,
 *   never behind. Whoever reads rows reads the checkpoint first.
 *
 * A row's value is kept as JSON text, so that it is read as it was written: maps of DynamoDB have no order of keys.
 *
 * Every read is strongly consistent.
 */

/** Of a projection's rows of one revision there can be several builds; this one serves. */
const BUILD = 1;

export interface Checkpoint {
  /** The last position applied; -1 before the first. */
  readonly position: number;
  /** How many parts of the next commit are written already. */
  readonly part: number;
  /** Sum modulo 2^256 of SHA-256 over every row's canonical JSON, in hexadecimal. */
  readonly digest: string;
}

export const BEGINNING: Checkpoint = { position: -1, part: 0, digest: '0'.repeat(64) };

/** A key of the table, whatever it holds: where a scan goes on. */
export type ViewKey = { readonly pk: string; readonly sk: string };

export type RowKey = Pick<Row, 'partition' | 'sort'>;

/** What a transaction does to one row: another value, or none. */
export type RowChange = RowKey & { readonly value: object | undefined };

/** AWS limit of TransactWriteItems, less the checkpoint. */
export const CHANGES_PER_WRITE = 99;

export type Views = ReturnType<typeof createViews>;

export function createViews(options: { documents: DynamoDBDocumentClient; table: string; pause?: Pause }) {
  const { documents, table, pause = jitter() } = options;

  const prefixOf = ({ name, revision }: Projection) => `${name}@${revision}.${BUILD}/`;
  const checkpointKey = (projection: Projection) => ({ pk: `${prefixOf(projection)}checkpoint`, sk: 'checkpoint' });
  const keyOf = (projection: Projection, { partition, sort }: RowKey) => ({
    pk: prefixOf(projection) + partition,
    sk: sort,
  });

  /** Where a read model stands. */
  async function checkpoint(projection: Projection): Promise<Checkpoint> {
    const key = checkpointKey(projection);
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item ? { position: Item.position, part: Item.part, digest: Item.digest } : BEGINNING;
  }

  /** The values of these rows, by partition; those that do not exist are left out. */
  async function get<Value>(projection: Projection, keys: readonly RowKey[]): Promise<Map<string, Value>> {
    const found = await batchGet(
      documents,
      table,
      keys.map((key) => keyOf(projection, key)),
      pause,
    );
    const { length } = prefixOf(projection);
    return new Map(found.map(({ pk, value }) => [String(pk).slice(length), JSON.parse(value as string) as Value]));
  }

  /** Rows of one partition, from the end, before the sort key `before`; at most `limit`. */
  async function newest<Value>(projection: Projection, partition: string, before: string | undefined, limit: number) {
    const { pk } = keyOf(projection, { partition, sort: '' });
    const { Items = [], LastEvaluatedKey } = await documents.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
        ExpressionAttributeValues: { ':pk': pk, ...(before !== undefined && { ':before': before }) },
        Limit: limit,
      }),
    );
    const rows = Items.map(({ sk, value }) => ({ sort: sk as string, value: JSON.parse(value) as Value }));
    return { rows, more: LastEvaluatedKey !== undefined };
  }

  /**
   * A projection's rows among the next `limit` items of the table (fewer when they have 1 MB together), in no order; the
   * first page begins without `after`, the last one has no `next`. See docs/decisions/0016.
   */
  async function rows(projection: Projection, after: ViewKey | undefined, limit: number) {
    const prefix = prefixOf(projection);
    const { Items = [], LastEvaluatedKey } = await documents.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        FilterExpression: 'begins_with(pk, :prefix) AND pk <> :checkpoint',
        ExpressionAttributeValues: { ':prefix': prefix, ':checkpoint': checkpointKey(projection).pk },
        Limit: limit,
        ExclusiveStartKey: after,
      }),
    );
    const found = Items.map(
      ({ pk, sk, value }): Row => ({ partition: pk.slice(prefix.length), sort: sk, value: JSON.parse(value) }),
    );
    return { rows: found, next: LastEvaluatedKey as ViewKey | undefined };
  }

  /**
   * Changes at most 99 rows and moves the checkpoint, or neither. Answers whether it did: not when the checkpoint had
   * moved meanwhile. A throttled transaction, or one that met another, throws.
   */
  async function write(projection: Projection, changes: readonly RowChange[], from: Checkpoint, to: Checkpoint) {
    const transaction: TransactWriteCommandInput['TransactItems'] = [
      { Put: { TableName: table, Item: { ...checkpointKey(projection), ...to }, ...isAt(from) } },
      ...changes.map((change) => {
        const key = keyOf(projection, change);
        if (change.value === undefined) return { Delete: { TableName: table, Key: key } };
        return { Put: { TableName: table, Item: { ...key, value: JSON.stringify(change.value) } } };
      }),
    ];
    try {
      await documents.send(new TransactWriteCommand({ TransactItems: transaction }));
      return true;
    } catch (error) {
      const [reason] = (error instanceof TransactionCanceledException && error.CancellationReasons) || [];
      if (reason?.Code === 'ConditionalCheckFailed') return false;
      throw error;
    }
  }

  return { checkpoint, get, newest, rows, write };
}

function isAt({ position, part }: Checkpoint) {
  if (position === BEGINNING.position && part === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#position = :position AND #part = :part',
    ExpressionAttributeNames: { '#position': 'position', '#part': 'part' },
    ExpressionAttributeValues: { ':position': position, ':part': part },
  };
}
