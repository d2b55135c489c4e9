import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { App, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, it } from 'vitest';
import { check } from '../../infra/checks.ts';
import { buildApp } from '../../infra/synthesize.ts';
import { config } from './templates.ts';

const outdir = mkdtempSync(join(tmpdir(), 'registry-checks-'));
afterAll(() => rmSync(outdir, { recursive: true }));

const build = (validation: boolean): App => check(buildApp({ config, outdir, bundling: false, validation }));
const findingsIn = (app: App) =>
  new AwsSolutionsChecks().validateScope(app).violations.map(({ ruleName, violatingResources }) => ({
    ruleName,
    constructs: violatingResources.map(({ constructPath }) => constructPath),
  }));

describe('cdk-nag, AwsSolutions', () => {
  it('finds nothing in the stacks', () => {
    expect(findingsIn(build(false))).toEqual([]);
  });

  it('finds a queue that takes messages without TLS and has no dead letters', () => {
    const app = build(false);
    new Queue(app.node.findChild('RegistryService') as Stack, 'Bad');
    expect(findingsIn(app).map(({ ruleName }) => ruleName)).toEqual(['AwsSolutions-SQS3', 'AwsSolutions-SQS4']);
  });

  it('stops the synthesis of what it finds', () => {
    const app = build(false);
    new Queue(app.node.findChild('RegistryService') as Stack, 'Bad');
    expect(() => app.synth()).toThrow();
  });
});

describe('synthesis with every check on', () => {
  it('succeeds', () => {
    const { stacks } = build(true).synth();
    expect(stacks.map(({ stackName }) => stackName)).toEqual(['RegistryData', 'RegistryService']);
  });

  it('leaves account and region open', () => {
    const { stacks } = build(false).synth();
    expect(stacks.map(({ environment }) => environment.name)).toEqual(
      stacks.map(() => 'aws://unknown-account/unknown-region'),
    );
  });
});
