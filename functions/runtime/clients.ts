import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

// Functions, not constants: a bundle then holds the clients that its function calls for, and no others.
// Endpoints, region and credentials come from the environment (AWS_ENDPOINT_URL_DYNAMODB …), in the cloud and locally.

/**
 * Plain objects in, plain objects out; an absent optional attribute may be `undefined`. A number that JavaScript cannot
 * hold exactly, which only a stranger can have written, is read as the nearest one instead of throwing.
 */
export const documentClient = (client = new DynamoDBClient({})): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: Number },
  });

/** Gives up early: a bus that hangs must not hold up whoever has something better to do (sealing, above all). */
export const busClient = (): EventBridgeClient =>
  new EventBridgeClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 500, socketTimeout: 1500 } });

export const queueClient = (): SQSClient => new SQSClient({});

/**
 * What hangs is given up within the five seconds that a function keeps for its end, three attempts together: so it says
 * what is wrong, and is not cut off. The SDK by itself waits for ever.
 */
const impatient = { maxAttempts: 3, requestHandler: { connectionTimeout: 500, socketTimeout: 1500 } };

/** Path-style addresses work on AWS and with every other server that speaks S3. */
export const objectClient = (): S3Client => new S3Client({ ...impatient, forcePathStyle: true });

export const keyClient = (): KMSClient => new KMSClient(impatient);
