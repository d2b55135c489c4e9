import { afterAll, beforeAll, expect, test } from 'vitest';
import { has, runPrinted, snippetsOf } from './printed.ts';
import { type RunningRegistry, startWithExamples, temporaryDirectory } from './registry.ts';

const snippets = snippetsOf('README.md').filter((code) => /curl/.test(code));
const hasCurl = has('curl', '--version');
if (!hasCurl) console.warn('skipped: what the README prints, because there is no curl on this machine');

const directory = await temporaryDirectory();
let registry: RunningRegistry;
beforeAll(async () => {
  registry = await startWithExamples('--data', directory.path);
});
afterAll(async () => {
  await registry?.kill();
  await directory.remove();
});

/** What a newcomer has typed into the same shell before: definitions that print nothing. */
let typed = '';

async function run(code: string): Promise<string> {
  if (!/^(curl|post) /m.test(code)) typed += code;
  return runPrinted(typed + code, { url: registry.url, data: directory.path });
}

test.skipIf(!hasCurl)('what the README prints works as printed, and again', async () => {
  expect(snippets.length).toBeGreaterThanOrEqual(7);
  const outputs: string[] = [];
  for (const snippet of snippets) {
    const output = await run(snippet);
    if (output !== '') outputs.push(output);
  }
  expect(outputs[0]).toMatch(/^HTTP\/1.1 201 .*Preference-Applied: wait/is);
  for (const output of outputs) {
    expect(output).toMatch(/"id"|"items"|follows from the log/);
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
