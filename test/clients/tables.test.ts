import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../clients/cli/tables/export-tables.ts';
import { applyCommit, isRecordStream, type SealedRecord } from '../../domain/projections/projection.ts';
import { rowsOfRecord, type TableRow, tables } from '../../domain/tables/record-tables.ts';
import { eventsOf } from '../../functions/stores/event-store.ts';
import { acceptedCommits } from '../support/accepted-history.ts';
import { publishedLog, sha256 } from './support/published.ts';
import { type Directory, run, runJson, temporary } from './support/run.ts';
import { objectsOf, type Server, serve } from './support/server.ts';

const history = acceptedCommits();
const events = history
  .flatMap(({ position, events: texts }) => texts.map((text, index) => ({ text, position: position + index })))
  .sort((one, other) => one.position - other.position)
  .map(({ text }) => text);
const log = publishedLog(events);

const sealed = new Map<string, SealedRecord>();
for (const commit of history.filter(({ stream }) => isRecordStream(stream))) {
  sealed.set(commit.stream, applyCommit(sealed.get(commit.stream), eventsOf(commit), commit.position));
}
const rows = Map.groupBy([...sealed.values()].flatMap(rowsOfRecord), ({ table }) => table);
/** How many rows each table has to have. */
const counts = Object.fromEntries(
  tables.map(({ name }) => [name, name === 'events' ? events.length : (rows.get(name)?.length ?? 0)]),
);
const cellsOf = (table: string, column: string) => {
  const place = tables.find(({ name }) => name === table)?.columns.findIndex(({ name }) => name === column) ?? -1;
  return (rows.get(table) ?? []).map(({ cells }: TableRow) => cells[place] ?? null);
};

let directory: Directory;
let server: Server;
const manifests = new Map<string, Manifest>();
const pathOf = (format: string, table: string) => directory.file(`${format}/${table}.${format}`);
beforeAll(async () => {
  directory = await temporary();
  server = await serve(objectsOf(log));
  for (const format of ['csv', 'ndjson', 'parquet']) {
    const { code, err } = await run(['export', directory.file(format), '--format', format, '--url', server.url]);
    expect({ code, err }).toMatchObject({ code: 0 });
    manifests.set(format, JSON.parse(await readFile(directory.file(`${format}/manifest.json`), 'utf8')));
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

describe('registry export --format', () => {
  it.each(['csv', 'ndjson', 'parquet'])(
    'writes every table as %s, and a manifest of what belongs to it',
    async (format) => {
      const { position, size, root, checkpoint, tables: described } = manifests.get(format) as Manifest;
      expect({ position, size }).toEqual({ position: events.length - 1, size: events.length });
      expect(checkpoint.split('\n')[2]).toBe(root);
      expect(Object.fromEntries(described.map((table) => [table.name, table.rows]))).toEqual(counts);
      for (const { file, sha256: digest, bytes } of described) {
        const content = await readFile(directory.file(`${format}/${file}`));
        expect({ file, digest, bytes }).toEqual({
          file,
          digest: Buffer.from(sha256(content)).toString('hex'),
          bytes: content.length,
        });
      }
      const names = await readdir(directory.file(format));
      expect(names.sort()).toEqual([...described.map(({ file }) => file), 'manifest.json'].sort());
    },
  );

  it('makes the same bytes of the same log', async () => {
    const { code } = await run(['export', directory.file('again'), '--format', 'parquet', '--url', server.url]);
    expect(code).toBe(0);
    const again = await readFile(directory.file('again/manifest.json'), 'utf8');
    expect(JSON.parse(again)).toEqual(manifests.get('parquet'));
  });

  it('writes NDJSON with every column on every line', async () => {
    const text = await readFile(pathOf('ndjson', 'agreements'), 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const columns = tables.find(({ name }) => name === 'agreements')?.columns.map(({ name }) => name);
    for (const line of lines) expect(Object.keys(line)).toEqual(columns);
    expect(lines.map(({ id }) => id).sort()).toEqual(cellsOf('agreements', 'id').sort());
  });

  it('writes CSV in which Python counts the rows that the manifest tells', async () => {
    const code = `
import csv, json, sys
for path in sys.argv[1:]:
    with open(path, newline='', encoding='utf-8') as file: print(sum(1 for row in csv.DictReader(file, strict=True)))`;
    const described = manifests.get('csv')?.tables ?? [];
    const paths = described.map(({ file }) => directory.file(`csv/${file}`));
    const { error, stdout, stderr } = spawnSync('python3', ['-c', code, ...paths], { encoding: 'utf8' });
    if (error) return console.warn('There is no python3 here: its module csv does not count the rows.');
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').map(Number)).toEqual(described.map((table) => table.rows));
  });
});

describe('tables as Parquet', () => {
  it('are read by hyparquet, value by value', async () => {
    for (const { name, columns } of tables.filter((table) => table.name !== 'events')) {
      const read = await parquetReadObjects({ file: await asyncBufferFromFile(pathOf('parquet', name)) });
      expect(read).toHaveLength(counts[name] ?? -1);
      const found = read.map((row) =>
        columns.map(({ name: column }) => {
          const value: unknown = row[column];
          if (typeof value === 'bigint') return Number(value);
          return value instanceof Date ? value.toISOString() : (value ?? null);
        }),
      );
      const wanted = (rows.get(name) ?? []).map(({ cells }) => cells);
      const texts = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).sort();
      expect(texts(found), name).toEqual(texts(wanted));
    }
  });

  it('are read by DuckDB: instants alike under every time zone, partial dates as text, no list apart from an empty one', async () => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
    for (const { name } of tables) {
      const [{ n } = {}] = await ask(`select count(*) as n from '${pathOf('parquet', name)}'`);
      expect(Number(n), name).toBe(counts[name]);
    }
    const types = await ask(`describe select * from '${pathOf('parquet', 'organizations')}'`);
    const typeOf = Object.fromEntries(types.map(({ column_name, column_type }) => [column_name, column_type]));
    expect(typeOf).toMatchObject({
      id: 'VARCHAR',
      version: 'BIGINT',
      recordedAt: 'TIMESTAMP WITH TIME ZONE',
      clients: 'VARCHAR[]',
      absorbed: 'VARCHAR[]',
    });
    const instants = async () =>
      (await ask(`select epoch_ms("recordedAt") as at from '${pathOf('parquet', 'organizations')}' order by id`)).map(
        ({ at }) => Number(at),
      );
    const recorded = [...sealed.values()]
      .map(({ record }) => record)
      .filter(({ aggregate }) => aggregate.name === 'organization')
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    for (const zone of ['UTC', 'Asia/Shanghai', 'America/New_York']) {
      await connection.run(`set TimeZone = '${zone}'`);
      expect(await instants(), zone).toEqual(recorded.map(({ recordedAt }) => Date.parse(recordedAt)));
    }
    const dates = await ask(
      `select distinct "on" as d, typeof("on") as t from '${pathOf('parquet', 'ceremonies')}' order by d`,
    );
    expect(dates.every(({ t }) => t === 'VARCHAR')).toBe(true);
    expect(dates.map(({ d }) => d)).toEqual([...new Set(cellsOf('ceremonies', 'on').filter(Boolean))].sort());
    const [lists] = await ask(
      `select count(*) filter ("absorbed" is null) as none, count("clients") as some from '${pathOf('parquet', 'organizations')}'`,
    );
    expect(Number(lists?.none)).toBe(cellsOf('organizations', 'absorbed').filter((cell) => cell === null).length);
    expect(Number(lists?.some)).toBe(recorded.length);
    connection.closeSync();
  });

  it('have the same values as the tables in CSV, as DuckDB reads both', async () => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    for (const { name, columns } of tables) {
      const listed = columns.filter(({ kind }) => kind === 'text').map((column) => `"${column.name}"`);
      const csv = `read_csv('${pathOf('csv', name)}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')`;
      const parquet = `'${pathOf('parquet', name)}'`;
      const plain = `select ${listed} from ${csv} where escaped is null`;
      const sql = `select count(*) as n from (${plain} except select ${listed} from ${parquet})`;
      const [{ n } = {}] = (await connection.runAndReadAll(sql)).getRowObjectsJson();
      expect(Number(n), name).toBe(0);
    }
    connection.closeSync();
  });
});

describe('an export that does not come to its end', () => {
  const tampered = new Map(log.objects);
  const bundle = [...tampered.keys()].find((path) => path.startsWith('tile/entries/')) as string;
  const bytes = Buffer.from(tampered.get(bundle) as Uint8Array);
  bytes[300] = (bytes[300] as number) ^ 1;
  tampered.set(bundle, bytes);

  it('refuses a log that was tampered with, and leaves no file', async () => {
    await using other = await serve(objectsOf({ objects: tampered }));
    await using into = await temporary();
    const { code, err } = await run(['export', into.file('x'), '--format', 'csv', '--url', other.url]);
    expect(code).toBe(1);
    expect(err).toContain('FAULT at tile/entries/');
    expect(await readdir(into.file('x'))).toEqual([]);
  });

  it('leaves the export that was there as it was', async () => {
    await using other = await serve(objectsOf({ objects: tampered }));
    await using into = await temporary();
    await run(['export', into.path, '--format', 'csv', '--url', server.url]);
    const before = await readdir(into.path);
    expect((await run(['export', into.path, '--format', 'csv', '--url', other.url])).code).toBe(1);
    expect(await readdir(into.path)).toEqual(before);
  });

  it('takes the place of an earlier export as a whole, and leaves what was not of it', async () => {
    await using into = await temporary();
    await run(['export', into.path, '--format', 'csv', '--url', server.url]);
    await writeFile(into.file('notes.txt'), 'mine');
    const { code } = await run(['export', into.path, '--format', 'ndjson', '--url', server.url]);
    expect(code).toBe(0);
    const manifest: Manifest = JSON.parse(await readFile(into.file('manifest.json'), 'utf8'));
    const files = manifest.tables.map(({ file }) => file);
    expect(files.every((file) => file.endsWith('.ndjson'))).toBe(true);
    expect((await readdir(into.path)).sort()).toEqual([...files, 'manifest.json', 'notes.txt'].sort());
  });

  it.each([
    [
      'other files',
      { 'notes.txt': 'mine', 'agreements.csv': 'id' },
      'holds agreements.csv and 1 more, and no manifest',
    ],
    ['a manifest of something else', { 'manifest.json': '{"name":"An app"}' }, 'holds manifest.json, and no manifest'],
    ['no JSON for a manifest', { 'manifest.json': '{' }, 'holds manifest.json, and no manifest'],
    [
      'a manifest that names files elsewhere',
      { 'manifest.json': '{"root":"r","tables":[{"file":"../x.csv"}]}' },
      'holds manifest.json, and no manifest',
    ],
    [
      'a table that is not of the export there',
      { 'agreements.csv': 'id', 'manifest.json': '{"root":"r","tables":[{"file":"agreements.ndjson"}]}' },
      'holds agreements.csv, of which the manifest there knows nothing',
    ],
  ])('is refused in a folder that holds %s, and changes nothing there', async (_, files, reason) => {
    await using into = await temporary();
    for (const [name, text] of Object.entries(files)) await writeFile(into.file(name), text);
    const { code, err } = await run(['export', into.path, '--format', 'csv', '--url', server.url]);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(`${into.path} ${reason}`) });
    expect(err).toContain('Name another folder, or empty it.');
    const found = (await readdir(into.path)).map(async (name) => [name, await readFile(into.file(name), 'utf8')]);
    expect(Object.fromEntries(await Promise.all(found))).toEqual(files);
  });

  it('is not stopped by what a killed one has left', async () => {
    await using into = await temporary();
    await writeFile(into.file('agreements.csv.0123456789ab.part'), 'id');
    expect((await run(['export', into.path, '--format', 'csv', '--url', server.url])).code).toBe(0);
  });

  it.each([[[]], [['--format', 'csv']]])('says that a file is no directory, with %j', async (options) => {
    await using into = await temporary();
    await writeFile(into.file('file'), 'mine');
    for (const path of ['file', 'file/within']) {
      const { code, err } = await run(['export', into.file(path), ...options, '--url', server.url]);
      expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('name a directory') });
      expect(err).not.toMatch(/EEXIST|ENOTDIR/);
    }
  });

  it('reads a copy of the log without a network', async () => {
    await using copy = await temporary();
    await run(['export', copy.path, '--url', server.url]);
    const { code, json } = await runJson('export', directory.file('off'), '--format', 'ndjson', '--offline', copy.path);
    expect({ code, json }).toMatchObject({ code: 0, json: { position: events.length - 1 } });
  });

  it('takes formats that there are', async () => {
    expect((await run(['export', 'x', '--format', 'xlsx'])).code).toBe(2);
    expect((await run(['export', 'x', '--offline', 'y'])).code).toBe(2);
    expect((await run(['export', 'x', '--format', 'csv', '--offline', 'y', '--url', 'http://localhost'])).code).toBe(2);
  });

  it('is of no event where the log has none', async () => {
    await using empty = await serve(objectsOf(publishedLog([])));
    await using into = await temporary();
    const { code, json } = await runJson('export', into.path, '--format', 'parquet', '--url', empty.url);
    expect({ code, json }).toMatchObject({ code: 0, json: { size: 0 } });
    expect(json).not.toHaveProperty('position');
    const file = await asyncBufferFromFile(into.file('agreements.parquet'));
    expect(await parquetReadObjects({ file })).toEqual([]);
  });
});
