import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningRegistry, startRegistry, temporaryDirectory, tokenFor } from './registry.ts';

/** Programs that others wrote read the OpenAPI document: two linters, a bundler, and two generators of clients. */

const tools = fileURLToPath(new URL('../openapi-tools', import.meta.url));
const installed = existsSync(join(tools, 'node_modules'));
if (!installed) {
  const advice = 'npm ci --prefix test/openapi-tools installs them';
  if (process.env.CI) throw new Error(`the tools that read the OpenAPI document are missing: ${advice}`);
  console.warn(`skipped: the tools that read the OpenAPI document are missing; ${advice}`);
}

/** Beside the tools, so that what is generated finds the packages that it imports. */
const made = join(tools, 'made');
const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));

const run = async (program: string, ...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
    cwd: tools,
    maxBuffer: 64_000_000,
  }).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${program}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout;
};
const bin = (name: string) => join(tools, 'node_modules/.bin', name);

const compilerOptions = {
  strict: true,
  target: 'es2024',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  lib: ['esnext', 'dom', 'dom.iterable'],
  types: ['node'],
  typeRoots: [fileURLToPath(new URL('../../node_modules/@types', import.meta.url))],
  rewriteRelativeImportExtensions: true,
  outDir: 'out',
};

describe.skipIf(!installed)('the OpenAPI document', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let registry: RunningRegistry;
  const document = join(made, 'openapi.json');

  beforeAll(async () => {
    directory = await temporaryDirectory();
    registry = await startRegistry('--empty', '--data', directory.path);
    await rm(made, { recursive: true, force: true });
    await mkdir(made, { recursive: true });
    await writeFile(document, await (await fetch(`${registry.url}/v1/openapi.json`)).text());
  });
  afterAll(async () => {
    await registry.kill();
    await directory.remove();
    await rm(made, { recursive: true, force: true });
  });

  it('has no fault that Redocly (recommended) or Spectral (oas) finds, and is bundled', async () => {
    expect(JSON.parse(await run('lint.mjs', document))).toEqual([]);
  });

  it('makes clients that compile under `strict`, and that submit, read and list', async () => {
    await run(bin('openapi-typescript'), document, '-o', join(made, 'paths.ts'));
    await run(bin('openapi-ts'), '-i', document, '-o', join(made, 'hey-api'), '-c', '@hey-api/client-fetch');
    await cp(join(tools, 'walk.ts'), join(made, 'walk.ts'));
    await writeFile(join(made, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['walk.ts'] }));
    await run(tsc, '-p', made);
    const token = await tokenFor('gzde', directory.path);
    const walked = JSON.parse(await run(join(made, 'out/walk.js'), registry.url, token));
    const states = ['signed', 'unsigned'];
    expect(walked).toEqual({
      id: expect.stringMatching(/^agreement-/),
      states,
      signedBy: [expect.stringMatching(/^organization-/)],
      listed: [walked.id],
      read: { states, problem: '/problems/not-found' },
    });
  });
});
