import { resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundling, standIns } from '../../infra/constructs/registry-function.ts';
import { synthesize } from './templates.ts';

const { functions, nameOf } = synthesize();
const { target, mainFields, minify, sourceMap, sourcesContent } = bundling;

/** `queries` reads the objects that prove its answers: it has the client of S3 beside that of DynamoDB. */
const mostBytes = (name: string): number => (name === 'queries' ? 1_100_000 : 900_000);

describe('the code of', () => {
  it.each(functions.map((fn) => [nameOf(fn), fn.raw.Metadata['registry:entry']]))(
    '%s has at most 900 KB, or 1,100 KB where it proves answers',
    async (name, entry) => {
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
      expect(code?.contents.length).toBeLessThanOrEqual(mostBytes(name));
    },
  );
});
