import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { isBell, ownBell } from './bell.ts';
import { type ProjectorDeps, project } from './project.ts';
import { ProjectionBroken } from './steps.ts';

export interface HandlerDeps extends ProjectorDeps {
  /** Puts a message into the projection's own queue. */
  readonly ring: (body: string) => Promise<unknown>;
  readonly logger: Pick<Logger, 'error'>;
  readonly metrics: Pick<Metrics, 'addMetric' | 'publishStoredMetrics'>;
}

/** Time that is left for the last transaction and the answer, in milliseconds. */
const RESERVE = 5_000;

/**
 * Answers the bell: whatever the messages say, the read model is brought to HEAD. A message that is no bell fails, until
 * the queue puts it among the dead letters.
 */
export function createProjector(deps: HandlerDeps) {
  return async (
    { Records }: SQSEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const failed = new Set(Records.filter(({ body }) => !isBell(body)));
    try {
      if (failed.size < Records.length) {
        const deadline = deps.clock() + context.getRemainingTimeInMillis() - RESERVE;
        if ((await project(deps, deadline)) === 'more') await deps.ring(ownBell);
      }
    } catch (error) {
      const position = error instanceof ProjectionBroken ? error.position : undefined;
      deps.logger.error('the projection stopped', { projection: deps.projection.name, position, error });
      deps.metrics.addMetric('ProjectionStopped', MetricUnit.Count, 1);
      deps.metrics.publishStoredMetrics();
      for (const record of Records) failed.add(record);
    }
    return { batchItemFailures: [...failed].map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
