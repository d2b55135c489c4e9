import { ROW_BYTES } from '../bounds.ts';

const utf8 = new TextEncoder();
const MOST_BYTES_A_CHARACTER = 3;

/**
 * Why no read model takes a row, told from its canonical JSON `[partition, sort, value]`. It depends on nothing else, so
 * that every replay judges alike.
 */
export function rowFault(partition: string, text: string): string | undefined {
  if (text.length * MOST_BYTES_A_CHARACTER <= ROW_BYTES) return undefined;
  const bytes = utf8.encode(text).length;
  return bytes > ROW_BYTES ? `a row of ${bytes} bytes under ${partition}, at most ${ROW_BYTES}` : undefined;
}
