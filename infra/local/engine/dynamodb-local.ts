import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EngineProgram } from './server.ts';

/** What DynamoDB Local calls its SQLite file, for `-sharedDb`. */
export const FILE = 'shared-local-instance.db';

export const LEAST_JAVA = 17;

/** DynamoDB Local, AWS's own engine for one machine, over a folder. `program` is the folder of its jar. */
export const dynamoDbLocal = (java: string, program: string, folder: string): EngineProgram => ({
  name: 'DynamoDB Local',
  place: folder,
  command: java,
  workingDirectory: folder,
  args: (port) => [
    `-Djava.library.path=${join(program, 'DynamoDBLocal_lib')}`,
    '-jar',
    join(program, 'DynamoDBLocal.jar'),
    ...['-dbPath', folder, '-sharedDb', '-disableTelemetry', '-port', `${port}`],
  ],
  listens: () => true,
  // It answers a request without a signature with 400.
  isOwn: ({ headers }) => headers.has('x-amzn-requestid'),
});

/** A Java that is new enough. `unfit` is told of one that is not. */
export async function findJava(unfit: (what: string) => void): Promise<string | undefined> {
  const home = process.env.JAVA_HOME;
  const java = home ? join(home, 'bin', 'java') : 'java';
  try {
    const { stderr, stdout } = await promisify(execFile)(java, ['-version'], { windowsHide: true });
    const [, version = '0'] = /version "(?:1\.)?(\d+)/.exec(stderr + stdout) ?? [];
    if (Number(version) >= LEAST_JAVA) return java;
    unfit(`${java} is Java ${version}`);
  } catch {
    // There is none.
  }
  return undefined;
}
