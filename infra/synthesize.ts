import { App } from 'aws-cdk-lib/core';
import { checkConfig, type StageConfig } from './config.ts';
import { RegistryData } from './registry-data.ts';
import { RegistryService } from './registry-service.ts';

export interface BuildOptions {
  readonly config: StageConfig;
  /** Where the templates are written; by default where the CLI says, else a temporary directory. */
  readonly outdir?: string;
  /** Bundles the functions' code. Without it, the templates only name its source (metadata `registry:entry`). */
  readonly bundling: boolean;
  /** Validates the templates against CloudFormation's schemas, which takes about a second. */
  readonly validation: boolean;
}

/**
 * All feature flags that concern what the stacks use. They are set here, not in cdk.json, which only the CLI reads, so
 * that the CLI, the tests and the local run synthesize the same.
 */
const featureFlags = {
  // Strong: CloudFormation itself refuses to remove or replace a table that functions use. A restored table is added
  // beside the old one before the service moves to it, as the CDK guide describes for exported values.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:enablePartitionLiterals': true,
  '@aws-cdk/core:includePrefixInUniqueNameGeneration': true,
  '@aws-cdk/core:aspectPrioritiesMutating': true,
  '@aws-cdk/core:explicitStackTags': true,
  '@aws-cdk/core:target-partitions': ['aws', 'aws-cn'],
  '@aws-cdk/core:validateSnapshotRemovalPolicy': true,
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-apigateway:logGroupDestinationArnWithoutWildcard': true,
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup': true,
  '@aws-cdk/aws-lambda-nodejs:sdkV3ExcludeSmithyPackages': true,
};

/** The two stacks of a stage, for any account and region. */
export function buildApp({ config, outdir, bundling, validation }: BuildOptions): App {
  checkConfig(config);
  const app = new App({
    outdir,
    analyticsReporting: false,
    builtinCloudFormationValidation: validation,
    context: { ...featureFlags, ...(bundling ? {} : { 'aws:cdk:bundling-stacks': [] }) },
  });
  const tags = { stage: config.stage };
  const data = new RegistryData(app, 'RegistryData', {
    description: 'Signings Registry: events, log, published log, read models and their trees, bus',
    origin: config.origin,
    tags,
  });
  new RegistryService(app, 'RegistryService', {
    description: 'Signings Registry: functions, API, queues, alarms',
    config,
    data,
    tags,
  });
  return app;
}
