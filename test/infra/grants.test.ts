import { describe, expect, it } from 'vitest';
import { labelOf, type Resource, synthesize } from './templates.ts';

const { all, follow, functions, nameOf } = synthesize();

/** The table of the design document, for the functions and tables that exist. */
const design = {
  commands: {
    events: 'PutItem, Query, ConditionCheckItem',
    log: 'GetItem, Query',
    views: 'GetItem, Query',
    people: 'PutItem, BatchGetItem',
  },
  sequencer: {
    events: 'Query, BatchGetItem, Scan',
    'events stream': 'DescribeStream, GetRecords, GetShardIterator, ListStreams',
    log: 'GetItem, BatchGetItem, Query, PutItem, UpdateItem',
    bus: 'PutEvents',
  },
  publisher: {
    events: 'Query, BatchGetItem',
    log: 'GetItem, Query, UpdateItem',
    'published log': 'ListBucket',
    'objects of the published log': 'GetObject, PutObject',
    'signing key': 'Sign, GetPublicKey',
    queue: 'ReceiveMessage, DeleteMessage, GetQueueAttributes, ChangeMessageVisibility, SendMessage',
  },
  prover: {
    events: 'Query, BatchGetItem',
    'events of read-models': 'PutItem',
    log: 'GetItem, Query',
    views: 'GetItem, BatchGetItem, Query, Scan',
    packs: 'ListBucket',
    'objects of the packs': 'GetObject, PutObject, PutObjectTagging',
    'published log': 'ListBucket',
    'objects of the published log': 'GetObject',
    queue: 'ReceiveMessage, DeleteMessage, GetQueueAttributes, ChangeMessageVisibility, SendMessage',
  },
  projector: {
    events: 'Query, BatchGetItem',
    log: 'GetItem, Query',
    views: 'GetItem, BatchGetItem, Query, PutItem, UpdateItem, DeleteItem, ConditionCheckItem',
    queue: 'ReceiveMessage, DeleteMessage, GetQueueAttributes, ChangeMessageVisibility, SendMessage',
  },
  queries: {
    events: 'Query, BatchGetItem',
    log: 'GetItem, Query',
    views: 'GetItem, BatchGetItem, Query',
    people: 'BatchGetItem',
    packs: 'ListBucket',
    'objects of the packs': 'GetObject',
    'published log': 'ListBucket',
    'objects of the published log': 'GetObject',
  },
  daily: {
    events: 'PutItem, Query',
    log: 'GetItem',
    views: 'GetItem, Query',
  },
  polls: {
    events: 'BatchGetItem',
    log: 'GetItem, Query',
  },
  audit: {
    packs: 'ListBucket',
    'objects of the packs': 'GetObject',
    events: 'Query, BatchGetItem',
    log: 'GetItem, BatchGetItem, Query',
    views: 'GetItem, Query, Scan',
    'published log': 'ListBucket',
    'objects of the published log': 'GetObject',
  },
} as const;

const services: Record<string, string> = {
  bus: 'events',
  queue: 'sqs',
  'published log': 's3',
  'objects of the published log': 's3',
  packs: 's3',
  'objects of the packs': 's3',
  'signing key': 'kms',
};

const expectedFor = (name: keyof typeof design) => ({
  'own log group': ['logs:CreateLogStream', 'logs:PutLogEvents'],
  ...Object.fromEntries(
    Object.entries(design[name]).map(([label, actions]) => [
      label,
      actions
        .split(', ')
        .map((action) => `${services[label] ?? 'dynamodb'}:${action}`)
        .sort(),
    ]),
  ),
});

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

const roleOf = (fn: Resource) => follow(fn.is.Role, fn).resource;

/** Objects of a bucket are its ARN with an asterisk. */
function labelOfGranted(resource: { 'Fn::Join'?: [string, [object, string]] }, policy: Resource, fn: Resource): string {
  const joined = resource['Fn::Join'];
  if (!joined) return labelOf(follow(resource, policy), fn);
  const [separator, [bucket, rest]] = joined;
  expect([separator, rest]).toEqual(['', '/*']);
  return `objects of the ${labelOf(follow(bucket, policy), fn)}`;
}

/** The partitions that alone are meant. */
function partitionsOf(condition: object | undefined): string {
  if (!condition) return '';
  const { 'ForAllValues:StringEquals': equals } = condition as Record<string, Record<string, string[]>>;
  expect(condition).toEqual({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': expect.any(Array) } });
  return ` of ${equals?.['dynamodb:LeadingKeys']?.join(', ')}`;
}

/** Everything that a function's role allows: the actions by what they are allowed on. */
function grantsOf(fn: Resource): Record<string, string[]> {
  const role = roleOf(fn);
  const policies = all('AWS::IAM::Policy').filter(({ is }) =>
    is.Roles.some(({ Ref }: { Ref: string }) => Ref === role.id),
  );
  const granted: Record<string, Set<string>> = {};
  for (const policy of policies) {
    for (const { Effect, Action, Resource, Condition } of policy.is.PolicyDocument.Statement) {
      expect(Effect).toBe('Allow');
      for (const resource of list(Resource)) {
        const label = labelOfGranted(resource, policy, fn) + partitionsOf(Condition);
        granted[label] ??= new Set();
        for (const action of list<string>(Action)) granted[label].add(action);
      }
    }
  }
  return Object.fromEntries(Object.entries(granted).map(([label, actions]) => [label, [...actions].sort()]));
}

describe('the grants', () => {
  it('are given to the functions of the table, and to no others', () => {
    expect([...new Set(functions.map(nameOf))].sort()).toEqual(Object.keys(design).sort());
  });

  it.each(Object.keys(design) as (keyof typeof design)[])('let %s do what the table says, and nothing else', (name) => {
    for (const fn of functions.filter((one) => nameOf(one) === name)) expect(grantsOf(fn)).toEqual(expectedFor(name));
  });

  it('come from no managed policy and no policy within a role', () => {
    const roles = all('AWS::IAM::Role');
    expect(roles.map(({ is }) => [is.ManagedPolicyArns, is.Policies])).toEqual(roles.map(() => [undefined, undefined]));
  });

  it('are each function’s own: no two share a role', () => {
    expect(new Set(functions.map((fn) => roleOf(fn).id)).size).toBe(functions.length);
  });

  it('leave all that happens to events to PutItem: nobody may update or delete them', () => {
    const actions = functions.flatMap((fn) => grantsOf(fn).events ?? []);
    expect(actions.filter((action) => /Update|Delete|BatchWrite/.test(action))).toEqual([]);
  });
});
