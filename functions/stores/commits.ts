import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Backoff, fullJitter } from '../runtime/backoff.ts';
import { batchGet } from './batch-get.ts';
import { type Item, pagesOf } from './paginate.ts';

/**
 * Reads the events table. Its items are commits; they are immutable, and only the event store writes them. Every read
 * is strongly consistent.
 */

/** One item of the events table: the events of one decision about one stream. */
export type Commit = {
  stream: string;
  /** The stream version of the first event. */
  version: number;
  /** The `version` of the commit before it in the stream; 0 for the first. */
  previous: number;
  /** Canonical JSON (RFC 8785), one string an event. Their UTF-8 bytes are the log's leaves. */
  events: string[];
  commandId: string;
  requestHash: string;
  /** RFC 3339, UTC, milliseconds. */
  recordedAt: string;
};

export type CommitKey = Pick<Commit, 'stream' | 'version'>;

/** A commit's key as text; also the `id` of its first event. */
export const keyText = ({ stream, version }: CommitKey): string => `${stream}/${version}`;

/** An event as the feed and the bus carry it: its own bytes with one more attribute, `position`. */
export const withPosition = (event: string, position: number): string =>
  `${event.slice(0, -1)},"position":${position}}`;

export type Commits = ReturnType<typeof commitReader>;

export function commitReader(options: { documents: DynamoDBDocumentClient; table: string; backoff?: Backoff }) {
  const { documents, table, backoff = fullJitter() } = options;

  /** The commits of these keys, by `keyText`; those that do not exist are left out. */
  async function readCommits(keys: Iterable<CommitKey>): Promise<Map<string, Commit>> {
    const different = new Map([...keys].map(({ stream, version }) => [`${stream}/${version}`, { stream, version }]));
    const items = (await batchGet(documents, table, [...different.values()], backoff)) as Commit[];
    return new Map(items.map((commit) => [keyText(commit), commit]));
  }

  /** A stream's commits with `after` < version ≤ `to`, oldest first. */
  async function* readForwards(stream: string, after = 0, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<Commit> {
    if (after >= to) return;
    yield* query(stream, [after + 1, to], true);
  }

  /**
   * A stream's commits with version < `beforeVersion`, newest first. Without `beforeVersion`, the first one is the
   * head.
   */
  async function* readBackwards(
    stream: string,
    beforeVersion = Number.MAX_SAFE_INTEGER,
    limit?: number,
  ): AsyncGenerator<Commit> {
    if (beforeVersion <= 1) return;
    yield* query(stream, [1, beforeVersion - 1], false, limit);
  }

  async function* query(stream: string, [from, to]: [number, number], forwards: boolean, limit?: number) {
    const input = {
      TableName: table,
      ConsistentRead: true,
      ScanIndexForward: forwards,
      KeyConditionExpression: '#stream = :stream AND #version BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version' },
      ExpressionAttributeValues: { ':stream': stream, ':from': from, ':to': to },
      Limit: limit,
    };
    const read = (ExclusiveStartKey?: Item) => documents.send(new QueryCommand({ ...input, ExclusiveStartKey }));
    for await (const items of pagesOf(read)) yield* items as Commit[];
  }

  /** A slice of the whole table, from `cursor` on. The last slice is returned without a `cursor`. */
  async function scanCommits(cursor: CommitKey | undefined, limit: number) {
    const answer = await documents.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, Limit: limit, ExclusiveStartKey: cursor }),
    );
    const commits = (answer.Items ?? []) as Commit[];
    return { commits, cursor: answer.LastEvaluatedKey as CommitKey | undefined };
  }

  return { readCommits, readForwards, readBackwards, scanCommits };
}
