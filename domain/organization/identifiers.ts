import * as z from 'zod';
import { designation } from '../values/text.ts';

/** ISO 17442-1 with the check digits of ISO/IEC 7064 MOD 97-10: letters count as 10 … 35, the whole is 1 modulo 97; check digits lie in 02 … 98. */
export function isLei(value: string): boolean {
  if (!/^[0-9A-Z]{18}(?:0[2-9]|[1-8][0-9]|9[0-8])$/.test(value)) return false;
  return [...value].reduce((rest, sign) => Number(`${rest}${Number.parseInt(sign, 36)}`) % 97, 0) === 1;
}

const usccSigns = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** GB 32100-2015: 17 signs weighted by 3^i modulo 31, the 18th brings the sum to 0 modulo 31. */
export function isUscc(value: string): boolean {
  if (value.length !== 18 || [...value].some((sign) => !usccSigns.includes(sign))) return false;
  let weight = 1;
  let sum = 0;
  for (const sign of value.slice(0, 17)) {
    sum += usccSigns.indexOf(sign) * weight;
    weight = (weight * 3) % 31;
  }
  return (31 - (sum % 31)) % 31 === usccSigns.indexOf(value.slice(17));
}

const checked = (test: (value: string) => boolean, what: string) =>
  z.string().refine(test, { error: `must be ${what}`, params: { rule: 'identifier-check-failed' } });

export const identifier = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('lei'), value: checked(isLei, 'an LEI with right check digits (ISO 17442)') }),
  z.strictObject({
    scheme: z.literal('uscc'),
    value: checked(isUscc, 'a unified social credit code with a right check character (GB 32100)'),
  }),
  z.strictObject({ scheme: z.literal('other'), issuer: designation(200), value: designation(200) }),
]);
export type Identifier = z.infer<typeof identifier>;

const issuerOf = (identifier: Identifier) => (identifier.scheme === 'other' ? identifier.issuer : undefined);

/** Whether two identifiers are one: the same value, given by the same register. */
export const sameIdentifier = (a: Identifier, b: Identifier): boolean => identifierKey(a) === identifierKey(b);

export const identifierKey = (one: Identifier): string => JSON.stringify([one.scheme, issuerOf(one), one.value]);
