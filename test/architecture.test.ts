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

const files = globSync(`{${Object.keys(layers).join(',')}}/**/*.{ts,mjs}`)
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.includes('node_modules'));

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
