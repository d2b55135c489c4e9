import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { DataTables } from '../registry-data.ts';

/** What every construct with a background function takes. */
export interface BackgroundProps {
  readonly origin: string;
  readonly tables: DataTables;
  readonly bus: IEventBus;
  readonly reservedConcurrency: number;
  readonly alarmTopic: ITopic | undefined;
}
