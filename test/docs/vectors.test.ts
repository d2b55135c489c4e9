import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandIdOf, digestId, mentionIdOf, recordIdOf } from '../../functions/runtime/ids.ts';

const [, table = ''] = readFileSync('docs/events.md', 'utf8').split('<!-- vectors');
const vectors = [...table.matchAll(/^\| .* \| `(\[.*\])` \| `([a-z2-7-]+)` \|$/gm)].map(
  ([, digested = '', id = '']) => ({ digested: JSON.parse(digested), id }),
);

/** The id by the function that makes such ids. */
function idOf(id: string, digested: (string | number)[]): string {
  const [first, second, third, fourth] = digested as [string, never, string, number];
  if (digested.length === 4) return mentionIdOf(first, second, third, fourth);
  return id.includes('-') ? recordIdOf(id.slice(0, id.lastIndexOf('-')), first, second) : commandIdOf(first, second);
}

it('ids follow from the request by the rule that the documents tell, with examples', () => {
  expect(vectors).toHaveLength(6);
  for (const { digested, id } of vectors) {
    expect(idOf(id, digested), id).toBe(id);
    expect(id.slice(-26)).toBe(digestId(digested));
  }
});
