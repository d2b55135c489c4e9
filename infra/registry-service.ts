import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { projections } from '../domain/projections/projections.ts';
import { gatewayRoutes } from '../functions/http/routes.ts';
import { writeTokenRules } from '../functions/http/token-rules.ts';
import { type Concurrency, defaults, type StageConfig } from './config.ts';
import { DueFacts } from './constructs/due-facts.ts';
import { ProjectionFunction } from './constructs/projection.ts';
import { Proving } from './constructs/proving.ts';
import { Publishing } from './constructs/publishing.ts';
import { RegistryApi } from './constructs/registry-api.ts';
import { RegistryFunction } from './constructs/registry-function.ts';
import { Sequencing } from './constructs/sequencing.ts';
import type { DataTables, RegistryData } from './registry-data.ts';

export interface RegistryServiceProps extends StackProps {
  readonly config: StageConfig;
  readonly data: Pick<RegistryData, 'tables' | 'published' | 'packs' | 'signingKey' | 'bus'>;
}

/** An HTTP API waits 30 s at most (AWS limit); a request may ask for a wait of at most 20 s. */
const requestTimeout = Duration.seconds(29);

/** Everything that computes. It holds no data: the stack can be deleted and deployed again. */
export class RegistryService extends Stack {
  readonly #concurrency: Concurrency;
  readonly #topic: ITopic | undefined;

  constructor(scope: Construct, id: string, { config, data, ...props }: RegistryServiceProps) {
    super(scope, id, props);
    const { tables, published, packs, signingKey, bus } = data;
    const { origin, alarmTopicArn, statementInterval = defaults.statementInterval } = config;
    this.#concurrency = { ...defaults.concurrency, ...config.concurrency };
    this.#topic = alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn);

    const api = new RegistryApi(this, 'Http', {
      throttle: config.throttle ?? defaults.throttle,
      alarmTopic: this.#topic,
    });
    api.route(this.commands(config, tables), gatewayRoutes.commands);
    const buckets = { published, packs };
    api.route(this.queries(config, tables, buckets), gatewayRoutes.queries);
    api.route(this.polls(config, tables), gatewayRoutes.polls);
    api.route(this.audit(config, tables, buckets), gatewayRoutes.audit);

    const { sequencer, projector, publisher, prover, daily } = this.#concurrency;
    const common = { origin, tables, bus, alarmTopic: this.#topic };
    new Sequencing(this, 'Sequencing', { ...common, reservedConcurrency: sequencer });
    for (const { name } of projections) {
      const id = `${name[0]?.toUpperCase()}${name.slice(1)}`;
      new ProjectionFunction(this, id, { ...common, name, reservedConcurrency: projector });
    }
    new Publishing(this, 'Publishing', { ...common, published, signingKey, reservedConcurrency: publisher });
    new Proving(this, 'Proving', { ...common, packs, published, statementInterval, reservedConcurrency: prover });
    new DueFacts(this, 'DueFacts', { ...common, reservedConcurrency: daily });
    new CfnOutput(this, 'Endpoint', { value: api.api.apiEndpoint, description: 'Where the API answers' });
  }

  private commands(config: StageConfig, tables: DataTables): RegistryFunction {
    const commands = new RegistryFunction(this, 'Commands', {
      name: 'commands',
      description: 'Decides what is submitted and appends it',
      timeout: requestTimeout,
      reservedConcurrency: this.#concurrency.commands,
      environment: environmentOf(config, tables),
    });
    commands.allowOn(tables.events, 'PutItem', 'Query', 'ConditionCheckItem');
    commands.allowOn(tables.log, 'GetItem', 'Query');
    commands.allowOn(tables.views, 'GetItem', 'Query');
    commands.allowOn(tables.people, 'PutItem', 'BatchGetItem');
    return commands;
  }

  private queries(config: StageConfig, tables: DataTables, { published, packs }: DataBuckets): RegistryFunction {
    const queries = new RegistryFunction(this, 'Queries', {
      name: 'queries',
      description: 'Answers from the read models, and from the history',
      timeout: requestTimeout,
      reservedConcurrency: this.#concurrency.queries,
      environment: { ...environmentOf(config, tables), ...bucketsIn({ published, packs }) },
    });
    queries.allowOn(tables.events, 'Query', 'BatchGetItem');
    queries.allowOn(tables.log, 'GetItem', 'Query');
    queries.allowOn(tables.views, 'GetItem', 'BatchGetItem', 'Query');
    queries.allowOn(tables.people, 'BatchGetItem');
    queries.allowOnObjects(published, 's3:GetObject');
    queries.allowOnObjects(packs, 's3:GetObject');
    return queries;
  }

  private polls(config: StageConfig, { events, log }: DataTables): RegistryFunction {
    const polls = new RegistryFunction(this, 'Polls', {
      name: 'polls',
      description: 'Lets everybody read the history in its sealed order, and wait for what comes next',
      timeout: requestTimeout,
      reservedConcurrency: this.#concurrency.polls,
      environment: { EVENTS_TABLE: events.tableName, LOG_TABLE: log.tableName, TOKEN_RULES: writeTokenRules(config) },
    });
    polls.allowOn(events, 'BatchGetItem');
    polls.allowOn(log, 'GetItem', 'Query');
    return polls;
  }

  private audit({ origin }: StageConfig, tables: DataTables, { published, packs }: DataBuckets): RegistryFunction {
    const audit = new RegistryFunction(this, 'Audit', {
      name: 'audit',
      description: 'Lets everybody read and verify the sealed history',
      timeout: requestTimeout,
      reservedConcurrency: this.#concurrency.audit,
      environment: { ...namesOf(tables), ...bucketsIn({ published, packs }), ORIGIN: origin },
    });
    audit.allowOn(tables.events, 'Query', 'BatchGetItem');
    audit.allowOn(tables.log, 'GetItem', 'BatchGetItem', 'Query');
    audit.allowOn(tables.views, 'GetItem', 'Query', 'Scan');
    audit.allowOnObjects(published, 's3:GetObject');
    audit.allowOnObjects(packs, 's3:GetObject');
    return audit;
  }
}

interface DataBuckets {
  readonly published: IBucket;
  readonly packs: IBucket;
}

const bucketsIn = ({ published, packs }: DataBuckets) => ({
  PUBLISHED_BUCKET: published.bucketName,
  PACKS_BUCKET: packs.bucketName,
});

const namesOf = ({ events, log, views }: DataTables) => ({
  EVENTS_TABLE: events.tableName,
  LOG_TABLE: log.tableName,
  VIEWS_TABLE: views.tableName,
});

/** The environment of the functions that know clients and persons. */
const environmentOf = (config: StageConfig, tables: DataTables) => ({
  ...namesOf(tables),
  PEOPLE_TABLE: tables.people.tableName,
  ORIGIN: config.origin,
  TOKEN_RULES: writeTokenRules(config),
  REGISTRARS: config.registrars.join(','),
});
