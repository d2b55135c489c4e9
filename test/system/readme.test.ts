import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningRegistry, startRegistry, temporaryDirectory } from './registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const snippets = [...readme.matchAll(/```sh\n(.*?)```/gs)]
  .map(([, code = '']) => code)
  .filter((code) => /curl/.test(code));
const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl) console.warn('skipped: what the README prints, because there is no curl on this machine');

const directory = await temporaryDirectory();
let registry: RunningRegistry;
beforeAll(async () => {
  registry = await startRegistry('--data', directory.path);
});
afterAll(async () => {
  await registry?.kill();
  await directory.remove();
});

/** What a newcomer has typed into the same shell before: definitions that print nothing. */
let typed = '';

/** As printed, but for the port and the data directory, which somebody else may be using. */
async function run(code: string): Promise<string> {
  const here = code
    .replaceAll('localhost:3000', new URL(registry.url).host)
    .replaceAll('npx registry token', `clients/cli/bin.mjs token --data ${directory.path}`);
  if (!/^(curl|post) /m.test(here)) typed += here;
  return (await promisify(execFile)('sh', ['-ec', typed + here], { cwd: root })).stdout;
}

test.skipIf(!hasCurl)('what the README prints works as printed, and again', async () => {
  expect(snippets.length).toBeGreaterThanOrEqual(6);
  const outputs: string[] = [];
  for (const snippet of snippets) {
    const output = await run(snippet);
    if (output !== '') outputs.push(output);
  }
  expect(outputs[0]).toMatch(/^HTTP\/1.1 201 .*Preference-Applied: wait/is);
  for (const output of outputs) {
    expect(output).toMatch(/"id"|"items"/);
    expect(output).not.toContain('/problems/');
  }
  expect(await run(snippets[0] as string)).toMatch(/Idempotency-Replayed: true/i);

  const garbled = outputs.at(-3) ?? '';
  for (const part of ['"state":"signed"', '"state":"retracted"', '"replacedBy":["agreement-', '"src-3"']) {
    expect(garbled).toContain(part);
  }
  const [membership = '', agreement = ''] = outputs.slice(-2);
  expect(membership).toContain('"state":"member"');
  expect(membership).toMatch(/"periods":\[\{"number":"M-\d+".*\{"number":"M-\d+"/);
  expect(membership).toContain('"certainty":"certain"');
  expect(agreement).toContain('"state":"terminated"');
});
