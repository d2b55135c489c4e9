/** Whether one string stands before another (< 0), after it (> 0), or is the same (0), by their UTF-8 bytes, as DynamoDB sorts. */
export function compareUtf8(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a !== b) return rank(a) - rank(b);
  }
  return one.length - other.length;
}

/** UTF-16 has surrogates, which stand for what lies behind all other characters, before U+E000. */
const rank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** Stands behind every string that begins with the text. */
export const endOf = (text: string): string => `${text}\u{10ffff}`;
