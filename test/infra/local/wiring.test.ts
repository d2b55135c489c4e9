import { expect, test } from 'vitest';
import type { Stack } from '../../../infra/local/templates.ts';
import { readWiring } from '../../../infra/local/wiring.ts';

const place = { endpoint: 'http://127.0.0.1:4000', suffix: 'x1' };
const stack = (name: string, Resources: Stack['template']['Resources'], Outputs = {}): Stack => ({
  name,
  template: { Resources, Outputs },
});
const read = (...stacks: Stack[]) => readWiring(stacks, place);

const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
};
const lambda = (Variables: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Environment: { Variables }, Timeout: 60 },
  Metadata: { 'registry:entry': 'functions/some/handler.ts' },
});

test('follows references from one stack into another, whichever comes first', () => {
  const data = stack(
    'Data',
    { Events: table },
    {
      Name: { Value: { Ref: 'Events' }, Export: { Name: 'Data:Events' } },
      Stream: { Value: { 'Fn::GetAtt': ['Events', 'StreamArn'] } },
    },
  );
  const service = stack('Service', {
    Function: lambda({
      STRONG: { 'Fn::ImportValue': 'Data:Events' },
      JOINED: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Partition' }]] },
      SUBSTITUTED: { 'Fn::Sub': `\${Queue.QueueName} in \${AWS::Region}` },
      QUEUE_URL: { Ref: 'Queue' },
    }),
    Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 5 } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Stream' } },
        FunctionName: { Ref: 'Function' },
      },
    },
  });
  const { functions, mappings, tables } = read(service, data);
  expect(functions[0]?.environment).toEqual({
    STRONG: 'Data-Events-x1',
    JOINED: 'a-aws',
    SUBSTITUTED: 'Service-Queue-x1 in local',
    QUEUE_URL: 'http://127.0.0.1:4000/000000000000/Service-Queue-x1',
  });
  expect(tables[0]?.definition).toMatchObject({
    TableName: 'Data-Events-x1',
    StreamSpecification: { StreamEnabled: true },
  });
  expect(mappings[0]?.source).toBe(`${tables[0]?.arn}/stream`);
  expect(mappings[0]?.function).toBe(functions[0]?.arn);
});

test('names a resource type that has no counterpart', () => {
  const unknown = stack('Service', { Topic: { Type: 'AWS::SNS::Topic' } });
  expect(() => read(unknown)).toThrow(/Service\/Topic.*AWS::SNS::Topic/);
});

test.each([
  ['an intrinsic function', lambda({ X: { 'Fn::FindInMap': ['a', 'b', 'c'] } }), /Fn::FindInMap/],
  ['a reference to nothing', lambda({ X: { Ref: 'Nothing' } }), /Nothing/],
  ['an export of nobody', lambda({ X: { 'Fn::ImportValue': 'Other:Name' } }), /Other:Name/],
  ['a function without a source', { Type: 'AWS::Lambda::Function' }, /registry:entry/],
  [
    'a property that would change what a mapping does',
    {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: 'a', FunctionName: 'b', FilterCriteria: {} },
    },
    /FilterCriteria/,
  ],
  [
    'a schedule by calendar',
    { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'cron(0 3 * * ? *)' } },
    /cron/,
  ],
])('refuses %s', (_, resource, message) => {
  expect(() => read(stack('Service', { It: resource }))).toThrow(message);
});

test('reads rules on a bus and rules on a clock', () => {
  const { rules, schedules } = read(
    stack('Service', {
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'registry' } },
      Queue: { Type: 'AWS::SQS::Queue' },
      Sealed: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventBusName: { Ref: 'Bus' },
          EventPattern: { 'detail-type': ['log.sealed'] },
          Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
        },
      },
      Minute: {
        Type: 'AWS::Events::Rule',
        Properties: {
          ScheduleExpression: 'rate(1 minute)',
          Targets: [{ Id: 'T', Arn: 'x', Input: '{"wakeUp":true}' }],
        },
      },
      Asleep: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 day)', State: 'DISABLED' } },
    }),
  );
  expect(rules).toMatchObject([
    { bus: 'registry', targets: [{ arn: 'arn:aws:sqs:local:000000000000:Service-Queue-x1' }] },
  ]);
  expect(schedules).toMatchObject([{ everySeconds: 60, targets: [{ input: '{"wakeUp":true}' }] }]);
});
