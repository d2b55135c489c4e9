import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallDynamoDb, dynamoDb } from '../../infra/local/dynamodb.ts';
import type { Build, Registry } from './builds.ts';
import type { Pair } from './pair.ts';
import type { Report } from './report.ts';

type Value = { readonly S: string } | { readonly N: string } | { readonly L: readonly Value[] };
type Item = Readonly<Record<string, Value>>;

/** When the sequencer's schedule ran: schedules keep the time of the machine. */
const NOTE = '{"S":"sealing"} {"N":"0"}';

/** All tables, item by item, as the database itself tells them. */
export async function compareTables(pair: Pair, report: Report): Promise<void> {
  const [before, now] = (await Promise.all(pair.registries.map(tablesOf))) as [Tables, Tables];
  report.same('names of the tables', '', [...before.keys()].join('\n'), [...now.keys()].join('\n'));
  for (const [name, items] of before) {
    const others = now.get(name) ?? new Map();
    const what = `stored items: ${name.replace(/-[^-]*$/, '')}`;
    for (const key of new Set([...items.keys(), ...others.keys()])) {
      report.same(what, key, items.get(key) ?? 'none', others.get(key) ?? 'none');
    }
  }
}

type Tables = Map<string, Map<string, string>>;

async function tablesOf({ database }: Registry): Promise<Tables> {
  const call = dynamoDb(database);
  const { TableNames } = await call<{ TableNames: string[] }>('ListTables', {});
  const tables: Tables = new Map();
  for (const name of TableNames.sort()) tables.set(name, await itemsOf(name, call));
  return tables;
}

async function itemsOf(name: string, call: CallDynamoDb): Promise<Map<string, string>> {
  const { Table } = await call<{ Table: { KeySchema: { AttributeName: string }[] } }>('DescribeTable', {
    TableName: name,
  });
  const items = new Map<string, string>();
  for (let from: object | undefined = {}; from; ) {
    const page: { Items: Item[]; LastEvaluatedKey?: object } = await call('Scan', {
      TableName: name,
      ConsistentRead: true,
      ...from,
    });
    for (const item of page.Items) {
      const key = Table.KeySchema.map(({ AttributeName }) => JSON.stringify(item[AttributeName])).join(' ');
      if (key !== NOTE) items.set(key, JSON.stringify(sorted(item)));
    }
    from = page.LastEvaluatedKey && { ExclusiveStartKey: page.LastEvaluatedKey };
  }
  return items;
}

/** DynamoDB keeps no order of attributes. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

interface Told {
  readonly id: string;
  readonly subject: string;
  readonly streamversion: number;
  readonly commandid: string;
  readonly time: string;
}

/**
 * Puts a history that was accepted long ago into both events tables, commit by commit, each when the one before is in the
 * read models: whatever seals and projects takes it from there.
 */
export async function loadAcceptedHistory(pair: Pair, old: Build): Promise<void> {
  const commits = commitsOf(readFileSync(acceptedHistory(old), 'utf8'));
  let size = 0;
  for (const item of commits) {
    size += (item.events as { L: unknown[] }).L.length;
    await Promise.all(pair.registries.map((registry) => land(registry, item, size)));
  }
}

export function acceptedHistory({ root }: Build): string {
  const [file] = globSync('test/**/accepted-history.ndjson', { cwd: root });
  if (file === undefined) throw new Error(`${root} has no accepted history`);
  return join(root, file);
}

async function land({ database, ask }: Registry, Item: Item, size: number): Promise<void> {
  const call = dynamoDb(database);
  const { TableNames } = await call<{ TableNames: string[] }>('ListTables', {});
  await call('PutItem', { TableName: TableNames.find((name) => /-Events[0-9A-F]{8}-/.test(name)), Item });
  for (let tries = 0; tries < 600; tries += 1) {
    const { position } = JSON.parse((await ask({ path: '/v1/projections/records' })).body);
    if (position === size - 1) return;
    await sleep(20);
  }
  throw new Error(`a commit of the accepted history is not sealed: ${JSON.stringify(Item)}`);
}

/** The stored items of a feed: a commit is what one command recorded in one stream. */
function commitsOf(feed: string): Item[] {
  const commits = new Map<string, { first: Told; events: string[] }>();
  for (const line of feed.trimEnd().split('\n')) {
    const event = line.replace(/,"position":\d+\}$/, '}');
    const first = JSON.parse(event) as Told;
    const key = `${first.subject} ${first.commandid}`;
    const commit = commits.get(key) ?? { first, events: [] };
    commit.events.push(event);
    commits.set(key, commit);
  }
  const previous = new Map<string, number>();
  return [...commits.values()].map(({ first: { subject, streamversion, commandid, time }, events }) => {
    const before = previous.get(subject) ?? 0;
    previous.set(subject, streamversion);
    return {
      stream: { S: subject },
      version: { N: String(streamversion) },
      previous: { N: String(before) },
      events: { L: events.map((S) => ({ S })) },
      commandId: { S: commandid },
      requestHash: { S: `hash of ${subject}/${streamversion}` },
      recordedAt: { S: time },
    };
  });
}
