import { describe, expect, it } from 'vitest';
import { checkConfig, type StageConfig, stageConfig } from '../../infra/config.ts';
import { config } from './templates.ts';

type Change = { [Field in keyof StageConfig]?: StageConfig[Field] | undefined };
const faultOf = (change: Change) => () => checkConfig({ ...config, ...change } as StageConfig);

describe('the configuration of a stage', () => {
  it('is found by its name', () => {
    expect(stageConfig('production').stage).toBe('production');
  });

  it('is valid for every stage', () => {
    expect(() => checkConfig(stageConfig('production'))).not.toThrow();
  });

  it('names the stages that exist when asked for another', () => {
    expect(() => stageConfig('prod')).toThrow('no stage "prod"; there are: production');
  });

  it.each<Change>([
    { origin: 'localhost/a1b2c3d4' },
    { issuer: 'http://localhost:3000' },
    { discovery: 'https://issuer.internal.example.org/.well-known/openid-configuration' },
    { issuer: 'https://tenant.auth0.com/' },
    {
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCd',
      audience: undefined,
      requiredClaims: { token_use: 'access' },
    },
    { clientClaim: 'sub', tokenType: 'at+jwt' },
  ])('takes %j', (change) => {
    expect(faultOf(change)).not.toThrow();
  });

  it.each<[string, Change]>([
    ['stage', { stage: 'Pro duction' }],
    ['origin', { origin: 'https://registry.example.org' }],
    ['origin', { origin: '' }],
    ['issuer', { issuer: 'http://issuer.example.org' }],
    ['issuer', { issuer: 'https://issuer.example.org/?tenant=1' }],
    ['issuer', { issuer: 'https://user:secret@issuer.example.org' }],
    ['issuer', { issuer: 'issuer.example.org' }],
    ['discovery', { discovery: 'http://issuer.internal.example.org' }],
    ['audience', { audience: undefined }],
    ['audience', { audience: '' }],
    ['requiredClaims', { requiredClaims: {} }],
    ['requiredClaims', { requiredClaims: { token_use: '' } }],
    ['clientClaim', { clientClaim: '' }],
    ['tokenType', { tokenType: 'JWT' as 'at+jwt' }],
    ['registrars', { registrars: [] }],
    ['registrars', { registrars: ['one,two'] }],
    ['concurrency.projector', { concurrency: { projector: 1 } }],
    ['concurrency.prover', { concurrency: { prover: 1 } }],
    ['statementInterval', { statementInterval: 0 }],
    ['concurrency.sequencer', { concurrency: { sequencer: 0.5 } }],
    ['throttle', { throttle: { rate: 0, burst: 1 } }],
    ['alarmTopicArn', { alarmTopicArn: 'alarms' }],
  ])('refuses a bad %s: %j', (field, change) => {
    expect(faultOf(change)).toThrow(`- ${field}`);
  });

  it('names all faults at once', () => {
    expect(faultOf({ origin: '', registrars: [] })).toThrow(/- origin.*\n- registrars/);
  });
});
