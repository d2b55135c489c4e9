import * as z from 'zod';
import { atMost } from './cap.ts';
import { inCanonicalCase } from './language.ts';
import { designation, evidenceId, languageTag, notes } from './text.ts';
import { times } from './times.ts';

/** Characters (Unicode code points) of a name: 2,000 bytes of UTF-8 at most. */
const NAME_CHARACTERS = 500;

/** A name in one language; `form` says whether it stands in the source, was put into its base form, or was verified elsewhere. */
export const name = z.strictObject({
  value: designation(4 * NAME_CHARACTERS),
  lang: languageTag,
  kind: z.enum(['official', 'alias', 'acronym', 'short']).optional(),
  form: z.enum(['as-given', 'normalized', 'verified']).optional(),
  ...times,
  evidence: evidenceId.optional().meta({ description: 'Id of the evidence that gives this name' }),
  notes: notes.optional(),
});
export type Name = z.infer<typeof name>;

/** The same text for the same name, and for no other: no language tag has a space. */
export const nameKey = ({ value, lang }: { readonly value: string; readonly lang: string }): string =>
  `${inCanonicalCase(lang)} ${value.normalize('NFC')}`;

/** Whether two names are the same words in the same language. */
export const sameName = (a: { value: string; lang: string }, b: { value: string; lang: string }) =>
  nameKey(a) === nameKey(b);

/** Where two names in a list are the same, the place of the second. */
export function placesRepeated(all: readonly { readonly value: string; readonly lang: string }[]): number[] {
  const seen = new Set<string>();
  return all.flatMap((one, place) => {
    const key = nameKey(one);
    if (seen.has(key)) return [place];
    seen.add(key);
    return [];
  });
}

/** Whether a text leaves an embedding or an isolate of its own open, which then goes on behind it (Unicode UAX #9). */
function leavesDirectionOpen(text: string): boolean {
  const open: ('embedding' | 'isolate')[] = [];
  for (const sign of text) {
    if (/[\u202a\u202b]/.test(sign)) open.push('embedding');
    else if (/[\u2066-\u2068]/.test(sign)) open.push('isolate');
    else if (sign === '\u202c' && open.at(-1) === 'embedding') open.pop();
    // The end of an isolate closes whatever embeddings are open within it.
    else if (sign === '\u2069' && open.includes('isolate')) open.length = open.lastIndexOf('isolate');
  }
  return open.length > 0;
}

/** What a name holds that none does, though events may: what was recorded before stays. */
export function faultOfName(value: string): string | undefined {
  if (/[\t\n\r\u2028\u2029]/.test(value)) return 'a tab or a line break';
  if (/^[\p{White_Space}\ufeff]|[\p{White_Space}\ufeff]$/u.test(value)) return 'white space at an end';
  if (/\p{Noncharacter_Code_Point}/u.test(value)) return 'a noncharacter';
  if (/[\u202d\u202e]/.test(value)) return 'a bidirectional override';
  return leavesDirectionOpen(value) ? 'a bidirectional isolate or embedding that stays open' : undefined;
}

export const isNameTooLong = (value: string): boolean => [...value].length > NAME_CHARACTERS;

/** Names of one language differ; events may hold two that differ in the order of marks, or in the case of the language, alone. */
export const names = atMost(z.array(name).min(1), 20, 'cap-names').superRefine((all, context) => {
  const seen = new Set<string>();
  for (const [index, one] of all.entries()) {
    const key = `${one.lang} ${one.value}`;
    if (!seen.has(key)) {
      seen.add(key);
      continue;
    }
    context.addIssue({
      code: 'custom',
      path: [index],
      message: 'must not stand here twice',
      params: { rule: 'name-repeated' },
    });
  }
});
