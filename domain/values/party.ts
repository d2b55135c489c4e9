import * as z from 'zod';
import { atMost } from './cap.ts';
import { ref } from './ids.ts';
import { basis, country, designation, languageTag, notes, text } from './text.ts';

const common = { role: designation(200).optional(), basis: basis.optional(), notes: notes.optional() };

/** A party that is a registered organization; a branch signs on behalf of its legal entity. */
const namedParty = z.strictObject({
  organization: ref('organization'),
  onBehalfOf: ref('organization').optional(),
  ...common,
});

/** A party that the source describes without naming it. Nobody is invented. */
const unidentifiedParty = z.strictObject({ unidentified: text(600), lang: languageTag, ...common });

export const party = z.union([namedParty, unidentifiedParty]);
export type Party = z.infer<typeof party>;

export const place = z.strictObject({
  country: country.optional(),
  locality: designation(200).optional(),
  venue: designation(200).optional(),
  basis: basis.optional(),
  notes: notes.optional(),
});

/** Organizations that did one thing together, each once. */
export const organizations = atMost(z.array(ref('organization')).min(1), 50, 'cap-parties').refine(
  (ids) => new Set(ids).size === ids.length,
  { error: 'must not name one organization twice', params: { rule: 'party-repeated' } },
);
