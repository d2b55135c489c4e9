import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { expect, it } from 'vitest';
import { runRegistry } from '../../clients/cli/registry.ts';
import { USAGE } from '../../infra/local/options.ts';

const page = (file: string) => readFileSync(file, 'utf8');
const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> };

it.each(['README.md', 'CONTRIBUTING.md', 'docs/tokens.md'])('%s leads to files that are there', (file) => {
  const links = [...page(file).matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  const own = links
    .filter((link) => !/^(https?:|#)/.test(link))
    .map((link) => join(dirname(file), link.split('#')[0] ?? ''));
  expect(own.filter((path) => !existsSync(path))).toEqual([]);
});

it('README.md lists the options of a start, all of them', () => {
  const told = [...page('README.md').matchAll(/^\| `(--[\w-]+)/gm)].map(([, option = '']) => option);
  const taken = [...USAGE.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, option = '']) => option);
  expect(told.sort()).toEqual(taken.filter((option) => option !== '--help').sort());
});

it.each(['README.md', 'CONTRIBUTING.md', 'docs/tokens.md'])('%s names commands that there are', async (file) => {
  const named = [...page(file).matchAll(/\bnpm (?:run )?(?!ci\b)([\w:]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !(name in scripts) && name !== 'brings' && name !== 'with')).toEqual([]);
  const lines: string[] = [];
  const terminal = { out: (line: string) => void lines.push(line), err: () => {}, env: {} };
  for (const [, name = ''] of page(file).matchAll(/npx registry (\w+)/g)) {
    expect([name, await runRegistry([name, '--help'], terminal)]).toEqual([name, 0]);
  }
});
