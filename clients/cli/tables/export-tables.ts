import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import { toBase64 } from '../../../domain/log/bytes.ts';
import { rowOfEvent, rowsOfRecord, type Table, type TableRow, tables } from '../../../domain/tables/record-tables.ts';
import { type Buckets, createScratch } from '../compare/buckets.ts';
import { bucketsFor, partition, recordsOf } from '../compare/fold.ts';
import { type Part, partOf, replaceFile } from '../files.ts';
import { textOf } from '../http.ts';
import { checkpointOf, chooseKey, type SignedCheckpoint } from '../log/keys.ts';
import type { LogSource } from '../log/source.ts';
import { FROM_THE_BEGINNING, walk } from '../log/walk.ts';
import { createProgress } from '../progress.ts';
import type { Terminal } from '../usage.ts';
import { filesReplaced, MANIFEST } from './earlier-export.ts';
import type { Format } from './formats.ts';
import type { TableWriter } from './table-writer.ts';
import { createTableWriter } from './writers.ts';

export interface TablesRequest {
  readonly source: LogSource;
  readonly directory: string;
  readonly format: Format;
  readonly vkey: string | undefined;
  readonly terminal: Terminal;
}

/** A table in the manifest. */
interface Described {
  readonly name: string;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly columns: readonly { readonly name: string; readonly kind: string }[];
}

/** What an export is of, and what belongs to it. */
export interface Manifest {
  readonly origin: string;
  readonly format: Format;
  /** The last event in it; none in an empty log. */
  readonly position?: number;
  readonly size: number;
  readonly root: string;
  readonly vkey: string;
  /** The signed note that the log was verified against. */
  readonly checkpoint: string;
  readonly tables: readonly Described[];
}

/**
 * Folds a log into tables. The log is verified to its end before any file takes its place, and the manifest is written
 * last: files without one are no export. It takes the place of an earlier export as a whole.
 *
 * @throws LogFault when the log does not hold, and Failure where the folder holds anything else
 */
export async function exportTables(request: TablesRequest): Promise<Manifest> {
  const { source, directory, format, vkey, terminal } = request;
  const replaced = await filesReplaced(directory, filesOf(format));
  const key = await chooseKey(source, { given: vkey }, terminal);
  const checkpoint = await checkpointOf(source, key);
  const files = await openFiles(directory, format, replaced);
  const scratch = await createScratch();
  try {
    const events = scratch.buckets('events', bucketsFor(checkpoint.size));
    await readEvents(request, checkpoint, events, files);
    const progress = createProgress(terminal, 'folding', events.count);
    let records = 0;
    for await (const record of recordsOf(events)) {
      for (const row of rowsOfRecord(record)) await files.add(row);
      records += 1;
      progress.at(Math.min(events.count, Math.floor(records / 1000)));
    }
    progress.end();
    const described = await files.keep();
    const { origin, size, root, note } = checkpoint;
    const last = size > 0 && { position: size - 1 };
    const manifest: Manifest = {
      ...{ origin, format, ...last, size, root: toBase64(root), vkey: key.text },
      checkpoint: note,
      tables: described,
    };
    await replaceFile(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } finally {
    await files.drop();
    await scratch.remove();
  }
}

/** What comes out of the walk is proved only when it has ended. */
async function readEvents(
  { source, terminal }: TablesRequest,
  checkpoint: SignedCheckpoint,
  events: Buckets,
  files: Files,
) {
  const progress = createProgress(terminal, 'reading', checkpoint.size);
  try {
    for await (const { first, entries, edge } of walk({ source, checkpoint }, FROM_THE_BEGINNING)) {
      await partition(events, first, entries, checkpoint.size - 1);
      for (const [at, bytes] of entries.entries()) {
        await files.add(rowOfEvent(JSON.parse(textOf(bytes)) as RegistryEvent, first + at));
      }
      progress.at(edge.size);
    }
  } finally {
    progress.end();
  }
}

interface Files {
  add(row: TableRow): Promise<void>;
  /** Puts all files in their places, after the manifest of what was there is gone, and then its other files. */
  keep(): Promise<Described[]>;
  /** Removes those that are not kept. */
  drop(): Promise<void>;
}

interface OpenTable {
  readonly table: Table;
  readonly part: Part;
  readonly writer: TableWriter;
  rows: number;
}

const fileName = ({ name }: Table, format: Format) => `${name}.${format}`;
const filesOf = (format: Format) => tables.map((table) => fileName(table, format));

async function openFiles(directory: string, format: Format, replaced: readonly string[]): Promise<Files> {
  const opened = new Map<string, OpenTable>();
  for (const table of tables) {
    const part = await partOf(join(directory, fileName(table, format)));
    opened.set(table.name, { table, part, writer: await createTableWriter(format, table, part.path), rows: 0 });
  }
  const all = [...opened.values()];
  let isKept = false;

  async function describe({ table, part, rows }: OpenTable): Promise<Described> {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of createReadStream(part.path)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    const columns = table.columns.map(({ name, kind }) => ({ name, kind }));
    return { name: table.name, file: fileName(table, format), rows, bytes, sha256: hash.digest('hex'), columns };
  }

  return {
    async add({ table, cells }) {
      const one = opened.get(table);
      if (!one) throw new Error(`there is no table ${table}`);
      one.rows += 1;
      await one.writer.add(cells);
    },
    async keep() {
      const described: Described[] = [];
      for (const one of all) {
        await one.writer.end();
        described.push(await describe(one));
      }
      await rm(join(directory, MANIFEST), { force: true });
      for (const { part } of all) await part.keep();
      isKept = true;
      for (const file of replaced) {
        if (!filesOf(format).includes(file)) await rm(join(directory, file), { force: true });
      }
      return described;
    },
    async drop() {
      if (!isKept) for (const { part } of all) await part.drop();
    },
  };
}
