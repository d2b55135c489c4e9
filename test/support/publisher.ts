import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ED25519, formatVerifierKey, verifierKey } from '../../domain/log/note.ts';
import { createPublisher } from '../../functions/publisher/publisher.ts';
import type { Signer } from '../../functions/publisher/signer.ts';
import { alarmWith } from '../../functions/runtime/alarms.ts';
import { fullJitter } from '../../functions/runtime/backoff.ts';
import { sha256 } from '../../functions/runtime/sha256.ts';
import { commitReader } from '../../functions/stores/commits.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import { createPublishedLog } from '../../functions/stores/published-log.ts';
import type { TestBucket } from './bucket.ts';
import { ORIGIN } from './commits.ts';
import { type Tap, tapped } from './faults.ts';
import type { RaisedAlarm } from './sequencer.ts';

/** A key of tests: PKCS #8 around the 32 bytes of a seed (RFC 8410). */
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
});
/** Ed25519, 32 bytes. */
export const logKey = new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32));

/** The log's key under its name, for a test that signs what the publisher never did. */
export function logSigner() {
  const key = verifierKey(sha256, ORIGIN, logKey);
  return { privateKey, key, vkey: formatVerifierKey(key) };
}

const signWithLogKey = (message: Uint8Array): Uint8Array => new Uint8Array(sign(null, message, privateKey));

export interface TestPublisherOptions {
  documents: DynamoDBDocumentClient;
  tables: { events: string; log: string };
  bucket: TestBucket;
  /** In the way of everything that this publisher sends, to the tables, the bucket and the key. */
  taps?: Tap[];
  clock?: () => number;
  random?: () => number;
  sleep?: (milliseconds: number) => Promise<unknown>;
  /** Who signs beside the log's own key. */
  otherSigners?: readonly Signer[];
}

/** A publisher as its handler wires it, with what it has raised. It does not sleep. */
export function testPublisher({ documents, tables, bucket, taps = [], ...options }: TestPublisherOptions) {
  const { clock = Date.now, random = Math.random, sleep = async () => {}, otherSigners = [] } = options;
  const alarms: RaisedAlarm[] = [];
  const wakeUps: string[] = [];
  const backoff = fullJitter({ random, sleep });
  const store = tapped(documents, ...taps);
  const keys = tapped(
    {
      send: async (command: { input: { Message?: Uint8Array } }) =>
        command.input.Message ? signWithLogKey(command.input.Message) : logKey,
    },
    ...taps,
  );
  const ask = (name: string, input: object) =>
    keys.send(Object.assign(Object.create({ constructor: { name } }), { input }));
  const signer: Signer = {
    type: ED25519,
    publicKey: () => ask('GetPublicKeyCommand', {}),
    sign: (Message) => ask('SignCommand', { Message }),
  };
  const run = createPublisher({
    log: createLogStore({ documents: store, table: tables.log, backoff }),
    commits: commitReader({ documents: store, table: tables.events, backoff }),
    published: createPublishedLog({ objects: tapped(bucket.client, ...taps), bucket: 'published', backoff }),
    signers: [signer, ...otherSigners],
    tables: { events: tables.events, log: tables.log },
    origin: ORIGIN,
    clock,
    sleep,
    backoff,
    wakeAgain: async (body) => wakeUps.push(body),
    alarm: alarmWith(
      { error: (message, ...[details]) => void alarms.push({ message, ...(details as object) } as RaisedAlarm) },
      { addMetric: () => undefined as never },
    ),
    flush: () => {},
  });

  /** Delivers one wake-up message; returns whether it succeeded. */
  async function wake(milliseconds = 60_000): Promise<boolean> {
    const Records = [{ body: JSON.stringify({ 'detail-type': 'log.sealed' }), messageId: '1' }] as never;
    const { batchItemFailures } = await run({ Records }, { getRemainingTimeInMillis: () => milliseconds });
    return batchItemFailures.length === 0;
  }

  return { run, wake, wakeUps, alarms, named: (alarm: string) => alarms.filter((raised) => raised.alarm === alarm) };
}
