import { type App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';

/**
 * Makes synthesis fail on what cdk-nag's AwsSolutions pack finds. It is not part of `buildApp`, because the local run
 * need not load it.
 */
export function check(app: App): App {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
