import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { answerWakeUps, type WakeUpDeps } from '../runtime/wake-up.ts';
import { type ProjectorDeps, type ProjectorMemory, project } from './project.ts';
import { ProjectionBroken } from './steps.ts';

export interface ProjectorHandlerDeps extends ProjectorDeps, Pick<WakeUpDeps, 'wakeAgain'> {
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'addMetric' | 'publishStoredMetrics'>;
}

/** Brings the read model to HEAD at each wake-up. */
export function createProjector(deps: ProjectorHandlerDeps) {
  const { projection, wakeAgain, clock, logger, metrics } = deps;
  const memory: ProjectorMemory = new Map();

  async function work(deadline: number) {
    try {
      return await project(deps, memory, deadline);
    } finally {
      // At every call: the alarm stays for as long as a record is set aside.
      const setAside = Math.max(0, ...[...memory.values()].map((build) => build.setAside));
      metrics.addMetric('RecordsSetAside', MetricUnit.Count, setAside);
      metrics.publishStoredMetrics();
    }
  }

  function report(error: unknown): void {
    const position = error instanceof ProjectionBroken ? error.position : undefined;
    logger.error('the projection stopped', { projection: projection.name, position, error });
    metrics.addMetric('ProjectionStopped', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  }

  return answerWakeUps({ work, wakeAgain, clock, report });
}
