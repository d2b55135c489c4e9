import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
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

/** Writes a file as a whole, by renaming a temporary one. Creates its directory. @throws Failure */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.part`;
  parts.add(beside);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw failureAbout(path, error);
  } finally {
    parts.delete(beside);
  }
}
