import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, replaceFile } from './files.ts';
import { createHttp, textOf } from './http.ts';
import { LogFault } from './log/fault.ts';
import { contradiction, forkFrom, isExtension } from './log/fork.ts';
import { checkpointOf, chooseKey, openedCheckpoint, type SignedCheckpoint, type TrustedKey } from './log/keys.ts';
import { type LogObject, objectCount, objectsOf } from './log/objects.ts';
import { directorySource, httpSource, type LogSource, objectOf } from './log/source.ts';
import { COMMON_USAGE, common, onlyArgument, parseOptions, urlOf, VKEY_USAGE } from './options.ts';
import { createProgress } from './progress.ts';
import { printJson, type Subcommand, type Terminal } from './usage.ts';
import { withWindow } from './window.ts';

const usage = `registry export DIR [--url URL] [--vkey KEY] [--json]

Downloads the published log into DIR as static files (C2SP tlog-tiles): checkpoint, vkey, tiles and entries.
\`registry verify --offline DIR\` then verifies the copy, as can any other reader of such logs. Files that are there are
not fetched again, so a run that was interrupted goes on, and a later one fetches only what is new.

${COMMON_USAGE}
${VKEY_USAGE}

Example: registry export audit-copy
Exit codes: 0 done; 1 something failed, or the log contradicts the copy that is there; 2 the command line does not fit.`;

const IN_FLIGHT = 8;

/**
 * Files are written whole and the checkpoint last, so DIR has everything that its checkpoint commits to. Every other file
 * never changes, so a file that exists is the right one.
 */
export const exportLog: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, { ...common, vkey: { type: 'string' } }, true);
    const directory = onlyArgument(usage, 'directory', positionals);
    const source = httpSource(createHttp(urlOf(values.url, terminal)));
    const { checkpoint, fetched, kept } = await download(source, directory, values.vkey, terminal);
    const { origin, size } = checkpoint;
    if (values.json) printJson(terminal, { origin, size, fetched, kept });
    else terminal.out(`${size} events of ${origin} are in ${directory}: ${fetched} files fetched, ${kept} were there.`);
    return 0;
  },
};

async function download(source: LogSource, directory: string, vkey: string | undefined, terminal: Terminal) {
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
