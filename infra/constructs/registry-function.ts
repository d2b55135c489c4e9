import { resolve } from 'node:path';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type CfnFunction, type RecursiveLoop, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { type Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface RegistryFunctionProps {
  /** The folder under `functions/` that holds its `handler.ts`. */
  readonly name: string;
  readonly description: string;
  readonly environment: Record<string, string>;
  readonly timeout: Duration;
  readonly reservedConcurrency: number;
  readonly recursiveLoop?: RecursiveLoop;
}

type TableAction =
  | 'BatchGetItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem';

const root = resolve(import.meta.dirname, '../..');

/** What stands in a bundle in the place of a package, so that it is within its size. */
export const standIns: Readonly<Record<string, string>> = {
  '@aws-sdk/credential-provider-node': resolve(root, 'functions/runtime/environment-credentials.ts'),
};

/** How a function's code is bundled. */
export const bundling: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  // Prefers the ES modules of packages that have both: bundles get a fifth smaller.
  mainFields: ['module', 'main'],
  // Bundles the SDK that was tested, instead of the one that the runtime brings.
  externalModules: [],
  minify: true,
  sourceMap: true,
  sourcesContent: false,
  esbuildArgs: Object.fromEntries(Object.entries(standIns).map(([name, file]) => [`--alias:${name}`, file])),
};

/** A folder under `functions/` as a Lambda function. It may write to its log group and do what `allow…` grants. */
export class RegistryFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: RegistryFunctionProps) {
    super(scope, id);
    const { name, description, environment, timeout, reservedConcurrency, recursiveLoop } = props;
    const entry = `functions/${name}/handler.ts`;
    // The evidence behind an alarm is in the logs.
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_YEAR });
    this.#role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.allow(logGroup.logGroupArn, 'logs:CreateLogStream', 'logs:PutLogEvents');
    this.lambda = new NodejsFunction(this, 'Function', {
      description,
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
      timeout,
      reservedConcurrentExecutions: reservedConcurrency,
      recursiveLoop,
      entry: resolve(root, entry),
      projectRoot: root,
      depsLockFilePath: resolve(root, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 1024,
      role: this.#role,
      logGroup,
      // This option concerns version 2 of the SDK.
      awsSdkConnectionReuse: false,
      bundling,
    });
    // Templates made without bundling name no source otherwise. The local run finds it here.
    (this.lambda.node.defaultChild as CfnFunction).addMetadata('registry:entry', entry);
  }

  allow(resource: string, ...actions: readonly string[]): void {
    this.#role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  }

  /** With `s3:ListBucket`: without it GetObject answers 403 instead of 404 for an object that does not exist (S3). */
  allowOnObjects(bucket: IBucket, ...actions: readonly string[]): void {
    this.allow(bucket.arnForObjects('*'), ...actions);
    const { 'Fn::ImportValue': imported } = Stack.of(this).resolve(Stack.of(bucket).exportValue(bucket.bucketArn));
    const { 'Fn::GetAtt': attribute } = Stack.of(bucket).resolve(bucket.bucketArn);
    // cdk-nag names the bucket as this stack imports it or as its own stack does, depending on when it runs.
    for (const arn of [imported, `<${attribute.join('.')}>`]) {
      const reason = 'The objects of one bucket, whose names depend on positions.';
      Validations.of(this.#role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${arn}/*]`, reason });
    }
    this.allow(bucket.bucketArn, 's3:ListBucket');
  }

  /** Only on items of these partitions. */
  allowOnPartitions(table: ITable, partitions: readonly string[], ...actions: readonly TableAction[]): void {
    this.#role.addToPolicy(
      new PolicyStatement({
        actions: actions.map((action) => `dynamodb:${action}`),
        resources: [table.tableArn],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [...partitions] } },
      }),
    );
  }

  /** A transaction needs the actions of its parts. */
  allowOn(table: ITable, ...actions: readonly TableAction[]): void {
    this.allow(table.tableArn, ...actions.map((action) => `dynamodb:${action}`));
  }
}
