import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { directoryEntries, isMissing, replaceFile } from './files.ts';
import { createHttp, textOf } from './http.ts';
import { LogFault } from './log/fault.ts';
import { contradiction, forkFrom, isExtension } from './log/fork.ts';
import { checkpointOf, chooseKey, openedCheckpoint, type SignedCheckpoint, type TrustedKey } from './log/keys.ts';
import { type LogObject, objectCount, objectsOf } from './log/objects.ts';
import { directorySource, httpSource, type LogSource, objectOf } from './log/source.ts';
import { COMMON_USAGE, common, moreIn, onlyArgument, parseOptions, urlOf, VKEY_USAGE } from './options.ts';
import { createProgress } from './progress.ts';
import { formats } from './tables/formats.ts';
import { printJson, type Subcommand, type Terminal, UsageError } from './usage.ts';
import { withWindow } from './window.ts';

const usage = `registry export DIR [--url URL] [--vkey KEY] [--json]
registry export DIR --format csv|ndjson|parquet [--url URL | --offline COPY] [--vkey KEY] [--json]

Downloads the published log into DIR as static files (C2SP tlog-tiles): checkpoint, vkey, tiles and entries.
\`registry verify --offline DIR\` then verifies the copy, as can any other reader of such logs. Files that are there are
not fetched again, so a run that was interrupted goes on, and a later one fetches only what is new.

With --format it verifies the log and folds it into tables, one file each: the records of every collection, the items of
their lists, and all events, at the last position of the log. manifest.json says of which position they are and names
every file with its rows and its SHA-256; it is written last, so files without it are no export. In DIR it takes the place
of an earlier export as a whole; a DIR that holds other files is refused, as is a log that does not hold. docs/exports.md describes the tables.

${COMMON_USAGE}
${VKEY_USAGE}
  --format F     write tables as csv, ndjson or parquet
  --offline COPY read a copy of the log that an export without --format left

Example: registry export audit-copy
Example: registry export tables --format parquet
Exit codes: 0 done; 1 something failed, the log does not hold, or it contradicts the copy that is there; 2 the command line
does not fit.`;

const options = {
  ...common,
  vkey: { type: 'string' },
  format: { type: 'string' },
  offline: { type: 'string' },
} as const;

const IN_FLIGHT = 8;

/**
 * Files are written whole and the checkpoint last, so DIR has everything that its checkpoint commits to. Every other file
 * never changes, so a file that exists is the right one.
 */
export const exportLog: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const directory = onlyArgument(usage, 'directory', positionals);
    if (values.format !== undefined) return asTables(values.format, directory, values, terminal);
    if (values.offline !== undefined) throw new UsageError(`--offline goes with --format.\n${moreIn(usage)}`);
    const source = httpSource(createHttp(urlOf(values.url, terminal)));
    const { checkpoint, fetched, kept } = await download(source, directory, values.vkey, terminal);
    const { origin, size } = checkpoint;
    if (values.json) printJson(terminal, { origin, size, fetched, kept });
    else terminal.out(`${size} events of ${origin} are in ${directory}: ${fetched} files fetched, ${kept} were there.`);
    return 0;
  },
};

interface TableValues {
  readonly url?: string | undefined;
  readonly vkey?: string | undefined;
  readonly offline?: string | undefined;
  readonly json: boolean;
}

async function asTables(format: string, directory: string, values: TableValues, terminal: Terminal) {
  // Loaded when it is needed: it knows the shapes of all records.
  const { exportTables } = await import('./tables/export-tables.ts');
  const known = formats.find((one) => one === format);
  if (!known) throw new UsageError(`--format takes ${formats.join(', ')}, not "${format}".\n${moreIn(usage)}`);
  const { url, vkey, offline, json } = values;
  if (offline !== undefined && url !== undefined) throw new UsageError('--offline and --url exclude each other.');
  const source = offline === undefined ? httpSource(createHttp(urlOf(url, terminal))) : directorySource(offline);
  const { tables, ...of } = await exportTables({ source, directory, format: known, vkey, terminal });
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  if (json) printJson(terminal, { ...of, tables: tables.map(({ columns: _, ...table }) => table) });
  else {
    const at = of.position === undefined ? 'of an empty log' : `at position ${of.position}`;
    terminal.out(`${tables.length} tables with ${rows} rows ${at} of ${of.origin} are in ${directory}.`);
  }
  return 0 as const;
}

async function download(source: LogSource, directory: string, vkey: string | undefined, terminal: Terminal) {
  // What cannot become a copy is refused before anything is fetched.
  await directoryEntries(directory);
  const copy = directorySource(directory);
  const saved = await copy.object('vkey');
  const key = await chooseKey(source, { given: vkey, saved: saved && textOf(saved).trim() }, terminal);
  const checkpoint = await checkpointOf(source, key);
  const before = await checkpointIn(copy, key);
  const fetchedBefore = new Map<string, Uint8Array>();
  if (before) await refuseContradiction(before, checkpoint, source, copy, fetchedBefore);
  const rest: LogSource = { ...source, object: async (path) => fetchedBefore.get(path) ?? source.object(path) };
  await replaceFile(join(directory, 'vkey'), `${key.text}\n`);
  const progress = createProgress(terminal, 'downloading', objectCount(checkpoint.size));
  let fetched = 0;
  let kept = 0;
  try {
    const ensure = (object: LogObject) => ensureThere(rest, directory, object);
    for await (const wasThere of withWindow(objectsOf(checkpoint.size), IN_FLIGHT, ensure)) {
      if (wasThere) kept += 1;
      else fetched += 1;
      progress.at(fetched + kept);
    }
  } finally {
    progress.end();
  }
  await replaceFile(join(directory, 'checkpoint'), checkpoint.note);
  return { checkpoint, fetched, kept };
}

async function checkpointIn(copy: LogSource, key: TrustedKey): Promise<SignedCheckpoint | undefined> {
  const bytes = await copy.object('checkpoint');
  return bytes && openedCheckpoint(textOf(bytes), key, `${copy.name}, checkpoint`);
}

/**
 * Never replaces a copy by the files of another log, or of a log that lost entries: the checkpoint of the copy is the
 * evidence. The proof uses tiles of the copy where it can; `fetched` gets the others.
 */
async function refuseContradiction(
  before: SignedCheckpoint,
  checkpoint: SignedCheckpoint,
  source: LogSource,
  copy: LogSource,
  fetched: Map<string, Uint8Array>,
): Promise<void> {
  const fault = contradiction(before, checkpoint);
  if (fault) throw fault;
  async function object(path: string): Promise<Uint8Array | undefined> {
    const there = await copy.object(path);
    if (there) return there;
    const bytes = await source.object(path);
    if (bytes) fetched.set(path, bytes);
    return bytes;
  }
  if (!(await isExtension(before, { source: { ...source, object }, checkpoint }))) {
    throw (
      (await forkFrom(before, { source, checkpoint })) ??
      new LogFault('checkpoint', `nothing proves that it extends the one of ${before.size} events in ${copy.name}`)
    );
  }
}

/** Fetches the file unless it is there. Says whether it was there. */
async function ensureThere(source: LogSource, directory: string, { path, bytes }: LogObject): Promise<boolean> {
  const file = join(directory, path);
  try {
    const { size } = await stat(file);
    if (bytes === undefined ? size > 0 : size === bytes) return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const content = await objectOf(source, path);
  if (bytes !== undefined && content.length !== bytes) {
    throw new LogFault(path, `it has ${content.length} bytes instead of ${bytes}`);
  }
  await replaceFile(file, content);
  return false;
}
