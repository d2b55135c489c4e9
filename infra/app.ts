import { check } from './checks.ts';
import { stageConfig } from './config.ts';
import { buildApp } from './synthesize.ts';

/** What the CDK CLI runs: `STAGE=production npx cdk synth`. */
const config = stageConfig(process.env.STAGE ?? 'production');
check(buildApp({ config, bundling: true, validation: true })).synth();
