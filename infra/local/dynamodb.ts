import { REGION } from './environment.ts';

/** An error that the engine answered. Its name is the exception's (`ResourceNotFoundException` …). */
export class EngineError extends Error {}

export type CallDynamoDb = ReturnType<typeof dynamoDb>;

/**
 * Calls the engine in DynamoDB's own protocol, in which streams answer records in the form that Lambda delivers to
 * functions. A client library would convert them back and forth.
 */
export function dynamoDb(endpoint: string) {
  return async function call<Answer>(operation: string, input: object): Promise<Answer> {
    const service = /Stream|Shard|Records/.test(operation) ? 'DynamoDBStreams_20120810' : 'DynamoDB_20120810';
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': `${service}.${operation}`,
        'X-Amz-Date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
        // Local engines read account and region from it and verify nothing.
        Authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=local`,
      },
      body: JSON.stringify(input),
    });
    const answer = (await response.json()) as { __type?: string; message?: string; Message?: string };
    if (response.ok) return answer as Answer;
    const error = new EngineError(`${operation}: ${answer.message ?? answer.Message ?? response.status}`);
    error.name = answer.__type?.split('#').at(-1) ?? 'Error';
    throw error;
  };
}
