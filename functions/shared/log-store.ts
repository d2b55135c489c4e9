import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { HASH_BYTES, rootOf } from '../../domain/log/merkle.ts';
import { batchGet } from './batch-get.ts';
import { type CommitKey, keyText } from './commits.ts';
import { type Item, pagesOf } from './pages.ts';
import { jitter, type Pause } from './pause.ts';
import { sha256 } from './sha256.ts';

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
 * The doctor alone may take positions back, while HEAD bears its mark: see log-mending.ts, the other half of this store.
 *
 * Every read is strongly consistent.
 */

/** The names of the tables that a log stands over. */
export type Tables = { events: string; log: string };

export type Head = {
  /** How many events are sealed; the next position. */
  size: number;
  root: Uint8Array;
  /** The compact range, largest subtree first. */
  frontier: Uint8Array[];
  /** RFC 3339, UTC, milliseconds; never decreases. */
  sealedAt: string;
  tables: Tables;
  /** Why nothing may be sealed any more. */
  halted?: string;
};

/** A commit as its page lists it. */
export type SealedCommit = CommitKey & { count: number; requestHash: string; position: number };

export type Page = {
  /** The position of the first leaf. */
  first: number;
  /** `first` + the number of leaves: the tree size that `root` belongs to. */
  size: number;
  root: Uint8Array;
  sealedAt: string;
  commits: SealedCommit[];
  /** Leaf hashes, in order of position. */
  leaves: Uint8Array[];
};

/** Says that a commit is sealed, where, and with which bytes. */
export type Marker = CommitKey & {
  /** Of its first event. */
  position: number;
  count: number;
  /** SHA-256 over the concatenated leaf hashes. */
  hash: Uint8Array;
};

/** One step of the log: from the HEAD that was read (none at the very beginning) to the next one. */
export type Seal = { before: Head | undefined; head: Head; page: Page; markers: Marker[] };

/** HEAD, page, index by instant, and 97 markers: the 100 actions of one TransactWriteItems. */
export const MARKERS_PER_SEAL = 97;

export const HEAD = { pk: 'head', sk: 0 };
export const ANNOUNCED = { pk: 'announced', sk: 0 };
const SCAN = { pk: 'scan', sk: 0 };
/** Where a log without any page ends. */
export const NOTHING_SEALED = { size: 0, root: rootOf(sha256, []), frontier: [], sealedAt: '' };
const DAY = 24 * 60 * 60 * 1000;

/** Keys that the log needs for itself: no stream may bear such a name. */
export const isReservedName = (stream: string): boolean => /^(head|page|announced|scan|sealed\/.*)$/.test(stream);

/** Why nothing may be appended or projected under these table names; undefined when it may. */
export function foreignTables(head: Head | undefined, tables: Tables): string | undefined {
  if (!head || (head.tables.events === tables.events && head.tables.log === tables.log)) return undefined;
  return `the log stands over ${JSON.stringify(head.tables)}, not over ${JSON.stringify(tables)}`;
}

/** Why the log may not be continued from here under these table names; undefined when it may. */
export function refusalOf(head: Head | undefined, tables: Tables): string | undefined {
  return foreignTables(head, tables) ?? (head?.halted === undefined ? undefined : `the log is halted: ${head.halted}`);
}

export type LogStore = ReturnType<typeof createLogStore>;

export function createLogStore(options: { documents: DynamoDBDocumentClient; table: string; pause?: Pause }) {
  const { documents, table, pause = jitter() } = options;

  const get = async (key: { pk: string; sk: number }) =>
    (await documents.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;

  /** Items of one partition with `from` ≤ sk ≤ `to`. */
  async function* query(pk: string, from: number, to: number, newestFirst = false, limit?: number) {
    const input = {
      TableName: table,
      ConsistentRead: true,
      ScanIndexForward: !newestFirst,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
      Limit: limit,
    };
    const read = (ExclusiveStartKey?: Item) => documents.send(new QueryCommand({ ...input, ExclusiveStartKey }));
    for await (const items of pagesOf(read)) yield* items;
  }

  /** The item of one partition with the largest sk ≤ `to`. */
  async function last(pk: string, to: number) {
    if (to < 0) return undefined;
    for await (const item of query(pk, 0, to, true, 1)) return item;
    return undefined;
  }

  /** HEAD; undefined as long as nothing was ever sealed, or halted. */
  async function readHead(): Promise<Head | undefined> {
    const item = await get(HEAD);
    if (!item) return undefined;
    const { pk: _, sk: __, ...head } = item;
    return head as Head;
  }

  /** Markers by `keyText`; a commit without one is not sealed. */
  async function markers(keys: Iterable<CommitKey>): Promise<Map<string, Marker>> {
    const different = new Map([...keys].map((key) => [keyText(key), { pk: key.stream, sk: key.version }]));
    const items = await batchGet(documents, table, [...different.values()], pause);
    return new Map(items.map(toMarker).map((marker) => [keyText(marker), marker]));
  }

  /** The marker of one commit; undefined as long as it is not sealed. */
  async function marker({ stream, version }: CommitKey): Promise<Marker | undefined> {
    const item = await get({ pk: stream, sk: version });
    return item && toMarker(item);
  }

  /** The markers of a stream's commits with version ≤ `to`, oldest first. */
  const streamMarkers = async (stream: string, to: number): Promise<Marker[]> =>
    isReservedName(stream) ? [] : (await Array.fromAsync(query(stream, 1, to))).map(toMarker);

  /** The marker of the last commit of a stream that is sealed: all before it are sealed, none after it. */
  async function lastMarker(stream: string): Promise<Marker | undefined> {
    const item = isReservedName(stream) ? undefined : await last(stream, Number.MAX_SAFE_INTEGER);
    return item && toMarker(item);
  }

  /** All markers, in no order, some at a time; of each only its key and position. */
  async function* everyMarker(): AsyncGenerator<(CommitKey & Pick<Marker, 'position'>)[]> {
    const input = {
      TableName: table,
      ConsistentRead: true,
      ProjectionExpression: 'pk, sk, #position',
      ExpressionAttributeNames: { '#position': 'position' },
    };
    const read = (ExclusiveStartKey?: Item) => documents.send(new ScanCommand({ ...input, ExclusiveStartKey }));
    for await (const items of pagesOf(read)) {
      const found = items.filter(({ pk }) => !isReservedName(pk));
      yield found.map(({ pk, sk, position }) => ({ stream: pk, version: sk, position }));
    }
  }

  /** The page that holds a position; undefined when it is not sealed. */
  async function pageAt(position: number): Promise<Page | undefined> {
    const item = await last('page', position);
    const page = item && toPage(item);
    return page && position < page.size ? page : undefined;
  }

  /** The pages that hold the positions `from` ≤ position < `to`, whole, in order. */
  async function* readPages(from: number, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<Page> {
    const page = from < to ? await pageAt(from) : undefined;
    if (!page) return;
    yield page;
    if (page.size < to) for await (const item of query('page', page.size, to - 1)) yield toPage(item);
  }

  /** The pages that begin at `from` ≤ position < `to`, as they stand there, whatever HEAD says. */
  async function* pagesBeginning(from: number, to = Number.MAX_SAFE_INTEGER, atATime?: number): AsyncGenerator<Page> {
    if (from < to) for await (const item of query('page', from, to - 1, false, atATime)) yield toPage(item);
  }

  /** The page that begins last, at `to` or before. */
  async function lastPage(to = Number.MAX_SAFE_INTEGER): Promise<Page | undefined> {
    const item = await last('page', to);
    return item && toPage(item);
  }

  /** The last position that the index has for the very instant at which a page was sealed. */
  async function lastOfInstant({ sealedAt }: Pick<Page, 'sealedAt'>): Promise<number | undefined> {
    const time = Date.parse(sealedAt);
    return (await get({ pk: sealedOn(time), sk: time }))?.last;
  }

  /**
   * The last position sealed at or before an instant; undefined when there is none. The index has one partition a day:
   * quiet days are walked back, many at once.
   */
  async function positionAt(instant: Date): Promise<number | undefined> {
    const head = await readHead();
    const time = instant.getTime();
    if (head?.size === 0) return undefined;
    if (!head || Date.parse(head.sealedAt) <= time) return head && head.size - 1;
    const sameDay = await last(sealedOn(time), time);
    if (sameDay) return sameDay.last;
    const first = Date.parse((await pageAt(0))?.sealedAt ?? head.sealedAt);
    for (let until = time - DAY; until >= first - DAY; until -= 32 * DAY) {
      const instants = Array.from({ length: 32 }, (_, day) => until - day * DAY);
      const found = await Promise.all(instants.map((earlier) => last(sealedOn(earlier), time)));
      const newest = found.find((item) => item !== undefined);
      if (newest) return newest.last;
    }
    return undefined;
  }

  /**
   * Takes one step of the log, or throws and takes none; when the answer is lost, either. Whoever retries must read
   * HEAD and markers again: they tell what happened.
   */
  async function seal({ before, head, page, markers: sealed }: Seal): Promise<void> {
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
  async function halt(reason: string, tables: Tables): Promise<void> {
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

  return {
    readHead,
    markers,
    marker,
    streamMarkers,
    lastMarker,
    everyMarker,
    pageAt,
    readPages,
    pagesBeginning,
    lastPage,
    lastOfInstant,
    positionAt,
    seal,
    halt,
    announced,
    advanceAnnounced,
    scanCursor,
    moveScanCursor,
  };
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

const sealedOn = (time: number) => `sealed/${new Date(time).toISOString().slice(0, 10)}`;

export function instantOf({ sealedAt, size }: Page) {
  const time = Date.parse(sealedAt);
  return { pk: sealedOn(time), sk: time, last: size - 1 };
}

export function fromPage({ first, size, root, sealedAt, commits, leaves }: Page) {
  const rows = commits.map(({ stream, version, count, requestHash }) => [stream, version, count, requestHash]);
  return { pk: 'page', sk: first, size, root, sealedAt, commits: rows, leaves: Buffer.concat(leaves) };
}

function toPage(item: Record<string, unknown>): Page {
  const { sk: first, size, root, sealedAt, commits: rows, leaves: bytes } = item as unknown as PageItem;
  const commits: SealedCommit[] = [];
  let position = first;
  for (const [stream, version, count, requestHash] of rows) {
    commits.push({ stream, version, count, requestHash, position });
    position += count;
  }
  const leaves = Array.from({ length: size - first }, (_, leaf) =>
    bytes.subarray(leaf * HASH_BYTES, (leaf + 1) * HASH_BYTES),
  );
  return { first, size, root, sealedAt, commits, leaves };
}

type PageItem = Pick<Page, 'size' | 'root' | 'sealedAt'> & {
  sk: number;
  commits: [stream: string, version: number, count: number, requestHash: string][];
  leaves: Uint8Array;
};

export const fromMarker = ({ stream, version, ...marker }: Marker) => ({ pk: stream, sk: version, ...marker });

const toMarker = ({ pk, sk, ...marker }: Record<string, unknown>) => ({ stream: pk, version: sk, ...marker }) as Marker;
