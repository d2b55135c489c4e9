import { isUtf8 } from 'node:buffer';
import { leafOfFeed } from '../canonical.ts';
import { feedLines } from '../feed.ts';
import type { Http } from '../http.ts';
import { LogFault } from './fault.ts';

const PLACE = 'GET /v1/events';
const CLOSING_BRACE = 0x7d;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Holds what the API tells as the history to the published entries, which come in order from `from` on. So a table that
 * was altered after it was sealed is found too, although every hash of the log holds.
 */
export function createFeedComparison(http: Http, from: number) {
  const lines = feedLines(http, { from });

  /** @throws LogFault at the first position of which the API tells something else */
  async function compare(first: number, entries: readonly Uint8Array[]): Promise<void> {
    for (const [at, bytes] of entries.entries()) {
      const position = first + at;
      const { value: line } = await lines.next();
      if (line === undefined) throw new LogFault(PLACE, 'it ends, although more entries are published', position);
      if (!isUtf8(bytes) || bytes.at(-1) !== CLOSING_BRACE) {
        throw new LogFault('published entry', 'it is no JSON object in UTF-8', position);
      }
      const entry = utf8.decode(bytes);
      // The usual form: the entry's own bytes with one member more at the end. Nothing has to be parsed to compare it.
      if (line === `${entry.slice(0, -1)},"position":${position}}`) continue;
      const told = leafOfFeed(line);
      if (told?.position !== position) {
        throw new LogFault(PLACE, `it tells position ${JSON.stringify(told?.position)} here`, position);
      }
      if (told.entry === entry) continue;
      throw new LogFault(
        PLACE,
        'it tells another event than the published one: the events table was altered',
        position,
      );
    }
  }

  return { compare, close: () => lines.return(undefined) };
}
