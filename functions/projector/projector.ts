import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { answerBells, type BellDeps } from '../runtime/wake-up.ts';
import { type ProjectorDeps, project } from './project.ts';
import { ProjectionBroken } from './steps.ts';

export interface HandlerDeps extends ProjectorDeps, Pick<BellDeps, 'ring'> {
  readonly logger: Pick<Logger, 'error'>;
  readonly metrics: Pick<Metrics, 'addMetric' | 'publishStoredMetrics'>;
}

/** Brings the read model to HEAD whenever its queue is rung. */
export function createProjector(deps: HandlerDeps) {
  const { projection, ring, clock, logger, metrics } = deps;

  function tell(error: unknown): void {
    const position = error instanceof ProjectionBroken ? error.position : undefined;
    logger.error('the projection stopped', { projection: projection.name, position, error });
    metrics.addMetric('ProjectionStopped', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  }

  return answerBells({ work: (deadline) => project(deps, deadline), ring, clock, tell });
}
