import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { aggregates } from '../domain/catalog.ts';

/** What each aggregate gives to the catalog under the same name, from its own files. */
const PARTS = [
  'commands',
  'countedIn',
  'days',
  'due',
  'dueDays',
  'evolve',
  'events',
  'excluded',
  'indexFields',
  'listed',
  'lifecycle',
  'present',
  'states',
  'statusOn',
];

/** The same thing in two trees of which neither may import the other. */
const COPIES = ['canonical', 'UsageError'];

const declaration = /^export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;
const destructured = /^export const [{[]([^}\]]*)[}\]] =/gm;
const listed = /^export (?:type )?\{([^}]*)\}(?! from)/gm;
const lastNames = (list: string) => [...list.matchAll(/(\w+)\s*(?:,|$)/g)].map(([, name = '']) => name);

/** The names that a file gives to what it declares; what it only passes on keeps the name of its own file. */
function declaredIn(source: string): Set<string> {
  const lists = [destructured, listed].flatMap((pattern) => [...source.matchAll(pattern)]);
  return new Set([
    ...[...source.matchAll(declaration)].map(([, name = '']) => name),
    ...lists.flatMap(([, list = '']) => lastNames(list)),
  ]);
}

const folders = new Set(aggregates.map(({ name }) => `domain/${name}`));

/** Whether files may share a name: each in its own right, because a folder has one such file, or because neither sees the other. */
function mayShare(name: string, files: readonly string[]): boolean {
  if (name === 'handler') return files.every((file) => /^functions\/\w+\/handler\.ts$/.test(file));
  if (COPIES.includes(name)) return new Set(files.map((file) => file.split('/')[0])).size === files.length;
  if (!files.every((file) => folders.has(dirname(file)))) return false;
  if (new Set(files.map(dirname)).size < files.length) return false;
  return PARTS.includes(name) || files.every((file) => basename(file) === 'events.ts');
}

function ambiguousIn(sources: ReadonlyMap<string, string>): string[] {
  const places = new Map<string, string[]>();
  for (const [file, source] of sources) {
    for (const name of declaredIn(source)) places.set(name, [...(places.get(name) ?? []), file]);
  }
  const several = [...places].filter(([name, files]) => files.length > 1 && !mayShare(name, files));
  return several.map(([name, files]) => `${name}: ${files.sort().join(', ')}`).sort();
}

describe('an exported name', () => {
  it('has one meaning in domain, functions, infra and clients', () => {
    const files = globSync('{domain,functions,infra,clients}/**/*.{ts,mjs}')
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => !file.includes('/dist/'));
    const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
    expect(sources.size).toBeGreaterThan(200);
    expect(ambiguousIn(sources)).toEqual([]);
  });

  const ambiguous = (...sources: [file: string, source: string][]) => ambiguousIn(new Map(sources));

  it.each([
    'export const plan = 1;',
    'export async function plan() {}',
    'export type plan = 1;',
    'const x = 1;\nexport { x as plan };',
    'export const { x: plan } = y;',
  ])('is found twice: %s', (source) => {
    expect(ambiguous(['functions/a/a.ts', source], ['infra/b.ts', 'export function plan() {}'])).toEqual([
      'plan: functions/a/a.ts, infra/b.ts',
    ]);
  });

  it('may be that of a fact or a part in several aggregates, and nowhere else besides', () => {
    const fact = 'export const cancelled = 1;';
    expect(ambiguous(['domain/launch/events.ts', fact], ['domain/ceremony/events.ts', fact])).toEqual([]);
    expect(ambiguous(['domain/launch/events.ts', fact], ['domain/ceremony/state.ts', fact])).toHaveLength(1);
    expect(ambiguous(['domain/launch/events.ts', fact], ['domain/record/events.ts', fact])).toHaveLength(1);
    const part = 'export const states = [];';
    expect(ambiguous(['domain/launch/lifecycle.ts', part], ['domain/cohort/state.ts', part])).toEqual([]);
    expect(ambiguous(['domain/launch/lifecycle.ts', part], ['domain/kernel/lifecycle.ts', part])).toHaveLength(1);
  });

  it('may be passed on', () => {
    const type = 'export type Finding = 1;';
    expect(ambiguous(['domain/a.ts', type], ['domain/b.ts', "export type { Finding } from './a.ts';"])).toEqual([]);
  });
});
