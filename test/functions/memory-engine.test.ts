import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { memoryEngine } from '../support/memory.ts';

let engine: TestEngine;
let table: string;
let both: readonly TestEngine['documents'][];
const SORTS = ['a', 'a/1', 'a/1\u{1F600}', 'a/1\uffee', 'a/Б', 'a/б', 'b', 'Z'];

beforeAll(async () => {
  engine = await startEngine();
  table = engine.tables.views;
  both = [engine.documents, memoryEngine({ [table]: ['pk', 'sk'] })];
  for (const documents of both) {
    const put = (pk: string, sk: string, more: object) =>
      documents.send(new PutCommand({ TableName: table, Item: { pk, sk, ...more } }));
    for (const sk of SORTS) await put('p', sk, { value: `of ${sk}`, list: [1, { a: true }], bytes: new Uint8Array(9) });
    for (const sk of ['1', '2', '3', '4']) await put('large', sk, { value: 'é'.repeat(170_000) });
    await put('q', 'gone', { value: 'x' });
    await documents.send(new DeleteCommand({ TableName: table, Key: { pk: 'q', sk: 'gone' } }));
  }
});
afterAll(() => engine?.stop());

/** What both answer to the same command. */
const answersOf = async (command: () => unknown) =>
  Promise.all(
    both.map(async (documents) => {
      const answer = (await documents.send(command() as GetCommand)) as unknown as Record<string, unknown>;
      const { $metadata: _, Count: __, ScannedCount: ___, UnprocessedKeys: ____, ...rest } = answer;
      return JSON.parse(JSON.stringify(rest));
    }),
  );

async function expectAlike(command: () => unknown): Promise<void> {
  const [real, memory] = await answersOf(command);
  expect(memory).toEqual(real);
}

const asked = { ReturnConsumedCapacity: 'TOTAL', ConsistentRead: true } as const;
const query = (input: Partial<QueryCommandInput>, values: object = {}) =>
  new QueryCommand({
    TableName: table,
    ...asked,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'p', ...values },
    ...input,
  });

// Not against DynamoDB Local, which counts other units than AWS for an empty query and for transactions.
describe('the engine in memory answers as the real one', () => {
  it.each([true, false])('to queries, in the order %s', async (ScanIndexForward) => {
    await expectAlike(() => query({ ScanIndexForward }));
    for (const Limit of [1, 3, 7, 8, 9]) await expectAlike(() => query({ ScanIndexForward, Limit }));
    for (const compare of ['<', '<=', '>', '>=']) {
      for (const at of ['a/1', 'a/0', 'a/б', 'ZZ']) {
        const KeyConditionExpression = `pk = :pk AND sk ${compare} :at`;
        await expectAlike(() => query({ ScanIndexForward, KeyConditionExpression, Limit: 2 }, { ':at': at }));
      }
    }
    const within = 'pk = :pk AND sk BETWEEN :from AND :to';
    const bounds = { ':from': 'a/1', ':to': 'a/1\u{10FFFF}' };
    await expectAlike(() => query({ ScanIndexForward, KeyConditionExpression: within }, bounds));
    for (const sk of SORTS) await expectAlike(() => query({ ScanIndexForward, ExclusiveStartKey: { pk: 'p', sk } }));
  });

  it('to what is larger than an answer, and is not there', async () => {
    const of = (pk: string) => ({ ExpressionAttributeValues: { ':pk': pk } });
    await expectAlike(() => query(of('large')));
    await expectAlike(() => query({ ...of('large'), ExclusiveStartKey: { pk: 'large', sk: '3' } }));
    for (const pk of ['q', 'nobody']) await expectAlike(() => query(of(pk)));
  });

  it('to reads of items by their keys', async () => {
    for (const Key of [
      { pk: 'p', sk: 'a' },
      { pk: 'p', sk: 'x' },
      { pk: 'large', sk: '1' },
    ]) {
      await expectAlike(() => new GetCommand({ TableName: table, Key, ...asked }));
    }
    const Keys = [
      { pk: 'p', sk: 'a' },
      { pk: 'large', sk: '1' },
      { pk: 'p', sk: 'none' },
    ];
    const { ReturnConsumedCapacity } = asked;
    const [real, memory] = await answersOf(
      () => new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } }, ReturnConsumedCapacity }),
    );
    const sorted = (answer: { Responses: Record<string, { sk: string }[]> }) => ({
      ...answer,
      Responses: answer.Responses[table]?.toSorted((a, b) => (a.sk < b.sk ? -1 : 1)),
    });
    expect(sorted(memory)).toEqual(sorted(real));
  });

  it('to scans that leave items out', async () => {
    const input = {
      TableName: table,
      ConsistentRead: true,
      FilterExpression: 'begins_with(pk, :prefix) AND pk <> :not',
      ExpressionAttributeValues: { ':prefix': 'p', ':not': 'large' },
      ProjectionExpression: 'pk, sk',
    };
    const [real, memory] = await Promise.all(
      both.map(async (documents) => {
        const found: string[] = [];
        let ExclusiveStartKey: Record<string, unknown> | undefined;
        do {
          const answer = await documents.send(new ScanCommand({ ...input, Limit: 3, ExclusiveStartKey }));
          found.push(
            ...(answer.Items ?? []).map((item) => JSON.stringify([item.pk, item.sk, Object.keys(item).length])),
          );
          ExclusiveStartKey = answer.LastEvaluatedKey;
        } while (ExclusiveStartKey);
        return found.sort();
      }),
    );
    expect(memory).toEqual(real);
  });
});
