import { afterAll, beforeAll, expect, test } from 'vitest';
import { has, runPrinted, snippetsOf } from './printed.ts';
import { type RunningRegistry, startWithExamples, temporaryDirectory } from './registry.ts';
import { SHOWN } from './shown.ts';

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

/** What a newcomer has typed into the same shell before, and prints nothing: the definitions of `post`, and names of records. */
let definitions = '';
let names = '';
const run = (code: string) => runPrinted(code, { url: registry.url, data: directory.path });

/** Commands, with the comment above them. */
interface Step {
  readonly says?: string;
  readonly code: string;
}

const stepsOf = (snippet: string): Step[] =>
  snippet.split(/^(?=# )/m).map((code) => {
    const [, says, rest = ''] = /^# ([^\n]*)\n(.*)$/s.exec(code) ?? [];
    return says === undefined ? { code } : { says, code: rest };
  });

const parsed = (text: string): unknown => (/^[{[]/.test(text) ? JSON.parse(text) : text);

/** The answer to each line of a step. */
async function answersTo(code: string): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const line of code.split('\n').filter(Boolean)) answers.push(parsed(await run(names + line)));
  return answers;
}

test.skipIf(!hasCurl)('what the README prints works as printed, and shows what it says', async () => {
  const said: string[] = [];
  const outputs: string[] = [];
  for (const snippet of snippets) {
    if (!/^(curl|post|npx) /m.test(snippet)) definitions += snippet;
    for (const { says, code } of stepsOf(snippet)) {
      if (says === undefined) {
        outputs.push(await run(definitions + names + code));
        names += (code.match(/^[a-z]+=.*\n/gm) ?? []).join('');
        continue;
      }
      said.push(says);
      const answers = await answersTo(code);
      expect(SHOWN[says], `a check of what the README says: ${says}`).toBeDefined();
      SHOWN[says]?.(...answers);
    }
  }
  // Each comment is checked, and each check is of a comment.
  expect(said.sort()).toEqual(Object.keys(SHOWN).sort());

  const [submitted = '', again = ''] = [outputs[0], await run(snippets[0] as string)];
  expect(submitted).toMatch(/^HTTP\/1.1 201 .*Preference-Applied: wait/is);
  expect(again).toMatch(/Idempotency-Replayed: true/i);
  const receipt = JSON.parse(submitted.slice(submitted.indexOf('\r\n\r\n')));
  expect(receipt.events).toHaveLength(2);
  for (const { leafHash } of receipt.events) expect(leafHash).toMatch(/^\S{43}=$/);
  const after = await (await fetch(`${registry.url}/v1/events?stream=${receipt.id}&after=75`)).json();
  const [first, last] = after as { position: number }[];
  expect(first?.position).toBeLessThan(receipt.position);
  expect(last?.position).toBe(receipt.position);
  for (const output of outputs) expect(output).not.toContain('/problems/');
});

test.skipIf(!hasCurl)('a client of one’s own is appointed as the page on tokens prints it', async () => {
  const [snippet = ''] = snippetsOf('docs/tokens.md');
  expect(await runPrinted(snippet, { url: registry.url, data: directory.path })).toMatch(
    /"organization-\w+".*\}\s*eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/s,
  );
});

test('a start ends in the line that the README shows, with a real conference loaded', () => {
  expect(registry.lines.at(-1)).toBe(`ready ${registry.url}`);
  expect(registry.lines.filter((line) => line.includes('loaded guangzhou-2023/'))).toHaveLength(8);
});
