import { afterAll, beforeAll, expect, test } from 'vitest';
import { has, runPrinted, snippetsOf } from './printed.ts';
import { type RunningRegistry, startWithExamples, temporaryDirectory } from './registry.ts';

const snippets = snippetsOf('docs/audit.md');
const lacking = [
  ['curl', '--version'],
  ['openssl', 'version'],
  ['go', 'version'],
].filter(([command = '', version = '']) => !has(command, version));
const skips = lacking.length > 0 && !process.env.CI;
if (skips) console.warn(`skipped: what docs/audit.md prints, because this machine lacks ${lacking.join(', ')}`);

const data = await temporaryDirectory();
const folder = await temporaryDirectory();
let registry: RunningRegistry;
beforeAll(async () => {
  registry = await startWithExamples('--data', data.path, '--statement-interval', '60');
});
afterAll(async () => {
  await registry?.kill();
  await data.remove();
  await folder.remove();
});

test.skipIf(skips)('what the page for auditors prints works as printed, also by hand and with Go', async () => {
  expect(snippets).toHaveLength(6);
  const outputs: string[] = [];
  for (const code of snippets) {
    outputs.push(await runPrinted(code, { url: registry.url, data: data.path, folder: folder.path }));
  }
  const [ours = '', answers = '', go = '', rows = '', signature = '', leaf = ''] = outputs;
  expect(ours.match(/holds: \d+ events/g)).toHaveLength(4);
  expect(ours).toContain('The event is at position 1 ');
  expect(ours).toContain('follows from the log');
  expect(ours).toMatch(/^Recomputed from the log: \d+ trees, each with the rows and the root that were stated\.$/m);
  expect(answers.match(/^Proven: complete and right as of position 75, /gm)).toHaveLength(2);
  expect(answers).toMatch(/^The answer to \/v1\/statistics\S+ is complete and right: /m);
  expect(go).toMatch(/\b7[67] entries/);
  expect(rows).toMatch(/^proven as of 75 by the statement at 76 of 77: /);
  expect(signature).toBe('Signature Verified Successfully\n');
  const [computed = '', ...inTile] = leaf.split('\n');
  expect(computed).toMatch(/^[0-9a-f]{64} /);
  expect(inTile.join('').replaceAll(' ', '')).toBe(computed.slice(0, 64));
});
