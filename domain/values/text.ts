import * as z from 'zod';
import { replacePersonIds } from './ids.ts';
import { isLanguageTag } from './language.ts';

/**
 * Words that somebody chose are free text, among which anything may stand, also the name of a person; a label, by which
 * parts of one payload point to another part; or a designation, by which things are told apart: what something is called, a
 * place, a class, an address, an identifier.
 */
type Words = 'free text' | 'label' | 'designation';
const marks = z.registry<{ readonly words: Words; readonly maxBytes?: number }>();

const marked = <Schema extends z.ZodType>(schema: Schema, words: Words, maxBytes?: number): Schema => {
  marks.add(schema, { words, ...(maxBytes !== undefined && { maxBytes }) });
  return schema;
};

/** Marks a schema, and what is made of it with `refine` or `meta`, as one of free text, with all that is inside of it. */
export const asFreeText = <Schema extends z.ZodType>(schema: Schema): Schema => marked(schema, 'free text');
/** What words a schema takes; `undefined` where it takes a fixed form, such as a date. */
export const wordsOf = (schema: z.core.$ZodType): Words | undefined => marks.get(schema)?.words;
/** Bytes of UTF-8 that words may take as they are submitted; what stands for a mention in an event may be longer. */
export const maxBytesOf = (schema: z.core.$ZodType): number | undefined => marks.get(schema)?.maxBytes;
export const isFreeText = (schema: z.core.$ZodType): boolean =>
  ['free text', 'label'].includes(wordsOf(schema) ?? 'designation');

const encoder = new TextEncoder();
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** What can be seen: neither white space nor what is left out when it cannot be displayed, such as U+200B. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}]/u;

/** What stands in place of words does not count: these did when the text was submitted. */
const bytesOf = (value: string): number => encoder.encode(replacePersonIds(value, () => '')).length;

/**
 * Words of at most `maxBytes` UTF-8 bytes: not blank, without control characters other than tab and line breaks, and
 * well-formed Unicode, because RFC 8785 (JCS) has no form for a lone surrogate.
 */
const words = (kind: Words, maxBytes: number) =>
  marked(z.string(), kind, maxBytes)
    .min(1)
    .refine((value) => visible.test(value), { error: 'must not be blank', params: { rule: 'blank-text' } })
    .refine((value) => value.isWellFormed(), {
      error: 'must be well-formed Unicode (no lone surrogates)',
      params: { rule: 'text-not-well-formed' },
    })
    .refine((value) => !control.test(value), {
      error: 'must not contain control characters',
      params: { rule: 'control-character' },
    })
    .refine((value) => bytesOf(value) <= maxBytes, {
      error: `must not exceed ${maxBytes} bytes of UTF-8`,
      params: { rule: 'cap-text-bytes' },
    });

export const text = (maxBytes: number) => words('free text', maxBytes);
export const label = (maxBytes: number) => words('label', maxBytes);
export const designation = (maxBytes: number) => words('designation', maxBytes);

/** A language tag, recorded in the case in which it is given. */
export const languageTag = z
  .string()
  .max(100)
  .refine(isLanguageTag, {
    error: 'must be a well-formed language tag (RFC 5646), such as en, zh-Hans or sl-rozaj-biske',
    params: { rule: 'value-invalid' },
  })
  .meta({
    description: 'Language tag (BCP 47): well-formed by RFC 5646, in any case',
    pattern: '^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$',
    examples: ['en', 'zh-Hans'],
  });

/** ISO 3166-1 alpha-2 country code. */
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'must be a country code of ISO 3166-1 alpha-2, such as CN' })
  .meta({ description: 'Country (ISO 3166-1 alpha-2)', examples: ['CN'] });

/** Remarks for what fits nowhere else. They hold no personal data. */
export const localizedText = z.strictObject({ text: text(4000), lang: languageTag });
export const notes = z.array(localizedText).min(1).max(20);

/** The id of a piece of evidence, which its submitter chose. */
export const evidenceId = marked(z.string(), 'label').max(40);

/** How well a statement is founded: the source states it, it was inferred from the source, or it was verified elsewhere. */
export const basis = z.enum(['stated', 'inferred', 'verified']);
