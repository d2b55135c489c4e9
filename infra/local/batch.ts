import type { LoadedFunction } from './functions.ts';
import type { MappingSpec } from './specs.ts';
import { printFailure } from './terminal.ts';

/** What failed of a batch: nothing, everything, or the items that the function named. */
export type BatchOutcome = 'done' | 'failed' | ReadonlySet<string>;

/** Delivers a batch to a function and interprets the answer as Lambda does. */
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
    printFailure(spec.name, error);
    return 'failed';
  }
}

/** As Lambda has it: an answer without failures means success, one that names an unknown item fails the whole batch. */
function failuresIn(answer: unknown, identifiers: ReadonlySet<string>): BatchOutcome {
  const failures = (answer as { batchItemFailures?: { itemIdentifier?: string }[] | null } | null | undefined)
    ?.batchItemFailures;
  if (failures === null || failures === undefined || failures.length === 0) return 'done';
  const failed = new Set(failures.map(({ itemIdentifier = '' }) => itemIdentifier));
  return [...failed].every((identifier) => identifiers.has(identifier)) ? failed : 'failed';
}
