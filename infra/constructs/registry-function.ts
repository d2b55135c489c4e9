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

/** How a function's code is made of its folder. */
export const bundling: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  // ES modules where a package has them: a fifth smaller.
  mainFields: ['module', 'main'],
  // The SDK that was tested, not the one that the runtime brings.
  externalModules: [],
  minify: true,
  sourceMap: true,
  sourcesContent: false,
};

/**
 * One of the folders under `functions/` as a Lambda function. It may write to its own log group, and otherwise do what
 * `allow` and `allowOn` name.
 */
export class RegistryFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: RegistryFunctionProps) {
    super(scope, id);
    const { name, description, environment, timeout, reservedConcurrency, recursiveLoop } = props;
    const entry = `functions/${name}/handler.ts`;
    // Alarms leave their evidence here.
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
      // An option of the SDK's version 2.
      awsSdkConnectionReuse: false,
      bundling,
    });
    // A template that was made without bundling names no source otherwise; the local run looks for it here.
    (this.lambda.node.defaultChild as CfnFunction).addMetadata('registry:entry', entry);
  }

  allow(resource: string, ...actions: readonly string[]): void {
    this.#role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  }

  /** To list is to be told that an object does not exist, instead of that nobody may know (S3, GetObject). */
  allowOnObjects(bucket: IBucket, ...actions: readonly string[]): void {
    this.allow(bucket.arnForObjects('*'), ...actions);
    const { 'Fn::ImportValue': imported } = Stack.of(this).resolve(Stack.of(bucket).exportValue(bucket.bucketArn));
    const { 'Fn::GetAtt': attribute } = Stack.of(bucket).resolve(bucket.bucketArn);
    // The check names the bucket as imported or as its own stack does, depending on how far synthesis has come.
    for (const arn of [imported, `<${attribute.join('.')}>`]) {
      const reason = 'The objects of one bucket, whose names tell positions.';
      Validations.of(this.#role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${arn}/*]`, reason });
    }
    this.allow(bucket.bucketArn, 's3:ListBucket');
  }

  /** A transaction takes the actions of its parts. */
  allowOn(table: ITable, ...actions: readonly TableAction[]): void {
    this.allow(table.tableArn, ...actions.map((action) => `dynamodb:${action}`));
  }
}
