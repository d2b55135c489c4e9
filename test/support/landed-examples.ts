import { readdirSync, readFileSync } from 'node:fs';
import { withExampleIds } from '../../functions/openapi/example-records.ts';
import type { TestApi } from './api.ts';

const folder = new URL('../../examples/', import.meta.url);

/**
 * Submits everything under `examples/` as `npm start` does, by the same clients under the same keys: so every record has
 * the id that it has there. Answers the ids by name.
 */
export async function landExamples(post: TestApi['post']): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
  for (const file of files.filter((name) => name.endsWith('.json')).sort()) {
    const { client, commands } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    const own = new Set(commands.map(({ as }: { as?: string }) => as));
    const body = { commands: withExampleIds(commands, (name) => (own.has(name) ? undefined : ids.get(name))) };
    const answer = await post('/v1/submissions', body, { client, key: `example-${file.replace('/', '-')}` });
    if (answer.status !== 201) throw new Error(`examples/${file} was refused: ${answer.text}`);
    for (const [name, id] of Object.entries<string>(answer.body.ids)) ids.set(name, id);
  }
  return ids;
}
