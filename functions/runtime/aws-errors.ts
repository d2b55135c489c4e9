/**
 * Errors of AWS that a later attempt may overcome, once the SDK's own attempts are used up: by the name of the error,
 * or by the code that a cancelled transaction gives for one of its items (DynamoDB API reference, "Common Errors" and
 * TransactWriteItems, "CancellationReasons").
 */

const THROTTLING = [
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
];

const CONTENTION = ['TransactionConflict', 'TransactionConflictException'];

/** What became of the request is not known, or not decided yet. */
const UNDECIDED = ['TransactionInProgressException', 'InternalServerError', 'TimeoutError'];

interface AwsError {
  readonly name?: string;
  readonly CancellationReasons?: readonly { readonly Code?: string | undefined }[];
}

/** The name of an error, and the codes of a cancelled transaction. */
function codesOf(error: unknown): string[] {
  const { name = '', CancellationReasons = [] } = error as AwsError;
  return [name, ...CancellationReasons.map(({ Code = '' }) => Code)];
}

const hasOneOf = (codes: readonly string[], error: unknown): boolean =>
  codesOf(error).some((code) => codes.includes(code));

/** A table takes no more at the moment. */
export const isThrottling = (error: unknown): boolean => hasOneOf(THROTTLING, error);

/** Another transaction held an item. */
export const isContention = (error: unknown): boolean => hasOneOf(CONTENTION, error);

/** A condition did not hold, alone or as one of a transaction's. */
export const isConditionFailed = (error: unknown): boolean =>
  hasOneOf(['ConditionalCheckFailed', 'ConditionalCheckFailedException'], error);

/** Any of these, or a cancelled transaction: the next attempt has to read again what it depends on. */
export const isTransientError = (error: unknown): boolean =>
  hasOneOf([...THROTTLING, ...CONTENTION, ...UNDECIDED, 'TransactionCanceledException'], error);
