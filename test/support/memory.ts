import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Bounds, bytesOf, type Item, type Keys, memoryTable } from './memory-table.ts';

interface Request {
  TableName: string;
  Item?: Item;
  Key?: Item;
  ConditionExpression?: string;
  UpdateExpression?: string;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
  ScanIndexForward?: boolean;
  Limit?: number;
  ExclusiveStartKey?: Item;
  ReturnValuesOnConditionCheckFailure?: string;
  ConsistentRead?: boolean;
}

type Action = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/** AWS limits: of one answer to a query or a scan in bytes, of the keys of a batch, and of the actions of a transaction. */
const ANSWER = 1024 * 1024;
const KEYS_AT_ONCE = 100;
const ACTIONS_AT_ONCE = 100;

/**
 * As much of DynamoDB, in memory, as the registry needs: the simulator takes thousands of runs over it, and generated
 * registers are made in it. It knows the few forms of expressions that occur and throws on any other; a test holds it to
 * what the real engine does.
 */
export function memoryEngine(keys: Readonly<Record<string, Keys>>): DynamoDBDocumentClient {
  const tables = new Map(Object.entries(keys).map(([name, own]) => [name, memoryTable(own)]));

  const tableOf = (name: string) => {
    const found = tables.get(name);
    if (!found) throw new Error(`no table ${name}`);
    return found;
  };

  /** A request with neither an item nor an update deletes. */
  function apply({ TableName, Item, Key = {}, UpdateExpression, ...request }: Request): void {
    const table = tableOf(TableName);
    if (Item) table.put(defined(Item));
    else if (UpdateExpression === undefined) table.remove(Key);
    else table.put(defined({ ...Key, ...table.get(Key), ...assignments(UpdateExpression, request) }));
  }

  const itemAt = (request: Request): Item | undefined =>
    tableOf(request.TableName).get(request.Item ?? request.Key ?? {});
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
      requests.map(({ TableName, Item, Key }) => TableName + tableOf(TableName).textOf(Item ?? Key ?? {})),
    );
    if (requests.length > ACTIONS_AT_ONCE || distinct.size < requests.length) throw new Error('ValidationException');
    const reasons = requests.map((request) => ({ Code: allows(request) ? 'None' : 'ConditionalCheckFailed' }));
    if (reasons.some(({ Code }) => Code !== 'None')) {
      throw new TransactionCanceledException({ $metadata: {}, message: 'cancelled', CancellationReasons: reasons });
    }
    for (const { ConditionCheck: isOnlyChecked, ...action } of TransactItems) {
      if (!isOnlyChecked) apply(Object.values(action)[0] as Request);
    }
    return {};
  }

  /** The answer to a query or a scan of these items: as many as the limits let in, and where to go on. */
  function answerOf(items: Iterable<Item>, request: Request) {
    const { TableName, Limit = Number.POSITIVE_INFINITY, FilterExpression, ProjectionExpression } = request;
    const read: Item[] = [];
    let bytes = 0;
    let isMore = false;
    for (const item of items) {
      isMore = read.length > 0 && bytes + bytesOf(item) > ANSWER;
      if (isMore) break;
      read.push(item);
      bytes += bytesOf(item);
      // It does not look whether there is another one.
      isMore = read.length >= Limit;
      if (isMore) break;
    }
    const last = read.at(-1);
    const passed = FilterExpression ? read.filter((item) => holds(FilterExpression, item, request)) : read;
    return {
      Items: ProjectionExpression ? passed.map((item) => projected(item, ProjectionExpression, request)) : passed,
      ...(last && isMore && { LastEvaluatedKey: tableOf(TableName).keyOf(last) }),
      ConsumedCapacity: consumed(TableName, bytes, request),
    };
  }

  const commands: Record<string, (input: never) => unknown> = {
    GetCommand: (request: Request) => {
      const Item = itemAt(request);
      const { ProjectionExpression: only } = request;
      return {
        Item: Item && only ? projected(Item, only, request) : Item,
        ConsumedCapacity: consumed(request.TableName, Item ? bytesOf(Item) : 0, request),
      };
    },
    BatchGetCommand: ({
      RequestItems,
    }: {
      RequestItems: Record<string, { Keys: Item[]; ConsistentRead?: boolean }>;
    }) => {
      const asked = Object.entries(RequestItems);
      const count = asked.reduce((sum, [, { Keys }]) => sum + Keys.length, 0);
      const isTwice = asked.some(([name, { Keys }]) => new Set(Keys.map(tableOf(name).textOf)).size < Keys.length);
      if (count === 0 || count > KEYS_AT_ONCE || isTwice) throw new Error('ValidationException');
      return {
        Responses: Object.fromEntries(
          asked.map(([name, { Keys }]) => [name, Keys.flatMap((key) => tableOf(name).get(key) ?? [])]),
        ),
        ConsumedCapacity: asked.map(([name, { Keys, ConsistentRead }]) => ({
          TableName: name,
          // Each item counts by itself.
          CapacityUnits: Keys.map((key) => unitsOf(bytesIfThere(tableOf(name).get(key)), ConsistentRead)).reduce(
            (sum, units) => sum + units,
            0,
          ),
        })),
      };
    },
    QueryCommand: (request: Request) => {
      const { value, ...within } = between(request);
      const isBackwards = request.ScanIndexForward === false;
      return answerOf(tableOf(request.TableName).query(value, within, isBackwards, request.ExclusiveStartKey), request);
    },
    ScanCommand: (request: Request) => {
      const table = tableOf(request.TableName);
      const all = table.all();
      const start = request.ExclusiveStartKey && table.textOf(request.ExclusiveStartKey);
      const from = start === undefined ? 0 : all.findIndex((item) => table.textOf(item) === start) + 1;
      return answerOf(all.slice(from), request);
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
  const [, begun, prefix = ''] = /^begins_with\(([#\w]+), (:\w+)\)$/.exec(text) ?? [];
  if (begun !== undefined) return String(item?.[nameIn(begun, request)]).startsWith(String(valueIn(prefix, request)));
  const [, other, than = ''] = /^([#\w]+) <> (:\w+)$/.exec(text) ?? [];
  if (other !== undefined) return textOf(item?.[nameIn(other, request)]) !== textOf(valueIn(than, request));
  const absent = /^attribute_not_exists\(([#\w]+)\)$/.exec(text)?.[1];
  if (absent !== undefined) return item?.[nameIn(absent, request)] === undefined;
  const present = /^attribute_exists\(([#\w]+)\)$/.exec(text)?.[1];
  if (present !== undefined) return item?.[nameIn(present, request)] !== undefined;
  const [, name = '', compare, value = ''] = /^([#\w]+) (=|<=) (:\w+)$/.exec(text) ?? [];
  if (name === '') throw new Error(`the condition "${text}" is not known`);
  const [is, wanted] = [item?.[nameIn(name, request)], valueIn(value, request)];
  return compare === '=' ? textOf(is) === textOf(wanted) : is !== undefined && Number(is) <= Number(wanted);
}

const textOf = (value: unknown): string | undefined =>
  value instanceof Uint8Array ? Buffer.from(value).toString('hex') : JSON.stringify(value);

function assignments(expression: string, request: Expressions): Item {
  const [, set, removed] = /^SET (.+?)(?: REMOVE ([#\w]+))?$/.exec(expression) ?? [];
  if (set === undefined) throw new Error(`the update "${expression}" is not known`);
  const pairs = set.split(', ').map((pair) => pair.split(' = ') as [string, string]);
  const assigned = Object.fromEntries(pairs.map(([name, value]) => [nameIn(name, request), valueIn(value, request)]));
  return removed === undefined ? assigned : { ...assigned, [nameIn(removed, request)]: undefined };
}

const projected = (item: Item, expression: string, request: Expressions): Item =>
  defined(
    Object.fromEntries(expression.split(', ').map((name) => [nameIn(name, request), item[nameIn(name, request)]])),
  );

const bytesIfThere = (item: Item | undefined): number => (item ? bytesOf(item) : 0);
/** A unit is a strongly consistent read of up to 4 KB, or two others; of what is not there it is one, too. */
const unitsOf = (bytes: number, isConsistent = false): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (isConsistent ? 1 : 0.5);
const consumed = (TableName: string, bytes: number, { ConsistentRead }: Request) => ({
  TableName,
  CapacityUnits: unitsOf(bytes, ConsistentRead),
});

/** The partition that a query reads, and which sort keys of it. */
function between(request: Request): { value: unknown } & Bounds {
  const expression = request.KeyConditionExpression ?? '';
  const [, hash = '', , range] = /^[#\w]+ = (:\w+)( AND [#\w]+ (.+))?$/.exec(expression) ?? [];
  const given = (token = '') => valueIn(token, request);
  if (hash === '') throw new Error(`the key condition "${expression}" is not known`);
  if (range === undefined) return { value: given(hash) };
  const [, low, high] = /^BETWEEN (:\w+) AND (:\w+)$/.exec(range) ?? [];
  if (low !== undefined) {
    return {
      value: given(hash),
      from: { key: given(low), included: true },
      to: { key: given(high), included: true },
    };
  }
  const [, compare = '', bound] = /^(<=?|>=?) (:\w+)$/.exec(range) ?? [];
  if (compare === '') throw new Error(`the key condition "${expression}" is not known`);
  const limit = { key: given(bound), included: compare.endsWith('=') };
  return { value: given(hash), ...(compare.startsWith('<') ? { to: limit } : { from: limit }) };
}
