import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/**
 * TamperAlarm: something immutable has changed. SealingAlarm: a commit or the whole log cannot be sealed.
 * AnnouncingAlarm: sealed events do not reach the bus. PublishingAlarm: they do not reach the published log. HaltAlarm:
 * the published log and the sealed one contradict each other, and nothing more is sealed. ProvingAlarm: what read models
 * hold cannot be stated. TwoRootsAlarm: it would be stated in two ways. DigestsDifferAlarm: what is served differs from it.
 */
type AlarmName =
  | 'TamperAlarm'
  | 'SealingAlarm'
  | 'AnnouncingAlarm'
  | 'PublishingAlarm'
  | 'HaltAlarm'
  | 'ProvingAlarm'
  | 'TwoRootsAlarm'
  | 'DigestsDifferAlarm';

/** Writes a log line and the metric that alarms the operator. */
export type Alarm = (name: AlarmName, message: string, details?: Record<string, unknown>) => void;

export const alarmWith =
  (logger: Pick<Logger, 'error'>, metrics: Pick<Metrics, 'addMetric'>): Alarm =>
  (name, message, details = {}) => {
    logger.error(message, { alarm: name, ...details });
    metrics.addMetric(name, MetricUnit.Count, 1);
  };
