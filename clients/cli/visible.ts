/** What a terminal obeys (C0 without tab and newline, DEL, C1), and what turns the direction of text (UAX #9). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text of which a terminal obeys nothing, as JSON writes such characters: a server chose parts of it. */
export const visible = (text: string): string =>
  text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
