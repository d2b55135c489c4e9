import { describe, expect, it } from 'vitest';
import { projections } from '../../domain/projections/projections.ts';
import { config, labelOf, type Resource, synthesize } from './templates.ts';

const { all, follow, functions, nameOf } = synthesize();
const one = (resources: Resource[]): Resource => {
  expect(resources).toHaveLength(1);
  return resources[0] as Resource;
};
const routes = all('AWS::ApiGatewayV2::Route');
const rules = all('AWS::Events::Rule');
const mappings = all('AWS::Lambda::EventSourceMapping');
const functionAt = (value: unknown, from: Resource) => nameOf(follow(value, from).resource);

describe('every function', () => {
  it.each(functions.map((fn) => [nameOf(fn), fn] as const))('%s runs on Node.js 24 and arm64', (_, { is }) => {
    expect([is.Runtime, is.Architectures]).toEqual(['nodejs24.x', ['arm64']]);
  });

  it.each(functions.map((fn) => [nameOf(fn), fn] as const))('%s keeps its log for a year', (_, fn) => {
    expect(follow({ Ref: fn.is.LoggingConfig.LogGroup.Ref }, fn).resource.is.RetentionInDays).toBe(365);
  });

  it('has its share of the concurrency: the stage’s, else the default', () => {
    const shares = functions.map((fn) => [nameOf(fn), fn.is.ReservedConcurrentExecutions]);
    expect(Object.fromEntries(shares)).toEqual({
      commands: 100,
      queries: 200,
      audit: 50,
      polls: 20,
      sequencer: 7,
      projector: 2,
      publisher: 2,
      prover: 2,
      daily: 1,
    });
  });

  const tables = { EVENTS_TABLE: 'events', LOG_TABLE: 'log', VIEWS_TABLE: 'views' };
  const buckets = { PUBLISHED_BUCKET: 'published log', PACKS_BUCKET: 'packs' };
  const { issuer, audience } = config;
  const TOKEN_RULES = JSON.stringify({ issuer, audience });
  const tokens = { TOKEN_RULES, REGISTRARS: 'first,second' };
  const ORIGIN = config.origin;
  const environments: [name: string, variables: Readonly<Record<string, unknown>>][] = [
    ['commands', { ...tables, PEOPLE_TABLE: 'people', ORIGIN, ...tokens }],
    ['queries', { ...tables, ...buckets, PEOPLE_TABLE: 'people', ORIGIN, ...tokens }],
    ['audit', { ...tables, ...buckets, ORIGIN }],
    ['polls', { EVENTS_TABLE: 'events', LOG_TABLE: 'log', TOKEN_RULES }],
    ['sequencer', { EVENTS_TABLE: 'events', LOG_TABLE: 'log', BUS_NAME: 'bus', ORIGIN }],
    ['daily', { ...tables, ORIGIN }],
    [
      'publisher',
      {
        EVENTS_TABLE: 'events',
        LOG_TABLE: 'log',
        PUBLISHED_BUCKET: 'published log',
        SIGNING_KEY: 'signing key',
        QUEUE_URL: 'queue',
        ORIGIN,
      },
    ],
    [
      'prover',
      {
        ...tables,
        PACKS_BUCKET: 'packs',
        PUBLISHED_BUCKET: 'published log',
        QUEUE_URL: 'queue',
        ORIGIN,
        STATEMENT_INTERVAL: '60',
      },
    ],
    ...projections.map((projection): (typeof environments)[number] => [
      'projector',
      { ...tables, PROJECTION: projection.name, QUEUE_URL: 'queue' },
    ]),
  ];
  it.each(environments)('%s finds in its environment what it reads', (name, expected) => {
    const isMeant = (fn: Resource): boolean => fn.is.Environment.Variables.PROJECTION === expected.PROJECTION;
    const fn = one(functions.filter((each) => nameOf(each) === name && isMeant(each)));
    const { NODE_OPTIONS, ...variables } = fn.is.Environment.Variables as Record<string, unknown>;
    const labels = Object.entries(variables).map(([variable, value]) => [
      variable,
      typeof value === 'string' ? value : labelOf(follow(value, fn), fn),
    ]);
    expect(Object.fromEntries(labels)).toEqual(expected);
    expect(NODE_OPTIONS).toBe('--enable-source-maps');
  });
});

describe('the HTTP API', () => {
  const targetOf = (route: Resource) => {
    const [, [, integration]] = route.is.Target['Fn::Join'];
    const found = follow(integration, route).resource;
    return functionAt(found.is.IntegrationUri, found);
  };

  it('leads each route to its function', () => {
    const targets = Object.fromEntries(routes.map((route) => [route.is.RouteKey, targetOf(route)]));
    const read = {
      '/v1/{proxy+}': 'queries',
      '/': 'queries',
      '/docs': 'queries',
      '/v1/events': 'polls',
      '/v1/events/{proxy+}': 'audit',
      '/v1/projections': 'audit',
      '/v1/projections/{proxy+}': 'audit',
      '/schemas/{proxy+}': 'audit',
      '/problems/{proxy+}': 'audit',
      '/checkpoint': 'audit',
      '/tile/{proxy+}': 'audit',
      '/packs/{proxy+}': 'audit',
      '/vkey': 'audit',
      '/health': 'audit',
    };
    const reading = Object.entries(read).flatMap(([path, target]) => [
      [`GET ${path}`, target],
      [`HEAD ${path}`, target],
    ]);
    expect(targets).toEqual({
      ...Object.fromEntries(reading),
      'POST /v1/{proxy+}': 'commands',
      $default: 'audit',
    });
  });

  it('has one integration for each function, however many routes lead to it', () => {
    const integrations = all('AWS::ApiGatewayV2::Integration');
    const targets = integrations.map((integration) => functionAt(integration.is.IntegrationUri, integration));
    expect(targets.sort()).toEqual(['audit', 'commands', 'polls', 'queries']);
    expect(integrations.map(({ is }) => is.PayloadFormatVersion)).toEqual(['2.0', '2.0', '2.0', '2.0']);
  });

  it('lets browsers read the headers that the contract names', () => {
    const { AllowMethods, AllowOrigins, ExposeHeaders } = one(all('AWS::ApiGatewayV2::Api')).is.CorsConfiguration;
    expect(AllowMethods).toEqual(['GET', 'POST', 'OPTIONS']);
    expect(AllowOrigins).toEqual(['*']);
    expect(ExposeHeaders).toEqual(
      expect.arrayContaining([
        'ETag',
        'Location',
        'Link',
        'Registry-Position',
        'Idempotency-Replayed',
        'Preference-Applied',
      ]),
    );
  });

  it('writes access logs and throttles', () => {
    const stage = one(all('AWS::ApiGatewayV2::Stage'));
    expect(follow(stage.is.AccessLogSettings.DestinationArn, stage).resource.type).toBe('AWS::Logs::LogGroup');
    expect(stage.is.DefaultRouteSettings).toEqual({ ThrottlingBurstLimit: 1000, ThrottlingRateLimit: 500 });
  });
});

describe('permissions to invoke', () => {
  it('are one for each function that is called, and none for those that poll', () => {
    const permissions = all('AWS::Lambda::Permission');
    const invoked = permissions.map((permission) => [
      functionAt(permission.is.FunctionName, permission),
      permission.is.Principal,
    ]);
    expect(invoked.sort()).toEqual([
      ['audit', 'apigateway.amazonaws.com'],
      ['commands', 'apigateway.amazonaws.com'],
      ['daily', 'events.amazonaws.com'],
      ['polls', 'apigateway.amazonaws.com'],
      ['queries', 'apigateway.amazonaws.com'],
      ['sequencer', 'events.amazonaws.com'],
    ]);
  });

  it('each name who may use them', () => {
    expect(all('AWS::Lambda::Permission').filter(({ is }) => is.SourceArn === undefined)).toEqual([]);
  });
});

describe('the daily function', () => {
  it('runs every hour', () => {
    const rule = one(rules.filter(({ id }) => id.startsWith('DueFactsEveryHour')));
    expect(rule.is.ScheduleExpression).toBe('rate(1 hour)');
    expect(rule.is.Targets.map(({ Arn }: { Arn: unknown }) => functionAt(Arn, rule))).toEqual(['daily']);
  });
});

describe('the sequencer', () => {
  const mapping = one(mappings.filter((candidate) => functionAt(candidate.is.FunctionName, candidate) === 'sequencer'));

  it('follows the stream of the events from its beginning', () => {
    const { resource, attribute } = follow(mapping.is.EventSourceArn, mapping);
    expect([resource.id.slice(0, 6), attribute]).toEqual(['Events', 'StreamArn']);
    expect(mapping.is.StartingPosition).toBe('TRIM_HORIZON');
  });

  it('takes at least a hundred commits at once, of one shard one batch at a time', () => {
    expect(mapping.is.BatchSize).toBeGreaterThanOrEqual(100);
    expect(mapping.is.ParallelizationFactor).toBe(1);
  });

  it('never skips: retries have no end, records no age, and no other place is there for them', () => {
    const { MaximumRetryAttempts, MaximumRecordAgeInSeconds = -1, DestinationConfig, FilterCriteria } = mapping.is;
    expect([MaximumRetryAttempts, MaximumRecordAgeInSeconds]).toEqual([-1, -1]);
    expect([DestinationConfig, FilterCriteria]).toEqual([undefined, undefined]);
  });

  it('retries from what failed, and narrows down what fails as a whole', () => {
    expect(mapping.is.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect(mapping.is.BisectBatchOnFunctionError).toBe(true);
  });

  it('also runs every minute', () => {
    const rule = one(rules.filter(({ id }) => id.startsWith('SequencingEveryMinute')));
    expect(rule.is.ScheduleExpression).toBe('rate(1 minute)');
    expect(rule.is.State).toBe('ENABLED');
    expect(rule.is.Targets.map(({ Arn }: { Arn: unknown }) => functionAt(Arn, rule))).toEqual(['sequencer']);
  });
});

const woken = functions.filter((fn) => ['projector', 'publisher', 'prover'].includes(nameOf(fn)));
describe.each(woken.map((fn) => [fn.id, fn] as const))('the wake-up queue of %s', (_, consumer) => {
  const mapping = one(
    mappings.filter((candidate) => follow(candidate.is.FunctionName, candidate).resource.id === consumer.id),
  );
  const queue = follow(mapping.is.EventSourceArn, mapping).resource;
  const waking = rules.filter((rule) =>
    rule.is.Targets.some(({ Arn }: { Arn: unknown }) => follow(Arn, rule).resource.id === queue.id),
  );
  const deadLetters = follow(queue.is.RedrivePolicy.deadLetterTargetArn, queue).resource;

  it('gets a wake-up from log.sealed on the registry’s bus', () => {
    const rule = one(waking.filter(({ is }) => is.EventPattern !== undefined));
    expect(rule.is.EventPattern).toEqual({ source: [config.origin], 'detail-type': ['log.sealed'] });
    expect(follow(rule.is.EventBusName, rule).resource.type).toBe('AWS::Events::EventBus');
    expect(rule.is.State).toBe('ENABLED');
  });

  it('gets a wake-up every minute', () => {
    const rule = one(waking.filter(({ is }) => is.ScheduleExpression !== undefined));
    expect(rule.is.ScheduleExpression).toBe('rate(1 minute)');
    expect(rule.is.EventBusName).toBeUndefined();
  });

  it('takes messages of these two rules and of no other source', () => {
    const policy = one(
      all('AWS::SQS::QueuePolicy').filter(({ is }) => is.Queues.some(({ Ref }: { Ref: string }) => Ref === queue.id)),
    );
    const [statement, ...others] = policy.is.PolicyDocument.Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    );
    expect(others).toEqual([]);
    expect([statement.Action, statement.Principal]).toEqual(['sqs:SendMessage', { Service: 'events.amazonaws.com' }]);
    const sources = statement.Condition.ArnEquals['aws:SourceArn'];
    expect(sources.map((source: unknown) => follow(source, policy).resource.id).sort()).toEqual(
      waking.map(({ id }) => id).sort(),
    );
  });

  it('takes wake-ups of the function that it wakes, too', () => {
    expect(follow(consumer.is.Environment.Variables.QUEUE_URL, consumer).resource.id).toBe(queue.id);
    expect(consumer.is.RecursiveLoop).toBe('Allow');
  });

  it('hides a message for at least six times as long as the function may take', () => {
    expect(queue.is.VisibilityTimeout).toBeGreaterThanOrEqual(6 * consumer.is.Timeout);
  });

  it('lets two run at once, and each message fail by itself', () => {
    expect(mapping.is.ScalingConfig).toEqual({ MaximumConcurrency: 2 });
    expect(mapping.is.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect(consumer.is.ReservedConcurrentExecutions).toBeGreaterThanOrEqual(2);
  });

  it('puts away what failed five times, for 14 days', () => {
    expect(queue.is.RedrivePolicy.maxReceiveCount).toBe(5);
    expect(deadLetters.is.MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
    expect(deadLetters.is.RedrivePolicy).toBeUndefined();
  });
});
