import { App } from 'aws-cdk-lib/core';
import { checkConfig, type StageConfig } from './config.ts';
import { RegistryData } from './registry-data.ts';
import { RegistryService } from './registry-service.ts';

export interface BuildOptions {
  readonly config: StageConfig;
  /** Where the templates go; by default where the CLI says, else a temporary directory. */
  readonly outdir?: string;
  /** Makes the functions' code. Without it, their templates name their source only (metadata `registry:entry`). */
  readonly bundling: boolean;
  /** Holds the templates against CloudFormation's schemas: a second of work. */
  readonly validation: boolean;
}

/**
 * Set here and not in cdk.json, which only the CLI reads: so the CLI, the tests and the local run wire the same. All
 * that bear on what the stacks use.
 */
const featureFlags = {
  // Strong, so that CloudFormation itself refuses to take away or replace a table that functions stand on. A restored
  // table comes in beside the old one and the service moves over, as the CDK guide has it for exported values.
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
    description: 'Signings Registry: events, log, published log, read models, bus',
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
