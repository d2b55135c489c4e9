/** How large rows and answers are at most: see docs/decisions/0020. */

/** Names, and organizations that take part, in a record's summary. */
export const SUMMARY_NAMES = 20;
export const SUMMARY_PARTICIPANTS = 20;

/** Facts in a row of a roster. */
export const STAY_FACTS = 50;

/** JSON of the items of one page, in bytes. */
export const PAGE_BYTES = 2_000_000;

/** JSON of the names of the records that one answer refers to, in bytes. */
export const REFERENCES_BYTES = 500_000;
