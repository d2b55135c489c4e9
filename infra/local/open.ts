import type { DataDirectory } from './data-directory.ts';
import { dynamoDb } from './dynamodb.ts';
import type { Installing } from './engine/choose.ts';
import { openEngine } from './engine/engine.ts';
import { isolateFromAws } from './environment.ts';
import { openPort } from './port.ts';
import { createTables } from './tables.ts';
import { readTemplates, type Site } from './templates.ts';
import { readWiring } from './wiring.ts';

/**
 * Opens what every process over a data directory needs: the database with its tables, the wiring that names them, and a
 * port that the SDK clients of this process use instead of AWS. `opened` gets what has to be closed.
 */
export async function openStores(
  data: DataDirectory,
  issuer: Pick<Site, 'issuer' | 'discovery'>,
  installing: Installing,
  opened: (() => unknown)[],
) {
  const [engine, stacks] = await Promise.all([
    openEngine(data, installing),
    readTemplates({ origin: data.origin, ...issuer }),
  ]);
  opened.push(engine.stop);
  const aws = await openPort(0);
  opened.push(aws.close);
  const awsUrl = `http://127.0.0.1:${aws.number}`;
  isolateFromAws({ dynamodb: engine.endpoint, aws: awsUrl });
  const wiring = readWiring(stacks, { endpoint: awsUrl, suffix: data.origin.split('/').at(-1) ?? '' });
  const call = dynamoDb(engine.endpoint);
  await createTables(wiring.tables, call);
  engine.prepare();
  return { engine, aws, wiring, call };
}
