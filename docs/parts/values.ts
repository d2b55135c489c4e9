import type * as z from 'zod';
import { count } from '../../domain/values/count.ts';
import { document, evidence, evidenceItem, sha256Hex, source } from '../../domain/values/evidence.ts';
import { name, names } from '../../domain/values/names.ts';
import { day, partialDate } from '../../domain/values/partial-date.ts';
import { party, place } from '../../domain/values/party.ts';
import { mentions } from '../../domain/values/person.ts';
import { basis, country, languageTag, localizedText, notes } from '../../domain/values/text.ts';
import { anchor } from './markdown.ts';
import { jsonSchemaOf, type Schema } from './schema.ts';

export interface Value {
  readonly schema: z.ZodType;
  readonly says: string;
}

/** The values that many fields take. Each has one section. */
export const values: Readonly<Record<string, Value>> = {
  date: {
    schema: partialDate,
    says: [
      'A partial date, what [EDTF](https://www.loc.gov/standards/datetime/) levels 0 and 1 (ISO 8601-2) can say of days in the years 0001 to 9999. As precise as its source, never more.',
      '',
      '| date | means | its days |',
      '| --- | --- | --- |',
      '| `2023`, `2023-02`, `2023-02-23` | a year, a month, a day | those of the year or the month, the day |',
      '| `2023-21`, `2023-23` | spring, autumn | those of the year: a season may be that of either hemisphere |',
      '| `2023-22`, `2023-24` | summer, winter | 2022-12-01 to 2024-02-29, for the same reason |',
      '| `201X`, `20XX` | a year of the 2010s, of the years 2000 to 2099 | those of these years |',
      '| `2023-XX`, `2023-XX-XX`, `2023-02-XX` | a month or a day of the year, a day of the month | those of the year or the month |',
      '| `2023-02?`, `2023-02~`, `2023-02%` | uncertain, approximate, both; after any of these | the same, none of them certain |',
      '| `2023-02-23/2023-02-25` | from one date to another, without `X` | from the first of the one to the last of the other |',
      '| `2023-02-23/..`, `../2023-02-23` | with an open end, an open start | to 9999-12-31, from 0001-01-01 |',
      '| `2023-02-23/`, `/2023-02-23` | with an unknown end, an unknown start | to 9999-12-31, from 0001-01-01 |',
      '',
      'A date that common readers of EDTF refuse is recorded with the warning `date-seldom-read`: an interval whose end does not begin after its start (`2023-02-23/2023-02`, `2023/2023`), one of seasons, a season or an `X` with `?`, `~` or `%`.',
    ].join('\n'),
  },
  day: { schema: day, says: 'A calendar day, `2023-02-23`.' },
  'piece of evidence': {
    schema: evidenceItem,
    says: 'What a statement rests on. Parts of the same payload may point to it by its `id`.',
  },
  evidence: { schema: evidence, says: 'At least one piece of evidence, at most 20.' },
  source: { schema: source, says: 'Where a statement comes from. What the source does not say is left out.' },
  basis: { schema: basis, says: 'How well a statement is founded.' },
  name: { schema: name, says: 'A name in one language.' },
  names: { schema: names, says: 'Names in several languages, or of several kinds: at least one, at most 20.' },
  party: { schema: party, says: 'A registered organization, or a party that the source describes without naming it.' },
  place: { schema: place, says: 'Where something took place.' },
  count: {
    schema: count,
    says: 'How many unnamed ones: "more than thirty" is `{"min": 31}`. `exact` excludes the others. Nobody is invented.',
  },
  document: { schema: document, says: 'A document that exists elsewhere: the registry keeps digests, not files.' },
  mentions: {
    schema: mentions,
    says: 'Where texts of the event mention persons, see [Persons in texts](#persons-in-texts).',
  },
  remark: { schema: localizedText, says: 'A text in a language.' },
  notes: { schema: notes, says: 'Remarks for what fits nowhere else. They hold no personal data.' },
  'language tag': {
    schema: languageTag,
    says: 'BCP 47, such as `en` or `zh-Hans`: well-formed by RFC 5646, recorded in the case in which it was given.',
  },
  country: { schema: country, says: 'ISO 3166-1 alpha-2, such as `CN`.' },
  digest: { schema: sha256Hex, says: 'SHA-256, 64 hexadecimal digits in lower case.' },
};

/** Schemas that differ only in their descriptions have the same shape; mere texts are distinguished by descriptions. */
function shapeOf({
  description,
  examples: _,
  $schema: __,
  ...shape
}: Schema & { examples?: unknown; $schema?: unknown }) {
  const isMereText = shape.type === 'string' && Object.keys(shape).length === 1;
  return JSON.stringify(isMereText ? { description, ...shape } : shape, (_, inner) => sorted(inner));
}

const sorted = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

interface KnownValue {
  readonly called: string;
  readonly description: string | undefined;
}
let shapes: ReadonlyMap<string, KnownValue> | undefined;

function knownValueOf(schema: Schema): KnownValue | undefined {
  shapes ??= new Map(
    Object.entries(values).map(([called, value]) => {
      const json = jsonSchemaOf(value.schema);
      return [shapeOf(json), { called, description: json.description }];
    }),
  );
  return shapes.get(shapeOf(schema));
}

/** A link to the section of the value that a schema describes. */
export function linkToValue(schema: Schema): string | undefined {
  const value = knownValueOf(schema);
  return value && `[${value.called}](#${anchor(value.called)})`;
}

/** The description of a field beyond that of its value. */
export function ownWords(schema: Schema): string {
  const { description = '' } = schema;
  return description === knownValueOf(schema)?.description || description.startsWith('Id of a record of kind')
    ? ''
    : description;
}
