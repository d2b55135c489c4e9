import { resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundling, standIns } from '../../infra/constructs/registry-function.ts';
import { synthesize } from './templates.ts';

const { functions, nameOf } = synthesize();
const { target, mainFields, minify, sourceMap, sourcesContent } = bundling;

describe('the code of', () => {
  it.each(functions.map((fn) => [nameOf(fn), fn.raw.Metadata['registry:entry']]))(
    '%s has at most 900 KB',
    async (_, entry) => {
      const { outputFiles } = await build({
        entryPoints: [resolve(import.meta.dirname, '../..', entry)],
        outdir: 'nowhere',
        write: false,
        bundle: true,
        platform: 'node',
        format: 'esm',
        target,
        mainFields,
        minify,
        sourcemap: sourceMap,
        sourcesContent,
        alias: standIns,
      });
      const code = outputFiles.find(({ path }) => path.endsWith('.js'));
      expect(code?.contents.length).toBeGreaterThan(100_000);
      expect(code?.contents.length).toBeLessThanOrEqual(900_000);
    },
  );
});
