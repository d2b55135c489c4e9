import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from './usage.ts';

export const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** The system's message with the path, which not every such message contains. */
const failureAbout = (path: string, error: unknown) => new Failure(`${path}: ${(error as Error).message}`);

/** Files that are being written. They are removed when the process is stopped meanwhile. */
const parts = new Set<string>();
process.on('exit', () => {
  for (const part of parts) rmSync(part, { force: true });
});

/** A file's bytes; undefined when there is none. @throws Failure */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw failureAbout(path, error);
  }
}

/** The names in a directory; none when there is no directory. @throws Failure where a file is in its place */
export async function directoryEntries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new Failure(`${directory} is a file, or in a file: name a directory.`);
    throw failureAbout(directory, error);
  }
}

/** A file that is being written beside the one that it is to be. */
export interface Part {
  readonly path: string;
  /** Puts it in its place: whatever was written under its path is there now. */
  keep(): Promise<void>;
  drop(): Promise<void>;
}

/** Creates the directory of a file that is to be written as a whole. @throws Failure */
export async function partOf(path: string): Promise<Part> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.part`;
  parts.add(beside);
  const drop = async () => {
    await rm(beside, { force: true }).catch(() => {});
    parts.delete(beside);
  };
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    await drop();
    throw failureAbout(path, error);
  }
  return {
    path: beside,
    async keep() {
      try {
        const file = await open(beside, 'r+');
        await file.sync().finally(() => file.close());
        await rename(beside, path);
        parts.delete(beside);
      } catch (error) {
        await drop();
        throw failureAbout(path, error);
      }
    },
    drop,
  };
}

/** Writes a file as a whole, by renaming a temporary one. Creates its directory. @throws Failure */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const part = await partOf(path);
  try {
    await writeFile(part.path, content, { flag: 'wx' });
  } catch (error) {
    await part.drop();
    throw failureAbout(path, error);
  }
  await part.keep();
}
