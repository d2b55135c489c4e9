import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projections } from '../../domain/projections/projections.ts';
import { config, type Resource, synthesize } from './templates.ts';

const { all, follow, nameOf } = synthesize();
const alarms = all('AWS::CloudWatch::Alarm');
const root = resolve(import.meta.dirname, '../..');
const sectionOf = ({ is }: Resource): string | undefined =>
  /^docs\/runbook\.md#([a-z-]+)$/.exec(is.AlarmDescription)?.[1];

/** As Markdown renderers make an anchor of a heading. */
const anchorOf = (heading: string) => heading.trim().toLowerCase().replaceAll(' ', '-');

const sections = new Map(
  readFileSync(resolve(root, 'docs/runbook.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...text] = section.split('\n');
      return [anchorOf(heading), text.join('\n')] as const;
    }),
);

const dimensionsOf = ({ is }: Resource): Record<string, unknown> =>
  Object.fromEntries(is.Dimensions.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]));

describe('the alarms', () => {
  it('each have a section of the runbook, and it has no others but for what people report', () => {
    const reported = ['a-leaked-token'];
    expect([...new Set(alarms.map(sectionOf)), ...reported].sort()).toEqual([...sections.keys()].sort());
  });

  it.each([...sections])('%s: the section says what it means and what to do', (_, text) => {
    expect(text).toMatch(/\*\*Means\.\*\* \S/);
    expect(text).toMatch(/\*\*Do\.\*\* \S|\*\*Do\.\*\*\n+1\. \S/);
  });

  it('watch every dead-letter queue', () => {
    const queues = all('AWS::SQS::Queue');
    const deadLetters = queues
      .filter(({ is }) => is.RedrivePolicy)
      .map((queue) => follow(queue.is.RedrivePolicy.deadLetterTargetArn, queue).resource.id);
    const watched = alarms
      .filter(({ is }) => is.MetricName === 'ApproximateNumberOfMessagesVisible' && is.Threshold === 1)
      .map((alarm) => follow(dimensionsOf(alarm).QueueName, alarm).resource.id);
    expect(watched.sort()).toEqual(deadLetters.sort());
    expect(deadLetters.length).toBeGreaterThan(0);
  });

  it('look at what functions count themselves, under the names that they use', () => {
    const own = alarms.filter(({ is }) => is.Namespace === 'Registry');
    expect(own.map(({ is }) => is.MetricName).sort()).toEqual([
      'AnnouncingAlarm',
      'DigestsDifferAlarm',
      'HaltAlarm',
      'LargestGroup',
      ...projections.map(() => 'ProjectionStopped'),
      'ProvingAlarm',
      'PublishingAlarm',
      ...projections.map(() => 'RecordsSetAside'),
      'SealingAlarm',
      'StatementLag',
      'TamperAlarm',
      'TamperAlarm',
      'TwoRootsAlarm',
    ]);
    for (const alarm of own) {
      const { service } = dimensionsOf(alarm) as { service: string };
      const folder = resolve(root, 'functions', service.split('-')[0] ?? '');
      const source = readdirSync(folder)
        .map((file) => readFileSync(resolve(folder, file), 'utf8'))
        .join('\n');
      expect(source).toContain(`'${alarm.is.MetricName}'`);
      expect(source).toContain("namespace: 'Registry'");
    }
  });

  it('go off for as long as a record is set aside, and not by how often that is said', () => {
    const alarm = alarms.find(({ is }) => is.MetricName === 'RecordsSetAside');
    expect(alarm?.is).toMatchObject({ Statistic: 'Maximum', Threshold: 1 });
  });

  it('go off when three intervals have passed without a statement', () => {
    const alarm = alarms.find(({ is }) => is.MetricName === 'StatementLag');
    expect(alarm?.is).toMatchObject({ Statistic: 'Maximum', Threshold: 3 * 60 });
  });

  it('go off when the stream’s records are an hour old', () => {
    const alarm = alarms.find(({ is }) => is.MetricName === 'IteratorAge');
    expect(alarm?.is.Threshold).toBe(60 * 60 * 1000);
    expect(alarm && nameOf(follow(dimensionsOf(alarm).FunctionName, alarm).resource)).toBe('sequencer');
  });

  it('take the value itself as reached, and silence as good news', () => {
    for (const { is } of alarms) {
      expect([is.ComparisonOperator, is.TreatMissingData]).toEqual(['GreaterThanOrEqualToThreshold', 'notBreaching']);
    }
  });

  it('go to the stage’s topic', () => {
    expect(alarms.map(({ is }) => is.AlarmActions)).toEqual(alarms.map(() => [config.alarmTopicArn]));
  });

  it('go nowhere when the stage names no topic', () => {
    const { alarmTopicArn: _, ...silent } = config;
    const found = synthesize(silent).all('AWS::CloudWatch::Alarm');
    expect(found).toHaveLength(alarms.length);
    expect(found.filter(({ is }) => is.AlarmActions !== undefined)).toEqual([]);
  });
});
