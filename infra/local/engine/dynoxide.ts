import { DatabaseSync } from 'node:sqlite';
import type { EngineProgram } from './server.ts';

/** Dynoxide, a native engine, over one SQLite file. */
export const dynoxide = (binary: string, file: string): EngineProgram => ({
  name: 'dynoxide',
  place: file,
  command: binary,
  args: (port) => ['serve', '--port', `${port}`, '--db-path', file],
  listens: (said) => said.includes('listening'),
  isOwn: ({ ok }) => ok,
});

/**
 * Keeps the time of an insert constant in tables with a stream: without this index each insert scans all stream records
 * of the engine. The tables have to exist.
 */
export function indexStreamRecords(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    const exists = database
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_stream_records'")
      .get();
    if (!exists) return;
    database.exec(
      'CREATE INDEX IF NOT EXISTS registry_stream_seq ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    );
  } finally {
    database.close();
  }
}
