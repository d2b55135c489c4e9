import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

// Functions, not constants, so that a bundle holds only the clients that its function uses.
// Endpoints, region and credentials come from the environment (AWS_ENDPOINT_URL_DYNAMODB …), in the cloud and locally.

/**
 * Takes and returns plain objects; an absent optional attribute may be `undefined`. A number that JavaScript cannot
 * hold exactly, which this registry never writes, is read as the nearest one instead of throwing.
 */
export const documentClient = (client = new DynamoDBClient({})): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: Number },
  });

/** Gives up early: a bus that hangs must not delay sealing. */
export const busClient = (): EventBridgeClient =>
  new EventBridgeClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 500, socketTimeout: 1500 } });

export const queueClient = (): SQSClient => new SQSClient({});

/**
 * Three attempts together end within the five seconds that a function reserves (`RESERVE` in wake-up.ts), so that it
 * reports a service that hangs, and is not cut off. By default the SDK waits for ever.
 */
const impatient = { maxAttempts: 3, requestHandler: { connectionTimeout: 500, socketTimeout: 1500 } };

/** Path-style addresses work on AWS and with every other server that speaks S3. */
export const objectClient = (): S3Client => new S3Client({ ...impatient, forcePathStyle: true });

export const keyClient = (): KMSClient => new KMSClient(impatient);
