import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../functions/runtime/clients.ts';
import { indexStreamRecords } from '../../infra/local/engine/dynoxide.ts';
import { startDynoxide } from './dynoxide.ts';

interface TestTables {
  readonly events: string;
  readonly log: string;
  readonly views: string;
  readonly people: string;
}

export interface TestEngine {
  readonly documents: DynamoDBDocumentClient;
  readonly endpoint: string;
  readonly tables: TestTables;
  /** As many empty tables more: a registry of its own. */
  freshTables(): Promise<TestTables>;
  stop(): Promise<void>;
}

/** A DynamoDB with the registry's tables, empty. `DYNAMODB_ENDPOINT` names another engine than the embedded one. */
export async function startEngine(): Promise<TestEngine> {
  const given = process.env.DYNAMODB_ENDPOINT;
  const running = given ? { endpoint: given, indexed: () => {}, stop: async () => {} } : await embedded();
  const client = new DynamoDBClient({
    endpoint: running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  });
  const created: string[] = [];

  async function freshTables(): Promise<TestTables> {
    const run = randomUUID().slice(0, 8);
    const tables = { events: `events-${run}`, log: `log-${run}`, views: `views-${run}`, people: `people-${run}` };
    await client.send(
      new CreateTableCommand({
        ...tableOf(tables.events, ['stream', 'S'], ['version', 'N']),
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    await client.send(new CreateTableCommand(tableOf(tables.log, ['pk', 'S'], ['sk', 'N'])));
    await client.send(new CreateTableCommand(tableOf(tables.views, ['pk', 'S'], ['sk', 'S'])));
    await client.send(new CreateTableCommand(tableOf(tables.people, ['pk', 'S'])));
    created.push(...Object.values(tables));
    return tables;
  }

  const tables = await freshTables();
  running.indexed();
  return {
    documents: documentClient(client),
    endpoint: running.endpoint,
    tables,
    freshTables,
    async stop() {
      // Whoever gave an engine gets it back without our tables; an embedded one goes with its file.
      if (given) for (const TableName of created) await client.send(new DeleteTableCommand({ TableName }));
      client.destroy();
      await running.stop();
    },
  };
}

async function embedded() {
  const folder = await mkdtemp(join(tmpdir(), 'registry-test-'));
  const file = join(folder, 'dynamodb.sqlite');
  const engine = await startDynoxide({ file });
  return {
    endpoint: engine.endpoint,
    indexed: () => indexStreamRecords(file),
    async stop() {
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type KeyOf = [name: string, type: 'S' | 'N'];

const tableOf = (TableName: string, ...keys: readonly [KeyOf, KeyOf?]) => {
  const given = keys.filter((key) => key !== undefined);
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: given.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: given.map(([AttributeName], index) => ({
      AttributeName,
      KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
    })),
  };
};
