import * as z from 'zod';
import { ref } from './ids.ts';
import { partialDate } from './partial-date.ts';
import { basis, designation, label, languageTag, notes, text } from './text.ts';

const isWebAddress = (value: string) => /^https?:\/\/[^\s]+$/i.test(value) && URL.canParse(value);

/** A web address as it was given: a URL parser alone would let lone surrogates and control characters pass. */
const url = designation(2000)
  .refine(isWebAddress, {
    error: 'must be an http or https address, such as https://www.example.org/report',
    params: { rule: 'value-invalid' },
  })
  .meta({ description: 'Web address', format: 'uri' });

export const sha256Hex = z
  .string()
  .regex(/^[0-9a-f]{64}$/, {
    error:
      'must be a SHA-256 digest in 64 lower-case hexadecimal digits, such as e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  })
  .meta({ description: 'SHA-256 digest, lower-case hexadecimal' });

/** Where a statement comes from. What the source does not say is left out. */
export const source = z
  .strictObject({
    kind: z
      .enum(['press-release', 'news-report', 'news-report-of-press-release', 'official-record', 'other'])
      .optional(),
    title: text(600).optional(),
    publisher: designation(600).optional(),
    url: url.optional(),
    lang: languageTag.optional(),
    sha256: sha256Hex.optional(),
    locator: text(600).optional().meta({ description: 'Where in the source, e.g. a page or paragraph' }),
    publishedOn: partialDate.optional(),
    notes: notes.optional(),
  })
  .refine((value) => Object.keys(value).length > 0, {
    error: 'must say at least one thing about the source',
    params: { rule: 'source-empty' },
  });

export const evidenceItem = z.strictObject({
  id: label(40).optional().meta({ description: 'Name by which parts of the payload point to this evidence' }),
  source,
  origin: ref('organization').optional().meta({ description: 'The organization that made the assertion' }),
  basis,
});

export const evidence = z
  .array(evidenceItem)
  .min(1)
  .max(20)
  .refine(
    (items) => {
      const ids = items.flatMap((item) => (item.id === undefined ? [] : [item.id]));
      return new Set(ids).size === ids.length;
    },
    { error: 'must not use one id twice', params: { rule: 'evidence-id-repeated' } },
  );
export type Evidence = z.infer<typeof evidence>;

/** A document that exists elsewhere: the registry keeps digests, not files. */
export const document = z.strictObject({
  sha256: sha256Hex,
  mediaType: z
    .string()
    .max(127)
    .regex(/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/, {
      error: 'must be a media type in lower case, such as application/pdf',
    }),
  title: text(600).optional(),
  lang: languageTag.optional(),
  bytes: z.int().min(0).optional(),
  url: url.optional(),
});
export const documents = z.array(document).min(1).max(50);

/** The evidence in the examples of commands. */
export const exampleEvidence = [{ source: { title: 'Press release', publishedOn: '2023-02-27' }, basis: 'stated' }];
