import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Projection, Row } from '../../domain/projections/projection.ts';
import { rowKey } from '../../domain/projections/sums.ts';
import { slicesOf } from '../../domain/values/lists.ts';
import { type Backoff, fullJitter } from '../runtime/backoff.ts';
import { canonical } from '../runtime/canonical.ts';
import { batchGet } from './batch-get.ts';
import { type Build, buildName, buildOf, createBuilds, type ModelRef, type Serving } from './builds.ts';
import { type Item, pagesOf } from './paginate.ts';
import { createServed } from './served.ts';
import {
  ASIDE,
  type Aside,
  type AsideChanges,
  type Asides,
  asideRow,
  BEGINNING,
  isAt,
  type ViewCheckpoint,
} from './view-items.ts';

/**
 * The only code that reads or writes the views table. Invariants:
 *
 * - A projection's rows and its checkpoint change only together, in one transaction, on condition that the checkpoint
 *   is the one that was read. So a read model is at one position, whether messages are repeated, lost, or handled at
 *   once.
 * - Only a commit with very many rows is written in parts: until its last part, rows may be ahead of the checkpoint,
 *   never behind. So readers of rows read the checkpoint first.
 * - A record is set aside in the transaction that passes its commit, and taken up in the one that completes its rows.
 *   So its item and the checkpoint never disagree.
 * - A build that is neither served nor made is deleted when an operator says so. Of others only the doctor deletes rows:
 *   it closes the read model, may forget its rows, and opens it again after the log is repaired. The checkpoint counts
 *   closings, and a write under an earlier count is refused: a projector that ran meanwhile may have read pages that no
 *   longer exist.
 *
 * A row's value is its canonical JSON (RFC 8785): the text that is hashed is stored, and maps of DynamoDB have no order of keys.
 *
 * Every read is strongly consistent.
 */

/** Any key of the table: where a scan continues. */
export type ViewKey = { readonly pk: string; readonly sk: string };

export type RowKey = Pick<Row, 'partition' | 'sort'>;

/** A change of one row: another value, or none. */
export type RowChange = RowKey & { readonly value: object | undefined };

const DELETES_AT_A_TIME = 25;

/** Rows and records set aside that one transaction changes: the AWS limit of TransactWriteItems, less the checkpoint. */
export const CHANGES_PER_WRITE = 99;

/** A build, and the projection's name. */
export type NamedBuild = Pick<Projection, 'name'> & Build;

const prefixOf = ({ name, ...build }: NamedBuild) => `${buildName(name, build)}/`;
const checkpointKey = (build: NamedBuild) => ({ pk: `${prefixOf(build)}checkpoint`, sk: 'checkpoint' });
const keyOf = (build: NamedBuild, { partition, sort }: RowKey) => ({ pk: prefixOf(build) + partition, sk: sort });

export interface ViewsOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly table: string;
  readonly backoff?: Backoff;
  /** In milliseconds. */
  readonly now?: () => number;
}

export type Views = ReturnType<typeof createViews>;

export function createViews({ documents, table, backoff = fullJitter(), now = () => performance.now() }: ViewsOptions) {
  const builds = createBuilds({ documents, table });
  const { served, current } = createServed({ serving: builds.serving, checkpointOf: readCheckpoint, now });

  /** The build of these rows: the one that is served, where none is given. */
  const buildIn = async (model: ModelRef): Promise<NamedBuild> => {
    const { name, revision, build } = model;
    return build === undefined ? { name, ...(await current(model)) } : { name, revision, build };
  };
  const itemOf = (model: NamedBuild, checkpoint: Unfinished) => ({ ...checkpointKey(model), ...checkpoint });

  async function readCheckpoint(name: string, build: Build): Promise<ViewCheckpoint> {
    const Key = checkpointKey({ name, ...build });
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    if (!Item) return BEGINNING;
    const { pk: _, sk: __, ...checkpoint } = Item;
    return checkpoint as ViewCheckpoint;
  }

  /** The checkpoint of a build; without one, of what is served now. */
  const checkpoint = async (model: ModelRef): Promise<ViewCheckpoint> => {
    const { name, revision, build } = model;
    return build === undefined ? (await served(model)).checkpoint : readCheckpoint(name, { revision, build });
  };

  /** Serves what was built; see `createBuilds`. */
  const flip = (name: string, was: Serving, old: ViewCheckpoint): Promise<boolean> =>
    builds.flip(name, was, old, (build) => checkpointKey({ name, ...build }));

  /** The values of these rows by their keys (`rowKey`); those that do not exist are left out. */
  async function get<Value>(model: ModelRef, keys: readonly RowKey[]): Promise<Map<string, Value>> {
    const build = await buildIn(model);
    const found = await batchGet(
      documents,
      table,
      keys.map((key) => keyOf(build, key)),
      backoff,
    );
    const { length } = prefixOf(build);
    return new Map(
      found.map(({ pk, sk, value }) => [
        rowKey({ partition: String(pk).slice(length), sort: String(sk) }),
        JSON.parse(value as string) as Value,
      ]),
    );
  }

  /** Rows of one partition, from the end, before the sort key `before`; at most `limit`. */
  async function newest<Value>(model: ModelRef, partition: string, before: string | undefined, limit: number) {
    const { pk } = keyOf(await buildIn(model), { partition, sort: '' });
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
   * The rows of a build among the next `limit` items of the table (fewer when they exceed 1 MB), in no order. The first
   * page is read without `after`, the last one has no `next`. See docs/decisions/0016.
   */
  async function rows(build: NamedBuild, after: ViewKey | undefined, limit: number) {
    const prefix = prefixOf(build);
    const { Items = [], LastEvaluatedKey } = await documents.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        FilterExpression: 'begins_with(pk, :prefix) AND pk <> :checkpoint AND pk <> :aside',
        ExpressionAttributeValues: {
          ':prefix': prefix,
          ':checkpoint': checkpointKey(build).pk,
          ':aside': prefix + ASIDE,
        },
        Limit: limit,
        ExclusiveStartKey: after,
      }),
    );
    const found = Items.map(
      ({ pk, sk, value }): Row => ({ partition: pk.slice(prefix.length), sort: sk, value: JSON.parse(value) }),
    );
    return { rows: found, next: LastEvaluatedKey as ViewKey | undefined };
  }

  /** The records that the read model has set aside, by id, in the order of their ids. */
  async function asides(model: ModelRef): Promise<Asides> {
    const build = await buildIn(model);
    const input = {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': keyOf(build, asideRow('')).pk },
    };
    const read = (ExclusiveStartKey?: Item) => documents.send(new QueryCommand({ ...input, ExclusiveStartKey }));
    const items = (await Array.fromAsync(pagesOf(read))).flat();
    return new Map(items.map(({ sk, value }) => [String(sk), JSON.parse(value as string) as Aside]));
  }

  /** Why and where one record was set aside; undefined for one that was not. */
  const aside = async (model: ModelRef, id: string): Promise<Aside | undefined> =>
    (await get<Aside>(model, [asideRow(id)])).get(rowKey(asideRow(id)));

  /**
   * Changes at most 99 rows and records set aside, and moves the checkpoint, or nothing of it; returns whether it did. It
   * does not when the checkpoint has moved meanwhile. @throws for a transaction that was throttled, or met another
   */
  async function write(
    build: NamedBuild,
    changes: readonly RowChange[],
    from: ViewCheckpoint,
    to: ViewCheckpoint,
    asideChanges: AsideChanges = new Map(),
  ) {
    const { closings, complete } = from;
    const ofAsides = [...asideChanges].map(([id, value]): RowChange => ({ ...asideRow(id), value }));
    const transaction: TransactWriteCommandInput['TransactItems'] = [
      { Put: { TableName: table, Item: itemOf(build, { ...to, closings, complete }), ...isAt(from) } },
      ...[...changes, ...ofAsides].map((change) => {
        const key = keyOf(build, change);
        if (change.value === undefined) return { Delete: { TableName: table, Key: key } };
        return { Put: { TableName: table, Item: { ...key, value: canonical(change.value) } } };
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

  /** Replaces the checkpoint that was read; returns whether it was still the current one. */
  async function replace(build: NamedBuild, from: ViewCheckpoint, to: Unfinished): Promise<boolean> {
    try {
      await documents.send(new PutCommand({ TableName: table, Item: itemOf(build, to), ...isAt(from) }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** No projector writes until `open`. With `forgetting`, the checkpoint is set to the beginning. */
  const close = (build: NamedBuild, from: ViewCheckpoint, closed: 'kept' | 'forgetting'): Promise<boolean> => {
    const { stopped: _, ...to } = closed === 'kept' ? from : BEGINNING;
    return replace(build, from, { ...to, closings: (from.closings ?? 0) + 1, closed });
  };

  /** Deletes the items of which `isGone` says so, a page at a time; answers how many. */
  async function deleteItems(isGone: () => Promise<(pk: string) => boolean>): Promise<number> {
    const input = { TableName: table, ConsistentRead: true, ProjectionExpression: 'pk, sk' };
    const read = (ExclusiveStartKey?: Item) => documents.send(new ScanCommand({ ...input, ExclusiveStartKey }));
    let deleted = 0;
    for await (const items of pagesOf(read)) {
      const gone = await isGone();
      const keys = items.filter(({ pk }) => gone(pk));
      for (const slice of slicesOf(keys, DELETES_AT_A_TIME)) {
        await Promise.all(
          slice.map(({ pk, sk }) => documents.send(new DeleteCommand({ TableName: table, Key: { pk, sk } }))),
        );
      }
      deleted += keys.length;
    }
    return deleted;
  }

  /** Deletes the rows of a read model closed with `forgetting`. After a crash it can be called again. */
  async function forgetRows(build: NamedBuild): Promise<void> {
    const prefix = prefixOf(build);
    const checkpointPk = checkpointKey(build).pk;
    await deleteItems(async () => (pk) => pk.startsWith(prefix) && pk !== checkpointPk);
  }

  /**
   * Deletes all builds of a projection but those to be left, which are asked for after each page is read: a build that is
   * ordered meanwhile is among them before its first row is on a page.
   */
  const dropOthers = (name: string, left: () => Promise<readonly Build[]>): Promise<number> =>
    deleteItems(async () => {
      const prefixes = (await left()).map((build) => prefixOf({ name, ...buildOf(build) }));
      return (pk) => pk.startsWith(`${name}@`) && !prefixes.some((prefix) => pk.startsWith(prefix));
    });

  /** Lets projectors continue from the checkpoint. The rows have to be those of the checkpoint. */
  async function open(build: NamedBuild): Promise<void> {
    const from = await checkpoint(build);
    const { closed, ...to } = from;
    if (closed) await replace(build, from, to);
  }

  const { serving, changeServing } = builds;
  const reads = { checkpoint, served, get, newest, rows, asides, aside };
  return { ...reads, serving, changeServing, flip, write, replace, close, forgetRows, dropOthers, open };
}

type Unfinished = Omit<ViewCheckpoint, 'closings' | 'complete'> & {
  readonly closings?: number | undefined;
  readonly complete?: true | undefined;
};
