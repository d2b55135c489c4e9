import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Alarm } from '../runtime/alarms.ts';
import { answerWakeUps, type WakeUpDeps } from '../runtime/wake-up.ts';
import { DigestsDiffer } from './audit.ts';
import { prove } from './prove.ts';
import { type ProverDeps, proverMemory, TwoRoots } from './prover-deps.ts';

export interface ProverHandlerDeps extends ProverDeps, Pick<WakeUpDeps, 'wakeAgain'> {
  readonly alarm: Alarm;
  readonly metrics: Pick<Metrics, 'addMetric' | 'publishStoredMetrics'>;
}

/** States what the read models hold, at each wake-up. */
export function createProver(deps: ProverHandlerDeps) {
  const { wakeAgain, clock, alarm, metrics } = deps;
  const memory = proverMemory();

  async function work(deadline: number) {
    try {
      return await prove(deps, memory, deadline);
    } finally {
      const { waitingSince } = memory;
      const seconds = waitingSince === undefined ? 0 : (clock() - Date.parse(waitingSince)) / 1000;
      metrics.addMetric('StatementLag', MetricUnit.Seconds, Math.max(0, seconds));
      metrics.addMetric('LargestGroup', MetricUnit.Count, memory.largestGroup ?? 0);
      metrics.publishStoredMetrics();
    }
  }

  function report(error: unknown): void {
    const { message } = error as Error;
    if (error instanceof TwoRoots) alarm('TwoRootsAlarm', message, { error });
    else if (error instanceof DigestsDiffer) alarm('DigestsDifferAlarm', message, { error });
    else alarm('ProvingAlarm', `what the read models hold could not be stated: ${message}`, { error });
    metrics.publishStoredMetrics();
  }

  return answerWakeUps({ work, wakeAgain, clock, report });
}
