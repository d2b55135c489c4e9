import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

type Item = Record<string, unknown>;

interface Request {
  TableName: string;
  Item?: Item;
  Key?: Item;
  ConditionExpression?: string;
  UpdateExpression?: string;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
  ScanIndexForward?: boolean;
  Limit?: number;
  ExclusiveStartKey?: Item;
  ReturnValuesOnConditionCheckFailure?: string;
}

type Action = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/**
 * As much of DynamoDB, in memory, as the log needs: the simulator takes thousands of runs over it. It knows the
 * few forms of expressions that occur and throws on any other; a test holds it to what the real engine does.
 */
export function memoryEngine(keys: Record<string, readonly [hash: string, range: string]>): DynamoDBDocumentClient {
  const tables = new Map(Object.keys(keys).map((table) => [table, new Map<string, Item>()]));

  const tableOf = (name: string) => {
    const found = tables.get(name);
    if (!found) throw new Error(`no table ${name}`);
    return found;
  };
  const keyOf = (table: string, item: Item) => JSON.stringify((keys[table] ?? []).map((name) => item[name]));
  const bare = (table: string, item: Item): Item =>
    Object.fromEntries((keys[table] ?? []).map((name) => [name, item[name]]));

  /** A request with neither an item nor an update deletes. */
  function apply({ TableName, Item, Key, UpdateExpression, ...request }: Request): void {
    const table = tableOf(TableName);
    const key = keyOf(TableName, Item ?? Key ?? {});
    if (Item) table.set(key, defined(Item));
    else if (UpdateExpression === undefined) table.delete(key);
    else table.set(key, defined({ ...Key, ...table.get(key), ...assignments(UpdateExpression, request) }));
  }

  const itemAt = (request: Request): Item | undefined =>
    tableOf(request.TableName).get(keyOf(request.TableName, request.Item ?? request.Key ?? {}));
  const allows = (request: Request): boolean =>
    request.ConditionExpression === undefined || holds(request.ConditionExpression, itemAt(request), request);

  function write(request: Request) {
    if (!allows(request)) {
      const item = itemAt(request);
      const shown = request.ReturnValuesOnConditionCheckFailure && item && { Item: marshall(item) };
      throw new ConditionalCheckFailedException({ $metadata: {}, message: 'condition', ...shown });
    }
    apply(request);
    return {};
  }

  function transact({ TransactItems }: { TransactItems: { [Name in Action]?: Request }[] }) {
    const requests = TransactItems.map((action) => Object.values(action)[0] as Request);
    const distinct = new Set(
      requests.map(({ TableName, Item, Key }) => TableName + keyOf(TableName, Item ?? Key ?? {})),
    );
    if (requests.length > 100 || distinct.size < requests.length) throw new Error('ValidationException');
    const reasons = requests.map((request) => ({ Code: allows(request) ? 'None' : 'ConditionalCheckFailed' }));
    if (reasons.some(({ Code }) => Code !== 'None')) {
      throw new TransactionCanceledException({ $metadata: {}, message: 'cancelled', CancellationReasons: reasons });
    }
    for (const { ConditionCheck: isOnlyChecked, ...action } of TransactItems) {
      if (!isOnlyChecked) apply(Object.values(action)[0] as Request);
    }
    return {};
  }

  const commands: Record<string, (input: never) => unknown> = {
    GetCommand: ({ TableName, Key }: Request) => ({ Item: tableOf(TableName).get(keyOf(TableName, Key ?? {})) }),
    BatchGetCommand: ({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) => ({
      Responses: Object.fromEntries(
        Object.entries(RequestItems).map(([table, { Keys }]) => [
          table,
          Keys.flatMap((key) => tableOf(table).get(keyOf(table, key)) ?? []),
        ]),
      ),
    }),
    QueryCommand: (request: Request) => {
      const [hash = '', range = ''] = keys[request.TableName] ?? [];
      const { value, from, to } = between(request);
      const limit = request.Limit ?? Number.POSITIVE_INFINITY;
      const isIn = (at: unknown) => from === undefined || (Number(at) >= from && Number(at) <= to);
      const found = [...tableOf(request.TableName).values()]
        .filter((item) => item[hash] === value && isIn(item[range]))
        .sort((a, b) => inOrder(a[range], b[range]));
      const sorted = request.ScanIndexForward === false ? found.reverse() : found;
      const start = request.ExclusiveStartKey && keyOf(request.TableName, request.ExclusiveStartKey);
      const skipped = sorted.findIndex((item) => keyOf(request.TableName, item) === start) + 1;
      const Items = sorted.slice(skipped, skipped + limit);
      const last = Items.at(-1);
      return {
        Items,
        ...(last && sorted.length > skipped + limit && { LastEvaluatedKey: bare(request.TableName, last) }),
      };
    },
    ScanCommand: ({ TableName, Limit = Number.POSITIVE_INFINITY, ExclusiveStartKey, ...request }: Request) => {
      const all = [...tableOf(TableName)].sort(([a], [b]) => (a < b ? -1 : 1));
      const start = ExclusiveStartKey && keyOf(TableName, ExclusiveStartKey);
      const rest = all.filter(([key]) => start === undefined || key > start).map(([, item]) => item);
      const read = rest.slice(0, Limit);
      const last = read.at(-1);
      const filter = request.FilterExpression;
      const Items = filter === undefined ? read : read.filter((item) => passes(filter, item, request));
      return { Items, ...(last && rest.length > Limit && { LastEvaluatedKey: bare(TableName, last) }) };
    },
    PutCommand: write,
    DeleteCommand: write,
    UpdateCommand: write,
    TransactWriteCommand: transact,
  };

  const send = async (command: { constructor: { name: string }; input: unknown }) => {
    const run = commands[command.constructor.name];
    if (!run) throw new Error(`${command.constructor.name} is not known`);
    return run(command.input as never);
  };
  return { send } as unknown as DynamoDBDocumentClient;
}

type Expressions = Pick<Request, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;

const defined = (item: Item): Item =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
const nameIn = (token: string, { ExpressionAttributeNames = {} }: Expressions) =>
  ExpressionAttributeNames[token] ?? token;
const valueIn = (token: string, { ExpressionAttributeValues = {} }: Expressions) => ExpressionAttributeValues[token];

function holds(condition: string, item: Item | undefined, request: Expressions): boolean {
  return condition.split(' OR ').some((all) => all.split(' AND ').every((one) => clause(one, item, request)));
}

function clause(text: string, item: Item | undefined, request: Expressions): boolean {
  const absent = /^attribute_not_exists\(([#\w]+)\)$/.exec(text)?.[1];
  if (absent !== undefined) return item?.[nameIn(absent, request)] === undefined;
  const present = /^attribute_exists\(([#\w]+)\)$/.exec(text)?.[1];
  if (present !== undefined) return item?.[nameIn(present, request)] !== undefined;
  const [, name = '', compare, value = ''] = /^([#\w]+) (=|<=|>=) (:\w+)$/.exec(text) ?? [];
  if (name === '') throw new Error(`the condition "${text}" is not known`);
  const [is, wanted] = [item?.[nameIn(name, request)], valueIn(value, request)];
  if (compare === '=') return textOf(is) === textOf(wanted);
  return is !== undefined && (compare === '<=' ? Number(is) <= Number(wanted) : Number(is) >= Number(wanted));
}

const passes = (filter: string, item: Item, request: Expressions): boolean =>
  filter.split(' AND ').every((text) => {
    const [, begun = '', prefix = ''] = /^begins_with\((\w+), (:\w+)\)$/.exec(text) ?? [];
    if (begun) return String(item[begun]).startsWith(String(valueIn(prefix, request)));
    const [, name = '', other = ''] = /^(\w+) <> (:\w+)$/.exec(text) ?? [];
    if (!name) throw new Error(`the filter "${text}" is not known`);
    return item[name] !== valueIn(other, request);
  });

const textOf = (value: unknown): string | undefined =>
  value instanceof Uint8Array ? Buffer.from(value).toString('hex') : JSON.stringify(value);

function assignments(expression: string, request: Expressions): Item {
  const [, set, removed] = /^SET (.+?)(?: REMOVE ([#\w]+))?$/.exec(expression) ?? [];
  if (set === undefined) throw new Error(`the update "${expression}" is not known`);
  const pairs = set.split(', ').map((pair) => pair.split(' = ') as [string, string]);
  const assigned = Object.fromEntries(pairs.map(([name, value]) => [nameIn(name, request), valueIn(value, request)]));
  return removed === undefined ? assigned : { ...assigned, [nameIn(removed, request)]: undefined };
}

const inOrder = (a: unknown, b: unknown): number =>
  typeof a === 'number' ? a - Number(b) : Number(String(a) > String(b)) - Number(String(a) < String(b));

/** The partition that a query reads, and which sort keys of it; without them, all. */
function between(request: Request): { value: unknown; from?: number; to: number } {
  const expression = request.KeyConditionExpression ?? '';
  const [, whole = ''] = /^[#\w]+ = (:\w+)$/.exec(expression) ?? [];
  if (whole) return { value: valueIn(whole, request), to: 0 };
  const form = /^[#\w]+ = (:\w+) AND [#\w]+ BETWEEN (:\w+) AND (:\w+)$/.exec(expression);
  if (!form) throw new Error(`the key condition "${expression}" is not known`);
  const [, hash = '', from = '', to = ''] = form;
  return { value: valueIn(hash, request), from: Number(valueIn(from, request)), to: Number(valueIn(to, request)) };
}
