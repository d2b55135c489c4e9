import { type App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';

/**
 * Synthesis fails on what cdk-nag's AwsSolutions pack finds. Apart from `buildApp`, so that the local run, which has no
 * use for it, does not load it.
 */
export function check(app: App): App {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
