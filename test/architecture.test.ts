import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { describe, expect, it } from 'vitest';

/** Imports point one way: infra → functions → domain; clients → domain. `uses` are the folders that a folder may import. */
const layers: Record<string, { uses: readonly string[]; packages: (name: string) => boolean }> = {
  domain: { uses: ['domain'], packages: (name) => name === 'zod' },
  functions: {
    uses: ['functions', 'domain'],
    packages: (name) => !/^(aws-cdk|constructs|cdk-nag|vitest|fast-check)/.test(name),
  },
  clients: {
    uses: ['clients', 'domain'],
    packages: (name) => !/^(@aws-|aws-cdk|constructs|vitest|fast-check)/.test(name),
  },
  infra: { uses: ['infra', 'functions', 'domain'], packages: (name) => !/^(vitest|fast-check)/.test(name) },
};

/** Clock, chance and the world outside: a decider is given them as arguments. */
const impure = /\b(?:Date\.now|new Date\(\)|Math\.random|process\.|fetch\(|setTimeout|crypto\.|console\.)/g;

const patterns = [
  /^[ \t]*(?:import|export)\b[^'"`;]*?\bfrom[ \t\n]*['"]([^'"]+)['"]/gm,
  /^[ \t]*import[ \t]*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"`]([^'"`$]+)['"`]/g,
  /\brequire\(\s*['"]([^'"]+)['"]/g,
];
const withoutComments = (source: string) =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^([^'"`\n]*?)\/\/.*$/gm, '$1');

/** What a module imports: statements, side effects, re-exports, dynamic imports of a literal. */
function importsOf(source: string): string[] {
  const code = withoutComments(source);
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map(([, specifier = '']) => specifier));
}

/** The rules that one file breaks. */
function faultsOf(file: string, source: string, exists: (path: string) => boolean = existsSync): string[] {
  const layer = file.split('/')[0] ?? '';
  const rules = layers[layer];
  if (!rules) return [`${file}: no layer`];
  const faults = importsOf(source).flatMap((specifier): string[] => {
    if (!specifier.startsWith('.')) return rules.packages(specifier) ? [] : [`${layer} must not import ${specifier}`];
    const target = normalize(join(dirname(file), specifier));
    const folder = target.split('/')[0] ?? '';
    if (!/\.(?:ts|mjs|json)$/.test(specifier)) return [`${specifier} does not end in .ts`];
    if (!rules.uses.includes(folder)) return [`${layer} must not import from ${folder}`];
    return exists(target) ? [] : [`${specifier} does not exist`];
  });
  if (layer !== 'domain') return faults;
  return [...faults, ...(withoutComments(source).match(impure) ?? []).map((found) => `domain must not use ${found}`)];
}

/** The folder below its layer that a file is in. A file beside these folders is a room of its own. */
const roomOf = (file: string): string => file.split('/').slice(0, 2).join('/');

/** Whom each file imports, types included, as arrows between what `nameOf` makes of the files. */
function arrowsBetween(sources: ReadonlyMap<string, string>, nameOf: (file: string) => string) {
  const arrows = new Map<string, Set<string>>([...sources.keys()].map((file) => [nameOf(file), new Set()]));
  for (const [file, source] of sources) {
    for (const specifier of importsOf(source).filter((one) => one.startsWith('.'))) {
      const target = nameOf(normalize(join(dirname(file), specifier)));
      if (target !== nameOf(file)) arrows.get(nameOf(file))?.add(target);
    }
  }
  return arrows;
}

/** The arrows on circles and between them: what is left when everything that has none out of it or into it is taken away. */
function circlesIn(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const left = new Map(arrows);
  const among = (node: string) => [...(left.get(node) ?? [])].filter((target) => left.has(target));
  const isFree = (node: string) =>
    among(node).length === 0 || ![...left.keys()].some((other) => left.get(other)?.has(node));
  for (;;) {
    const free = [...left.keys()].find(isFree);
    if (free === undefined)
      return [...left.keys()].flatMap((node) => among(node).map((target) => `${node} → ${target}`));
    left.delete(free);
  }
}

const files = globSync(`{${Object.keys(layers).join(',')}}/**/*.{ts,mjs}`)
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !/node_modules|\/dist\//.test(file));

describe('imports point one way', () => {
  it.each(Object.keys(layers))('in every file under %s/', (layer) => {
    const own = files.filter((file) => file.startsWith(`${layer}/`));
    const faults = own.flatMap((file) =>
      faultsOf(file, readFileSync(file, 'utf8')).map((fault) => `${file}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });
  it('looks at the files that there are', () => {
    expect(files).toContain('domain/decide.ts');
    expect(files).toContain('functions/commands/handler.ts');
    expect(importsOf(readFileSync('functions/commands/handler.ts', 'utf8'))).toContain('../stores/event-store.ts');
  });
});

describe('nothing imports in a circle', () => {
  const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  it('among the rooms of a layer', () => {
    expect(circlesIn(arrowsBetween(sources, roomOf))).toEqual([]);
  });
  it('among files', () => {
    expect(circlesIn(arrowsBetween(sources, (file) => file))).toEqual([]);
  });
  it('which is found: two rooms around a third, of which no two files do', () => {
    const circle = new Map([
      ['domain/a/one.ts', "import { two } from '../b/two.ts';"],
      ['domain/b/two.ts', "import { three } from '../c/three.ts';"],
      ['domain/c/three.ts', "import { low } from '../low.ts';"],
      ['domain/c/other.ts', "import type { One } from '../a/one.ts';"],
      ['domain/low.ts', ''],
      ['domain/top.ts', "import { one } from './a/one.ts';"],
    ]);
    expect(circlesIn(arrowsBetween(circle, (file) => file))).toEqual([]);
    expect(circlesIn(arrowsBetween(circle, roomOf))).toEqual([
      'domain/a → domain/b',
      'domain/b → domain/c',
      'domain/c → domain/a',
    ]);
  });
});

describe('the architecture rule', () => {
  const anything = () => true;
  it.each([
    [
      'domain/bad.ts',
      "import { store } from '../functions/stores/event-store.ts';",
      'domain must not import from functions',
    ],
    ['domain/bad.ts', "export { x } from '../infra/app.ts';", 'domain must not import from infra'],
    ['domain/bad.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'domain must not import @aws-sdk/client-s3'],
    ['domain/bad.ts', "import {\n  readFile,\n} from 'node:fs/promises';", 'domain must not import node:fs/promises'],
    ['domain/bad.ts', "import 'node:fs';", 'domain must not import node:fs'],
    ['domain/bad.ts', 'const now = Date.now();', 'domain must not use Date.now'],
    ['domain/a/bad.ts', "import { b } from '../b';", '../b does not end in .ts'],
    ['functions/x/bad.ts', "const app = await import('../../infra/app.ts');", 'functions must not import from infra'],
    ['functions/x/bad.ts', "import type { Stack } from 'aws-cdk-lib';", 'functions must not import aws-cdk-lib'],
    [
      'clients/cli/bad.ts',
      "import { a } from '../../functions/runtime/ids.ts';",
      'clients must not import from functions',
    ],
    ['infra/bad.ts', "import { a } from '../clients/cli/main.ts';", 'infra must not import from clients'],
  ])('finds in %s: %s', (file, source, fault) => {
    expect(faultsOf(file, source, anything)).toEqual([fault]);
  });
  it('finds an import of a file that does not exist', () => {
    expect(faultsOf('domain/bad.ts', "import { a } from './a.ts';", () => false)).toEqual(['./a.ts does not exist']);
  });
  it.each([
    ['domain/good.ts', "import * as z from 'zod';\nimport { a } from './values/ids.ts';\nconst day = new Date(0);"],
    ['domain/good.ts', "// import 'node:fs';\n/* import x from '../infra/app.ts' */\nconst says = 'from here on';"],
    ['functions/x/good.ts', "import { a } from '../../domain/decide.ts';\nimport { b } from '../runtime/ids.ts';"],
    [
      'clients/cli/good.ts',
      "import { root } from '../../domain/log/merkle.ts';\nimport { parseArgs } from 'node:util';",
    ],
    ['infra/good.ts', "import { env } from '../functions/runtime/env.ts';\nimport { Stack } from 'aws-cdk-lib';"],
  ])('lets %s pass: %s', (file, source) => {
    expect(faultsOf(file, source, anything)).toEqual([]);
  });
});
