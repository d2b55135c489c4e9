import { type DynamoDBDocumentClient, GetCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Backoff, fullJitter } from '../runtime/backoff.ts';
import { batchGet } from './batch-get.ts';
import { type CommitKey, keyText } from './commits.ts';
import { HEAD, type Head, isReservedName, type LogPage, type Marker, sealedOn, toMarker, toPage } from './log-items.ts';
import { type Item, pagesOf } from './paginate.ts';

/** Reads the log table: HEAD, markers, pages, and the index by instant. Every read is strongly consistent. */

const DAY = 24 * 60 * 60 * 1000;

export function createLogReader(options: { documents: DynamoDBDocumentClient; table: string; backoff?: Backoff }) {
  const { documents, table, backoff = fullJitter() } = options;

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

  /** HEAD; undefined until something is sealed, or the log is halted. */
  async function readHead(): Promise<Head | undefined> {
    const item = await get(HEAD);
    if (!item) return undefined;
    const { pk: _, sk: __, ...head } = item;
    return head as Head;
  }

  /** Markers by `keyText`; a commit without one is not sealed. */
  async function markers(keys: Iterable<CommitKey>): Promise<Map<string, Marker>> {
    const different = new Map([...keys].map((key) => [keyText(key), { pk: key.stream, sk: key.version }]));
    const items = await batchGet(documents, table, [...different.values()], backoff);
    return new Map(items.map(toMarker).map((marker) => [keyText(marker), marker]));
  }

  /** The marker of one commit; undefined until it is sealed. */
  async function marker({ stream, version }: CommitKey): Promise<Marker | undefined> {
    const item = await get({ pk: stream, sk: version });
    return item && toMarker(item);
  }

  /** The markers of a stream's commits with version ≤ `to`, oldest first. */
  const streamMarkers = async (stream: string, to: number): Promise<Marker[]> =>
    isReservedName(stream) ? [] : (await Array.fromAsync(query(stream, 1, to))).map(toMarker);

  /** The marker of a stream's last sealed commit: all before it are sealed, none after it. */
  async function lastMarker(stream: string): Promise<Marker | undefined> {
    const item = isReservedName(stream) ? undefined : await last(stream, Number.MAX_SAFE_INTEGER);
    return item && toMarker(item);
  }

  /** Key and position of every marker, in no order, some at a time. */
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

  /** The page that holds a position; undefined until that is sealed. */
  async function pageAt(position: number): Promise<LogPage | undefined> {
    const item = await last('page', position);
    const page = item && toPage(item);
    return page && position < page.size ? page : undefined;
  }

  /** The pages that hold the positions `from` ≤ position < `to`, whole, in order. */
  async function* readPages(from: number, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<LogPage> {
    const page = from < to ? await pageAt(from) : undefined;
    if (!page) return;
    yield page;
    if (page.size < to) for await (const item of query('page', page.size, to - 1)) yield toPage(item);
  }

  /** The pages in the table that begin at `from` ≤ position < `to`, whether HEAD counts them or not. */
  async function* pagesBeginning(
    from: number,
    to = Number.MAX_SAFE_INTEGER,
    atATime?: number,
  ): AsyncGenerator<LogPage> {
    if (from < to) for await (const item of query('page', from, to - 1, false, atATime)) yield toPage(item);
  }

  /** The last page that begins at or before `to`. */
  async function lastPage(to = Number.MAX_SAFE_INTEGER): Promise<LogPage | undefined> {
    const item = await last('page', to);
    return item && toPage(item);
  }

  /** The last position that the index has for the instant at which a page was sealed. */
  async function lastOfInstant({ sealedAt }: Pick<LogPage, 'sealedAt'>): Promise<number | undefined> {
    const time = Date.parse(sealedAt);
    return (await get({ pk: sealedOn(time), sk: time }))?.last;
  }

  /**
   * The last position sealed at or before an instant; undefined when there is none. The index has one partition a day;
   * days without a page are searched backwards, 32 in parallel.
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

  return {
    get,
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
  };
}
