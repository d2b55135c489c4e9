import { setTimeout as sleep } from 'node:timers/promises';
import { type CallDynamoDb, EngineError } from './dynamodb.ts';
import type { TableSpec } from './specs.ts';

interface Described {
  readonly Table: { readonly TableStatus: string };
}

/** Creates missing tables and waits until all tables are active. */
export async function createTables(specs: readonly TableSpec[], call: CallDynamoDb): Promise<void> {
  for (const { name, definition } of specs) {
    if ((await statusOf(name, call)) === undefined) await call('CreateTable', definition);
    while ((await statusOf(name, call)) !== 'ACTIVE') await sleep(20);
  }
}

async function statusOf(name: string, call: CallDynamoDb): Promise<string | undefined> {
  try {
    return (await call<Described>('DescribeTable', { TableName: name })).Table.TableStatus;
  } catch (error) {
    if (error instanceof EngineError && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

export async function isEmpty(name: string, call: CallDynamoDb): Promise<boolean> {
  return (await call<{ Count: number }>('Scan', { TableName: name, Limit: 1 })).Count === 0;
}
