import { rmSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMissing } from '../files.ts';
import { digest } from '../log/crypto.ts';

/** How many characters of lines are kept in memory before they are written. */
const GATHERED = 8_000_000;

/** Lines in temporary files, all lines of a key in one file, so that only one file has to fit into memory. */
export interface Buckets {
  add(key: string, line: string): Promise<void>;
  /** The lines of a bucket, in the order in which they were added. */
  lines(bucket: number): Promise<string[]>;
  readonly count: number;
}

export interface Scratch {
  buckets(name: string, count: number): Buckets;
  remove(): Promise<void>;
}

/** A temporary directory, removed when the process ends at the latest, because it may hold gigabytes. */
export async function createScratch(): Promise<Scratch> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-replay-'));
  const atExit = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', atExit);
  return {
    buckets: (name, count) => createBuckets(join(directory, name), count),
    async remove() {
      await rm(directory, { recursive: true, force: true });
      process.off('exit', atExit);
    },
  };
}

function createBuckets(prefix: string, count: number): Buckets {
  const gathered: string[][] = Array.from({ length: count }, () => []);
  let characters = 0;
  const fileOf = (bucket: number) => `${prefix}.${bucket}`;

  async function flush(): Promise<void> {
    for (const [bucket, lines] of gathered.entries()) {
      if (lines.length > 0) await appendFile(fileOf(bucket), lines.join(''));
      gathered[bucket] = [];
    }
    characters = 0;
  }

  return {
    count,
    async add(key, line) {
      const hash = digest(Buffer.from(key));
      const bucket = Buffer.from(hash).readUInt32BE() % count;
      gathered[bucket]?.push(`${line}\n`);
      characters += line.length;
      if (characters > GATHERED) await flush();
    },
    async lines(bucket) {
      await flush();
      try {
        return (await readFile(fileOf(bucket), 'utf8')).split('\n').filter(Boolean);
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
  };
}
