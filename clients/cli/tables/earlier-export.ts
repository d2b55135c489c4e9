import { basename, join } from 'node:path';
import { directoryEntries, readIfThere } from '../files.ts';
import { textOf } from '../http.ts';
import { Failure } from '../usage.ts';

export const MANIFEST = 'manifest.json';

/** What a process leaves that was killed while it wrote a table. */
const isPart = (name: string): boolean => /\.[0-9a-f]{12}\.part$/.test(name);

/** The files that the manifest in a folder names; undefined where there is no manifest of an export. */
async function filesOfManifest(directory: string): Promise<string[] | undefined> {
  const bytes = await readIfThere(join(directory, MANIFEST));
  if (!bytes) return undefined;
  try {
    const { root, tables } = JSON.parse(textOf(bytes)) as { root: unknown; tables: readonly { file: unknown }[] };
    const files = tables.map(({ file }) => file);
    const areTables = files.every((file): file is string => typeof file === 'string' && basename(file) === file);
    return typeof root === 'string' && areTables ? (files as string[]) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The files of the export that an export of these takes the place of; none in an empty folder, or where there is no folder.
 * @throws Failure where it would take the place of something else, or make it look like a part of it
 */
export async function filesReplaced(directory: string, files: readonly string[]): Promise<readonly string[]> {
  const there = (await directoryEntries(directory)).filter((name) => !isPart(name));
  const replaced = await filesOfManifest(directory);
  const own = replaced && [...replaced, MANIFEST];
  const others = there.filter((name) => !own?.includes(name));
  const inTheWay = own ? others.filter((name) => files.includes(name)) : others;
  const [first] = inTheWay;
  if (first === undefined) return replaced ?? [];
  const more = inTheWay.length === 1 ? '' : ` and ${inTheWay.length - 1} more`;
  const why = own ? 'of which the manifest there knows nothing' : 'and no manifest of an earlier export';
  throw new Failure(
    `${directory} holds ${first}${more}, ${why}: tables take the place of an earlier export only. Name another folder, or empty it.`,
  );
}
