import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type DataDirectory, note, setNote } from './data-directory.ts';
import { printError } from './terminal.ts';

/** In milliseconds: erasures that follow one another are scrubbed together, well within a minute. */
const AFTER = 5000;
const AGAIN_AFTER = 10_000;

export interface Scrubber {
  /** Does what an earlier run has left. */
  finish(): Promise<void>;
  /** Something was erased: that it has to be scrubbed is noted when this returns. */
  erased(): void;
  /** Does what is left, without an engine beside it. */
  close(): Promise<void>;
}

/**
 * An erased name stays in the database's file, and in its write-ahead log, until something else is written there. So the file
 * is rewritten after each erasure. The note that this has to be done goes only when it is done, so that a kill delays it
 * until the next start.
 */
export function createScrubber(
  { state, file }: Pick<DataDirectory, 'state' | 'file'>,
  databases: readonly string[],
): Scrubber {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let erasures = Number(note(state, 'scrub') ?? 0);

  async function scrub(): Promise<void> {
    const covered = erasures;
    if (note(state, 'scrub') === undefined) return;
    for (const database of databases.map(file).filter((path) => existsSync(path))) await rewrite(database);
    // What was erased meanwhile may have come too late.
    if (covered === erasures) state.prepare('DELETE FROM notes WHERE name = ?').run('scrub');
    else plan(AFTER);
  }

  /** A failure keeps nothing else from going on: a disk may just be too full for a second copy. */
  const attempt = (): Promise<void> =>
    scrub().catch((error: Error) => {
      printError(`error: an erased name may still be in the database; this is tried again: ${error.message}`);
      plan(AGAIN_AFTER);
    });

  function plan(delay: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      running = attempt();
    }, delay);
  }

  return {
    finish: attempt,
    erased() {
      erasures += 1;
      setNote(state, 'scrub', String(erasures));
      plan(AFTER);
    },
    async close() {
      await running;
      clearTimeout(timer);
      await attempt();
      clearTimeout(timer);
    },
  };
}

/** A second connection rewrites the database; the engine goes on meanwhile. */
async function rewrite(file: string): Promise<void> {
  const worker = new Worker(new URL('./vacuum.ts', import.meta.url), { workerData: file });
  const [code] = await once(worker, 'exit');
  if (code !== 0) throw new Error(`rewriting it ended with ${code}`);
}
