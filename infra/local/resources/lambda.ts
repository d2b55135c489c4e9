import { arnOf } from '../environment.ts';
import type { Counterpart } from './counterpart.ts';
import { knowOnly } from './counterpart.ts';

interface FunctionProperties {
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly Timeout?: number;
  readonly MemorySize?: number;
}

/** The source that the metadata names, loaded into this process. */
export const lambda: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { Arn: arnOf('lambda', `function:${name}`) } }),
  wire({ where, self, properties, metadata }, { functions }) {
    const { Environment, Timeout = 3, MemorySize = 128 }: FunctionProperties = properties as never;
    const entry = metadata['registry:entry'];
    if (typeof entry !== 'string') throw new Error(`${where}: no metadata registry:entry that names its source`);
    functions.push({
      name: self.ref,
      arn: self.attributes.Arn as string,
      entry,
      environment: Environment?.Variables ?? {},
      timeoutSeconds: Timeout,
      memoryMegabytes: MemorySize,
    });
  },
};

interface MappingProperties {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly Enabled?: boolean;
  readonly BatchSize?: number;
  readonly FunctionResponseTypes?: readonly string[];
  readonly BisectBatchOnFunctionError?: boolean;
  readonly MaximumRetryAttempts?: number;
  readonly StartingPosition?: string;
}

const mappingProperties = [
  'BatchSize',
  'BisectBatchOnFunctionError',
  'Enabled',
  'EventSourceArn',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumRetryAttempts',
  'StartingPosition',
  // Limits of concurrency and batching windows: here batches are delivered one at a time, without waiting for more.
  'MaximumBatchingWindowInSeconds',
  'ParallelizationFactor',
  'ScalingConfig',
];

/** A poller of a table's stream or of a queue. */
export const eventSourceMapping: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { Id: name } }),
  wire(resource, { mappings }) {
    knowOnly(resource, resource.properties, mappingProperties);
    const properties: MappingProperties = resource.properties as never;
    const { EventSourceArn, FunctionName, StartingPosition = 'TRIM_HORIZON' } = properties;
    if (StartingPosition !== 'TRIM_HORIZON') throw new Error(`${resource.where}: starts at TRIM_HORIZON here`);
    if (properties.Enabled === false) return;
    mappings.push({
      source: EventSourceArn,
      function: FunctionName.startsWith('arn:') ? FunctionName : arnOf('lambda', `function:${FunctionName}`),
      batchSize: properties.BatchSize ?? (EventSourceArn.includes(':sqs:') ? 10 : 100),
      reportsItems: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
      bisects: properties.BisectBatchOnFunctionError ?? false,
      retries: properties.MaximumRetryAttempts ?? -1,
    });
  },
};
