/** Numbers that registers give out, by the standards that say how they are made. */

const isLeiForm = (value: string): boolean => /^[0-9A-Z]{18}[0-9]{2}$/.test(value);

/** ISO 17442-1 with the check digits of ISO/IEC 7064 MOD 97-10: letters count as 10 … 35, the whole is 1 modulo 97; check digits lie in 02 … 98. */
export function isLei(value: string): boolean {
  if (!isLeiForm(value) || /(?:0[01]|99)$/.test(value)) return false;
  return [...value].reduce((rest, sign) => Number(`${rest}${Number.parseInt(sign, 36)}`) % 97, 0) === 1;
}

/** What an LEI is made of is wrong, or else its check digits are. */
export function faultOfLei(value: string): 'structure' | 'check' | undefined {
  if (!isLeiForm(value)) return 'structure';
  return isLei(value) ? undefined : 'check';
}

const usccSigns = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** 18 of the signs of GB 32100-2015. */
export const isUsccForm = (value: string): boolean =>
  value.length === 18 && [...value].every((sign) => usccSigns.includes(sign));

/** GB 32100-2015: 17 signs weighted by 3^i modulo 31, the 18th brings the sum to 0 modulo 31. */
export function usccCheck(value: string): string {
  let weight = 1;
  let sum = 0;
  for (const sign of value.slice(0, 17)) {
    sum += usccSigns.indexOf(sign) * weight;
    weight = (weight * 3) % 31;
  }
  return usccSigns.charAt((31 - (sum % 31)) % 31);
}

export const isUscc = (value: string): boolean => isUsccForm(value) && usccCheck(value) === value.charAt(17);

/** GB 32100, by registration department: the categories of organizations that it registers. */
const categories: Readonly<Record<string, string>> = {
  1: '1239',
  2: '19',
  3: '123459',
  4: '19',
  5: '1239',
  6: '129',
  7: '129',
  8: '19',
  9: '123',
  A: '19',
  N: '1239',
  Y: '1',
};

const organizationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

/** GB 11714-1997: 8 signs, of which letters count as 10 … 35, and a check sign; X stands for 10. */
export function isOrganizationCode(value: string): boolean {
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(value)) return false;
  const sum = organizationWeights.reduce(
    (all, weight, place) => all + weight * Number.parseInt(value.charAt(place), 36),
    0,
  );
  return '0X987654321'.charAt(sum % 11) === value.charAt(8);
}

/** What a code of the right signs is not made of, whatever its last one is. */
export function faultOfUscc(value: string): string | undefined {
  const [department = '', category = ''] = value;
  const known = categories[department];
  if (known === undefined) return `${department} is no registration department`;
  if (!known.includes(category)) return `department ${department} has no category ${category}`;
  if (!/^[1-9][0-9]{5}$/.test(value.slice(2, 8))) return `${value.slice(2, 8)} is no administrative division`;
  return isOrganizationCode(value.slice(8, 17))
    ? undefined
    : `${value.slice(8, 17)} is no organization code with a right check sign (GB 11714)`;
}

const identityWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

function isDay(digits: string): boolean {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number) as [
    number,
    number,
    number,
  ];
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1800 && year < 2100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** GB 11643-1999: a division, the day of birth, a serial number, and the check sign of ISO 7064 MOD 11-2. */
export function isIdentityCardNumber(value: string): boolean {
  if (!/^[1-9][0-9]{16}[0-9X]$/.test(value) || !isDay(value.slice(6, 14))) return false;
  const sum = identityWeights.reduce((all, weight, place) => all + weight * Number(value.charAt(place)), 0);
  return '10X98765432'.charAt(sum % 11) === value.charAt(17);
}
