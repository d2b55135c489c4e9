import * as z from 'zod';
import { aggregateOf } from '../../../domain/values/record-id.ts';
import { readIfThere, replaceFile } from '../files.ts';
import { UsageError } from '../usage.ts';
import type { Named, Names } from './entries.ts';

const id = z.string().refine((text) => aggregateOf(text) !== undefined);
const named = z.union([
  id.transform((text): Named => ({ id: text })),
  z.strictObject({ id, content: z.string().exactOptional() }),
]);
const file = z.record(z.string(), named);

/** The names that a file keeps from run to run; none when there is no such file yet. @throws UsageError */
export async function readNames(path: string): Promise<Map<string, Named>> {
  const bytes = await readIfThere(path);
  if (!bytes) return new Map();
  try {
    return new Map(Object.entries(file.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))));
  } catch {
    throw new UsageError(
      `--ids ${path}: it has to be a JSON object with the id of a record for each name, such as {"a1": "organization-…"}, or one that an earlier run wrote.`,
    );
  }
}

/** Writes the names of which the records are known, each with what it has in keys. */
export async function writeNames(path: string, names: Names): Promise<void> {
  const known = [...names].flatMap(([name, { id, content: kept, by }]) => {
    const content = kept ?? by?.content;
    return id === undefined ? [] : [[name, content === undefined ? id : { id, content }]];
  });
  await replaceFile(path, `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`);
}
