import { simplifiedTable } from './simplified-table.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';

/** A distance of 63 and more stands in three digits behind this one. */
const FAR = DIGITS.charAt(63);

function read(packed: string): Map<string, string> {
  const table = new Map<string, string>();
  const number = (text: string): number => [...text].reduce((sum, digit) => sum * 64 + DIGITS.indexOf(digit), 0);
  let from = 0;
  for (let at = 0; at < packed.length; ) {
    const isFar = packed.charAt(at) === FAR;
    const end = at + (isFar ? 4 : 1);
    from += number(packed.slice(isFar ? at + 1 : at, end));
    at = end + 3;
    table.set(String.fromCodePoint(from), String.fromCodePoint(number(packed.slice(end, at))));
  }
  return table;
}

let known: Map<string, string> | undefined;

const chinese = /[\u3400-\u9fff\u{20000}-\u{323af}]/gu;

/**
 * The text in simplified characters, one by one. Traditional and simplified texts meet there; there is no way back, since
 * several traditional characters became one.
 */
export function simplified(text: string): string {
  return text.replaceAll(chinese, (character) => {
    known ??= read(simplifiedTable.replaceAll('\n', ''));
    return known.get(character) ?? character;
  });
}
