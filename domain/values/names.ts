import * as z from 'zod';
import { atMost } from './cap.ts';
import { inCanonicalCase } from './language.ts';
import { designation, evidenceId, languageTag, notes } from './text.ts';

/** A name in one language; `form` says whether it stands in the source, was put into its base form, or was verified elsewhere. */
export const name = z.strictObject({
  value: designation(600),
  lang: languageTag,
  kind: z.enum(['official', 'alias', 'acronym', 'short']).optional(),
  form: z.enum(['as-given', 'normalized', 'verified']).optional(),
  evidence: evidenceId.optional().meta({ description: 'Id of the evidence that gives this name' }),
  notes: notes.optional(),
});
export type Name = z.infer<typeof name>;

/** The same text for the same name, and for no other: no language tag has a space. */
export const nameKey = ({ value, lang }: { readonly value: string; readonly lang: string }): string =>
  `${inCanonicalCase(lang)} ${value}`;

/** Whether two names are the same words in the same language. */
export const sameName = (a: { value: string; lang: string }, b: { value: string; lang: string }) =>
  nameKey(a) === nameKey(b);

/** Names of one language differ. */
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
