/** The tokens of a valid JSON text. */
const TOKENS = /"(?:[^"\\]+|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The line on which each item of the top-level list "commands" begins, which JSON.parse does not report. */
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

/** Gives the lines of offsets that never decrease. */
export function lineCounter(text: string): (offset: number) => number {
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
