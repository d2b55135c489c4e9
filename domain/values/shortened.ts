/** Characters of a text in a summary. */
const CUT = 200;

/** What is left of the id of a mentioned person where a text was cut within it. */
const brokenId = /person-?[a-z2-7]{0,25}$/;

/** The beginning of a text: summaries stay small. */
export function shortened(text: string): string {
  if (text.length <= CUT) return text;
  return `${text
    .slice(0, CUT)
    .replace(brokenId, '')
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}
