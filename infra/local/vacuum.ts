// A thread of its own, because SQLite works until it has finished: rewrites a database without what was deleted from it.
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';

/** How long others may hold the database, in milliseconds. */
const PATIENCE = 30_000;
const TRIES = 50;

const file: string = workerData;
const database = new DatabaseSync(file, { timeout: PATIENCE });
try {
  // The copy that it makes on the way is as private as the database.
  database.exec(`PRAGMA temp_store_directory = '${dirname(file).replaceAll("'", "''")}'`);
  database.exec('VACUUM');
  truncateLog();
} finally {
  database.close();
}

/** The write-ahead log holds old pages until it is emptied, for which no reader may be in it. */
function truncateLog(): void {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0) return;
  }
  throw new Error(`the write-ahead log of ${file} is always in use`);
}
