import type { LoadedFunction } from './functions.ts';
import type { MappingSpec } from './specs.ts';
import { printError } from './terminal.ts';

/** What of a batch failed: nothing, the whole, or the items that the function named. */
export type BatchOutcome = 'done' | 'failed' | ReadonlySet<string>;

/** Hands a batch to a function and reads its answer as Lambda does. */
export async function invokeWithBatch(
  { spec, invokeAlone }: LoadedFunction,
  { reportsItems }: MappingSpec,
  records: readonly object[],
  identifiers: ReadonlySet<string>,
): Promise<BatchOutcome> {
  try {
    const answer = await invokeAlone({ Records: records });
    return reportsItems ? failuresIn(answer, identifiers) : 'done';
  } catch (error) {
    printError(`error: ${spec.name}: ${(error as Error).message}`);
    return 'failed';
  }
}

/** An answer that is no answer, or names an unknown item, fails the whole batch; none at all means success. */
function failuresIn(answer: unknown, identifiers: ReadonlySet<string>): BatchOutcome {
  const failures = (answer as { batchItemFailures?: { itemIdentifier?: string }[] | null } | null | undefined)
    ?.batchItemFailures;
  if (failures === null || failures === undefined || failures.length === 0) return 'done';
  const failed = new Set(failures.map(({ itemIdentifier = '' }) => itemIdentifier));
  return [...failed].every((identifier) => identifiers.has(identifier)) ? failed : 'failed';
}
