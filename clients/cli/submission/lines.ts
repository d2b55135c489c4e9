/** Strings, brackets, and what stands between them, of a JSON text that was parsed before. */
const TOKENS = /"(?:[^"\\]+|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * The line on which each item of the top-level list "commands" begins. JSON.parse tells no places, and whoever has a
 * file of thousands of commands wants to know where to look.
 */
export function linesOfCommands(text: string): number[] {
  const lines: number[] = [];
  const lineAt = lineCounter(text);
  let depth = 0;
  let key = '';
  let previous = '';
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (depth === 1 && token === ':') key = JSON.parse(previous);
    const isItem = depth === 2 && key === 'commands' && (previous === '[' || previous === ',') && token !== ']';
    if (isItem) lines.push(lineAt(index));
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    previous = token;
  }
  return lines;
}

/** The line of an offset; the offsets that are asked for never decrease. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let end = text.indexOf('\n');
  return (offset) => {
    while (end >= 0 && end < offset) {
      line += 1;
      end = text.indexOf('\n', end + 1);
    }
    return line;
  };
}
