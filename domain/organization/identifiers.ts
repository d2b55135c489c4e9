import * as z from 'zod';
import type { Refusal, Warning } from '../kernel/refusal.ts';
import { designation } from '../values/text.ts';
import { faultOfLei, faultOfUscc, isIdentityCardNumber, isUscc, isUsccForm, usccCheck } from './standards.ts';

const lei = z
  .string()
  .refine((value) => faultOfLei(value) !== 'structure', {
    error: 'must have 18 capitals or digits, and 2 check digits (ISO 17442)',
    params: { rule: 'identifier-malformed' },
  })
  .refine((value) => faultOfLei(value) !== 'check', {
    error: 'must have right check digits (ISO 17442)',
    params: { rule: 'identifier-check-failed' },
  });

const uscc = z.string().refine(isUsccForm, {
  error: 'must have 18 digits or capitals other than I, O, S, V and Z (GB 32100)',
  params: { rule: 'identifier-malformed' },
});

export const identifier = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('lei'), value: lei }),
  z.strictObject({ scheme: z.literal('uscc'), value: uscc }),
  z.strictObject({ scheme: z.literal('other'), issuer: designation(200), value: designation(200) }),
]);
export type Identifier = z.infer<typeof identifier>;

const issuerOf = (identifier: Identifier) => (identifier.scheme === 'other' ? identifier.issuer : undefined);

/** Whether two identifiers are one: the same value, given by the same register. */
export const sameIdentifier = (a: Identifier, b: Identifier): boolean => identifierKey(a) === identifierKey(b);

export const identifierKey = (one: Identifier): string => JSON.stringify([one.scheme, issuerOf(one), one.value]);

/** The signs of a value that stand for something, whatever their width and case; the value as it is when there are none. */
const signsOf = (value: string): string =>
  value
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '') || value.trim();

/** One sign again and again: it stands where a form wanted a number. Any number of organizations may have it. */
export const isPlaceholder = ({ value }: Pick<Identifier, 'value'>): boolean => /^(.)\1+$/su.test(signsOf(value));

/** What speaks against linking an identifier. Identifiers that were recorded before stay. */
export function identifierFaults(one: Identifier, pointer: string): Refusal[] {
  const at = `${pointer}/value`;
  if (isIdentityCardNumber(signsOf(one.value))) {
    const detail = 'the number is that of an identity card (GB 11643): it is personal, and would be recorded for ever';
    return [{ rule: 'identity-card-number', pointer: at, detail }];
  }
  const fault = one.scheme === 'uscc' ? faultOfUscc(one.value) : undefined;
  return fault === undefined ? [] : [{ rule: 'identifier-malformed', pointer: at, detail: `${fault} (GB 32100)` }];
}

/** Codes are in force whose last character is not the one that GB 32100 gives. */
export const identifierWarnings = (one: Identifier, record: string): Warning[] =>
  one.scheme !== 'uscc' || isUscc(one.value)
    ? []
    : [
        {
          rule: 'identifier-check-failed',
          record,
          detail: `the last character of ${one.value} would be ${usccCheck(one.value)} (GB 32100)`,
        },
      ];
