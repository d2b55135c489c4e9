import type { LoadedFunction } from '../../../infra/local/functions.ts';
import type { MappingSpec } from '../../../infra/local/specs.ts';

/** A loaded function that runs `handler`. */
export function functionOf(handler: (event: object) => Promise<unknown>): LoadedFunction {
  const spec = {
    name: 'double',
    arn: 'arn:function',
    entry: 'functions/double/handler.ts',
    environment: {},
    timeoutSeconds: 1,
    memoryMegabytes: 128,
  };
  return { spec, invoke: handler, invokeAlone: handler };
}

export const mappingOf = (changes: Partial<MappingSpec>): MappingSpec => ({
  source: 'arn:table/stream',
  function: 'arn:function',
  batchSize: 100,
  reportsItems: true,
  bisects: false,
  retries: -1,
  ...changes,
});
