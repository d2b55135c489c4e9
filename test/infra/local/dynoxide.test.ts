import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexStreamRecords } from '../../../infra/local/engine/dynoxide.ts';
import { startDynoxide } from '../../support/dynoxide.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const clientOf = (endpoint: string) =>
  new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });

const table = {
  TableName: 'events',
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [{ AttributeName: 'stream', AttributeType: 'S' as const }],
  KeySchema: [{ AttributeName: 'stream', KeyType: 'HASH' as const }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const },
};

const answers = (endpoint: string) =>
  fetch(endpoint, { signal: AbortSignal.timeout(1000) }).then(
    () => true,
    () => false,
  );

/** The id of the engine's process over a file, or that of its watcher, which has the file in its arguments too. */
async function processOver(file: string, isIt = (args: readonly string[]) => args[1] === 'serve'): Promise<number> {
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const args = (await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (args.includes(file) && isIt(args)) return Number(id);
  }
  throw new Error(`nothing runs over ${file}`);
}

describe('the embedded DynamoDB', () => {
  it('answers once it is started, keeps what it acknowledged, and is gone once it is stopped', async () => {
    const file = join(folder, 'kept.sqlite');
    const first = await startDynoxide({ file });
    await clientOf(first.endpoint).send(new CreateTableCommand(table));
    await clientOf(first.endpoint).send(new PutItemCommand({ TableName: 'events', Item: { stream: { S: 'a' } } }));
    await first.stop();
    await first.ended;
    expect(await answers(first.endpoint)).toBe(false);

    const second = await startDynoxide({ file });
    const found = await clientOf(second.endpoint).send(
      new GetItemCommand({ TableName: 'events', Key: { stream: { S: 'a' } } }),
    );
    expect(found.Item).toEqual({ stream: { S: 'a' } });
    await second.stop();
  });

  it('indexes its stream records, as often as it is asked to, and only where there are any', async () => {
    const file = join(folder, 'indexed.sqlite');
    const engine = await startDynoxide({ file });
    await clientOf(engine.endpoint).send(new CreateTableCommand(table));
    indexStreamRecords(file);
    indexStreamRecords(file);
    const database = new DatabaseSync(file);
    const index = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'registry%'")
      .all();
    database.close();
    expect(index).toHaveLength(1);
    await clientOf(engine.endpoint).send(new PutItemCommand({ TableName: 'events', Item: { stream: { S: 'b' } } }));
    await engine.stop();
    indexStreamRecords(join(folder, 'new.sqlite'));
  });

  it('dies with its parent, even with one that is killed', async () => {
    const script = `
      import { startDynoxide } from ${JSON.stringify(new URL('../../support/dynoxide.ts', import.meta.url).href)};
      const { endpoint } = await startDynoxide({ file: ${JSON.stringify(join(folder, 'orphan.sqlite'))} });
      console.log(endpoint);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const endpoint = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (text) => resolve(`${text}`.trim())),
    );
    expect(await answers(endpoint)).toBe(true);
    parent.kill('SIGKILL');
    while (await answers(endpoint)) await sleep(10);
  });

  it.runIf(process.platform === 'linux')('tells when it has ended by itself', async () => {
    const file = join(folder, 'dying.sqlite');
    const engine = await startDynoxide({ file });
    process.kill(await processOver(file), 'SIGKILL');
    await engine.ended;
    await engine.stop();
  });

  it.runIf(process.platform === 'linux')('goes with its watcher, when somebody kills that alone', async () => {
    const file = join(folder, 'unwatched.sqlite');
    const engine = await startDynoxide({ file });
    process.kill(await processOver(file, ([, script = '']) => script.endsWith('watched.mjs')), 'SIGKILL');
    await engine.ended;
    expect(await answers(engine.endpoint)).toBe(false);
  });

  it('says why it does not start', async () => {
    await expect(startDynoxide({ file: join(folder, 'no', 'such', 'folder', 'x') })).rejects.toThrow('does not start');
  });
});
