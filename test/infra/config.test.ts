import { describe, expect, it } from 'vitest';
import { checkConfig, type StageConfig, stageConfig } from '../../infra/config.ts';
import { config } from './templates.ts';

const faultOf = (change: Partial<StageConfig>) => () => checkConfig({ ...config, ...change });

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

  it.each<Partial<StageConfig>>([
    { origin: 'localhost/a1b2c3d4' },
    { issuer: 'http://localhost:3000' },
    { issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCd' },
  ])('takes %j', (change) => {
    expect(faultOf(change)).not.toThrow();
  });

  it.each<[string, Partial<StageConfig>]>([
    ['stage', { stage: 'Pro duction' }],
    ['origin', { origin: 'https://registry.example.org' }],
    ['origin', { origin: '' }],
    ['issuer', { issuer: 'http://issuer.example.org' }],
    ['issuer', { issuer: 'https://issuer.example.org/' }],
    ['issuer', { issuer: 'issuer.example.org' }],
    ['registrars', { registrars: [] }],
    ['registrars', { registrars: ['one,two'] }],
    ['concurrency.projector', { concurrency: { projector: 1 } }],
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
