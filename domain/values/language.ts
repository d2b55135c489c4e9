import { isContainer } from './container.ts';

/** Language tags (BCP 47, RFC 5646): their form, and the letter case in which they are compared and shown. */

/** The field of every language tag. */
export const LANGUAGE_FIELD = 'lang';

const letters = (count: string) => `[A-Z]{${count}}`;
const EXTENDED = `${letters('2,3')}(?:-${letters('3')}){0,3}`;
const LANGUAGE = `(?:${EXTENDED}|${letters('4,8')})`;
const SCRIPT = `(?:-${letters('4')})?`;
const REGION = `(?:-(?:${letters('2')}|[0-9]{3}))?`;
const VARIANTS = '(?<variants>(?:-(?:[A-Z0-9]{5,8}|[0-9][A-Z0-9]{3}))*)';
const EXTENSIONS = '(?<extensions>(?:-[A-WYZ0-9](?:-[A-Z0-9]{2,8})+)*)';
const PRIVATE_USE = 'X(?:-[A-Z0-9]{1,8})+';

/** Section 2.1, `langtag` and `privateuse`; the regular grandfathered tags are of this form too. */
const tag = new RegExp(
  `^(?:${LANGUAGE}${SCRIPT}${REGION}${VARIANTS}${EXTENSIONS}(?:-${PRIVATE_USE})?|${PRIVATE_USE})$`,
  'i',
);

/** Section 2.1, `irregular`. */
const irregular = new Set(
  `en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay i-tsu
   sgn-be-fr sgn-be-nl sgn-ch-de`.split(/\s+/),
);

export const isLanguageTag = (text: string): boolean => tag.test(text) || irregular.has(text.toLowerCase());

/** The variants and the singletons of extensions that a tag has more than once: sections 2.2.5 and 2.2.6 forbid it. */
export function repeatedSubtags(text: string): string[] {
  const { variants = '', extensions = '' } = tag.exec(text.toLowerCase())?.groups ?? {};
  const subtags = [...variants.split('-'), ...extensions.split('-').filter(({ length }) => length === 1)];
  return [...new Set(subtags.filter((one, place) => one !== '' && subtags.indexOf(one) < place))];
}

/**
 * The tag in the case that section 2.1.1 recommends: regions in capitals, scripts with one, all else in small letters. No
 * subtag becomes another one.
 */
export function inCanonicalCase(text: string): string {
  let isAfterSingleton = false;
  return text
    .toLowerCase()
    .split('-')
    .map((subtag, place) => {
      const isPlain = place === 0 || isAfterSingleton;
      if (subtag.length === 1) isAfterSingleton = true;
      if (isPlain) return subtag;
      if (subtag.length === 2) return subtag.toUpperCase();
      return subtag.length === 4 ? subtag.charAt(0).toUpperCase() + subtag.slice(1) : subtag;
    })
    .join('-');
}

/** The value with each of its language tags in canonical case; the value itself when all of them are. */
export function withCanonicalTags<Value>(value: Value): Value {
  if (!isContainer(value)) return value;
  let changed: Record<string, unknown> | unknown[] | undefined;
  for (const [key, inner] of Object.entries(value)) {
    const isTag = key === LANGUAGE_FIELD && typeof inner === 'string' && isLanguageTag(inner);
    const canonical = isTag ? inCanonicalCase(inner) : withCanonicalTags(inner);
    if (canonical === inner) continue;
    changed ??= Array.isArray(value) ? [...value] : { ...value };
    (changed as Record<string, unknown>)[key] = canonical;
  }
  return (changed ?? value) as Value;
}
