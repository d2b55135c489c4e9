/** What one request may hold, at most: checked by the commands, and named in the OpenAPI document. */

/** Commands of one submission. */
export const MAX_COMMANDS = 99;

/** Distinct records that the data of one request refer to. */
export const MAX_REFERENCES = 250;
