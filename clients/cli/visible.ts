/** Control characters (C0 without tab and newline, DEL, C1), and characters that change the direction of text (UAX #9). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is meant to match them
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text with control characters escaped as in JSON, because a server chose parts of it. */
export const visible = (text: string): string =>
  text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
