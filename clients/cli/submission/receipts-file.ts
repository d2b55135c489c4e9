import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { jsonObject } from '../canonical.ts';
import { hasReceipt, type LineOutcome } from './outcome.ts';

/**
 * Adds receipts to a file, each as soon as it is there, a JSON object on each line with file and line of the command. A
 * receipt that the file has is not added again.
 */
export function openReceipts(path: string) {
  const file = openSync(path, 'a+');
  const text = readFileSync(file, 'utf8');
  const known = new Set(text.split('\n').flatMap((line) => eventOf(jsonObject(line)?.receipt) ?? []));
  // A run that was killed may have left half a line.
  if (text !== '' && !text.endsWith('\n')) writeSync(file, '\n');
  return {
    add(outcome: LineOutcome): void {
      if (!hasReceipt(outcome) || outcome.is === 'would') return;
      const { entry, receipt } = outcome;
      const event = eventOf(receipt);
      if (event === undefined || known.has(event)) return;
      known.add(event);
      const { file: name, line, command } = entry;
      writeSync(file, `${JSON.stringify({ file: name, line, command: command.command, receipt })}\n`);
    },
    close: () => closeSync(file),
  };
}

/** The id of the first event that a receipt tells. */
function eventOf(receipt: unknown): string | undefined {
  const { events } = (receipt ?? {}) as { events?: readonly { id?: unknown }[] };
  const id = Array.isArray(events) ? events[0]?.id : undefined;
  return typeof id === 'string' ? id : undefined;
}
