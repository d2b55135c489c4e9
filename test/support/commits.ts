import { type DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import { canonical } from '../../functions/runtime/canonical.ts';
import type { Commit } from '../../functions/stores/commits.ts';

export const ORIGIN = 'registry.example.org';
const RECORDED_AT = '2026-02-03T04:05:06.789Z';

/** One event as the event store would have written it. `fill` makes it as large as a test needs it. */
export function rawEvent(stream: string, version: number, fill = ''): string {
  return canonical({
    specversion: '1.0',
    id: `${stream}/${version}`,
    source: ORIGIN,
    type: 'agreement.signed',
    subject: stream,
    time: RECORDED_AT,
    datacontenttype: 'application/json',
    dataschema: `https://${ORIGIN}/schemas/agreement.signed/1`,
    streamversion: version,
    actor: 'gzde',
    commandid: 'c'.repeat(26),
    data: { fill },
  });
}

/** A commit at `version`, after the one at `previous`. */
export function rawCommit(stream: string, version: number, previous: number, count = 1, fill = ''): Commit {
  return {
    stream,
    version,
    previous,
    events: Array.from({ length: count }, (_, index) => rawEvent(stream, version + index, fill)),
    commandId: `command-${version}`,
    requestHash: `hash-${stream}-${version}`,
    recordedAt: RECORDED_AT,
  };
}

/** The first commits of a stream, with so many events each. */
export function rawStream(stream: string, counts: readonly number[], fill = ''): Commit[] {
  const commits: Commit[] = [];
  for (const count of counts) {
    const last = commits.at(-1);
    const version = last ? last.version + last.events.length : 1;
    commits.push(rawCommit(stream, version, last?.version ?? 0, count, fill));
  }
  return commits;
}

/** Puts commits into the events table, past the event store. */
export async function putCommits(
  documents: DynamoDBDocumentClient,
  table: string,
  commits: readonly Partial<Commit>[],
) {
  for (let at = 0; at < commits.length; at += 25) {
    const puts = commits.slice(at, at + 25).map((Item) => ({ Put: { TableName: table, Item } }));
    if (puts.length === 1 && puts[0]) await documents.send(new PutCommand(puts[0].Put));
    else await documents.send(new TransactWriteCommand({ TransactItems: puts }));
  }
}

let sequence = 10_000_000_000_000_000n;
const nextNumber = () => {
  sequence += 7n;
  return `${sequence}`;
};

type Image = Record<string, unknown>;
const image = (item: Image) => marshall(item, { removeUndefinedValues: true }) as Record<string, never>;
const keysOf = ({ stream, version }: Image) => image({ stream, version });

/** The stream record of a commit that was put. */
export const inserted = (commit: Image, number = nextNumber()): DynamoDBRecord => ({
  eventName: 'INSERT',
  dynamodb: { Keys: keysOf(commit), NewImage: image(commit), SequenceNumber: number },
});

export const modified = (before: Image, after: Image): DynamoDBRecord => ({
  eventName: 'MODIFY',
  dynamodb: { Keys: keysOf(before), OldImage: image(before), NewImage: image(after), SequenceNumber: nextNumber() },
});

export const removed = (before: Image): DynamoDBRecord => ({
  eventName: 'REMOVE',
  dynamodb: { Keys: keysOf(before), OldImage: image(before), SequenceNumber: nextNumber() },
});

export const streamEvent = (records: DynamoDBRecord[]): DynamoDBStreamEvent => ({ Records: records });

export const minute = { 'detail-type': 'Scheduled Event' } as ScheduledEvent;
