import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const guide = readFileSync('CONTRIBUTING.md', 'utf8');
const sectionOf = (title: string) => guide.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const flat = (code: string) => code.replace(/\s+/g, ' ').trim();

/** The code that a section shows, each block with the file that its step names first. */
const shown = (title: string) =>
  sectionOf(title)
    .split(/^\d+\. /m)
    .slice(1)
    .flatMap((step) => {
      const file = /`([\w/.-]+\/[\w.-]+\.ts)`/.exec(step)?.[1] ?? '';
      return [...step.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => ({ file, code: flat(code) }));
    });

describe('CONTRIBUTING.md', () => {
  const blocks = ['Adding a command', 'Adding an aggregate'].flatMap(shown);
  it.each(blocks)('shows code of $file as it is there', ({ file, code }) => {
    expect(flat(readFileSync(file, 'utf8'))).toContain(code);
  });
  it('shows code for each step of a command and for an aggregate', () => {
    expect(blocks.map(({ file }) => file)).toEqual([
      'domain/organization/events.ts',
      'domain/organization/state.ts',
      'domain/organization/commands.ts',
      'domain/problems.ts',
      'test/domain/organization.test.ts',
      'domain/award-programme/award-programme.ts',
    ]);
  });
  it('names only files that are there', () => {
    const names = [...guide.matchAll(/`((?:domain|functions|infra|clients|test|docs|examples)\/[\w/.-]+\.\w+)`/g)];
    expect(names.length).toBeGreaterThan(20);
    expect(names.map(([, name = '']) => name).filter((name) => !existsSync(name))).toEqual([]);
  });
});
