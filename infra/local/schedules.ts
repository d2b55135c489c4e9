import { randomUUID } from 'node:crypto';
import { ACCOUNT, REGION } from './environment.ts';
import type { ScheduleSpec } from './specs.ts';
import type { Deliver } from './targets.ts';

const units: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** The seconds of `rate(5 minutes)`. No stack uses `cron(…)`. */
export function everySeconds(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const seconds = Number(count) * (units[unit] ?? Number.NaN);
  if (!(seconds > 0)) throw new Error(`the local run does not know the schedule ${expression}`);
  return seconds;
}

/** Fires every schedule at once, because schedules resume what the last run left undone, and then at its rate. */
export function startSchedules(specs: readonly ScheduleSpec[], deliver: Deliver): { stop(): void } {
  const fire = ({ arn, targets }: ScheduleSpec) => {
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: ACCOUNT,
      time: new Date().toISOString(),
      region: REGION,
      resources: [arn],
      detail: {},
    };
    for (const target of targets) deliver(target, event);
  };
  const timers = specs.map((spec) => setInterval(() => fire(spec), spec.everySeconds * 1000));
  for (const spec of specs) fire(spec);
  return { stop: () => timers.forEach(clearInterval) };
}
