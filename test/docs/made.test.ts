import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { documents, made } from '../../docs/make.ts';
import { problems } from '../../domain/problems.ts';

describe('documents', () => {
  it.each(documents)('%s is as `npm run docs` makes it', async (path) => {
    const text = await readFile(path, 'utf8');
    expect(text).toBe(made(text));
  });

  it('name every problem type', async () => {
    const text = await readFile('docs/api.md', 'utf8');
    for (const slug of Object.keys(problems)) expect(text).toContain(`| \`${slug}\` |`);
  });

  it('are noticed when they are stale', async () => {
    const text = await readFile('docs/api.md', 'utf8');
    expect(made(text.replace('| `stale` |', '| `fresh` |'))).toBe(text);
  });
});
