/**
 * A category in the form in which two are compared, as names are: spellings of one category differ in normal form, case and
 * spacing. Capitals first, so that ß is SS, which is full case folding but for the final sigma.
 */
export const categoryKey = (category: string): string =>
  category
    .normalize('NFC')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFC')
    .replaceAll(/\s+/gu, ' ')
    .trim();
