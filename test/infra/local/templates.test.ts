import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { templateSources } from '../../../infra/local/templates.ts';

/** The project's own files that are loaded with one. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
    loadedWith(join(dirname(file), name), seen);
  }
  return seen;
}

it('cached templates are made anew when anything has changed that synthesis loads', () => {
  const loaded = loadedWith(fileURLToPath(new URL('../../../infra/synthesize.ts', import.meta.url)));
  expect(loaded.size).toBeGreaterThan(20);
  const sources = new Set(templateSources());
  expect([...loaded].filter((file) => !sources.has(file))).toEqual([]);
});
