import { isUtf8 } from 'node:buffer';
import { leafOfFeed } from '../canonical.ts';
import { feedLines } from '../feed.ts';
import { type Http, problemOf, textOf } from '../http.ts';
import { Failure } from '../usage.ts';
import { LogFault } from './fault.ts';

const PLACE = 'GET /v1/events';
const CLOSING_BRACE = 0x7d;
/** The events of one page of the feed: one altered event makes the registry refuse the whole page. */
const MOST_SINGLE_REQUESTS = 1000;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Compares the feed of the API with the published entries, which come in order from `from` on. This finds an events table
 * that was altered after it was sealed, although every hash of the log holds.
 */
export function createFeedComparison(http: Http, from: number) {
  const lines = feedLines(http, { from });
  /** A registry that notices the alteration itself refuses the page. Then each event is requested by its id. */
  let broken: { readonly failure: Failure; requests: number } | undefined;

  async function nextLine(): Promise<string | undefined> {
    try {
      return (await lines.next()).value ?? undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      broken = { failure: error, requests: 0 };
      return undefined;
    }
  }

  async function compareOne(position: number, entry: string): Promise<void> {
    const line = broken ? undefined : await nextLine();
    if (broken) {
      broken.requests += 1;
      if (broken.requests > MOST_SINGLE_REQUESTS) throw broken.failure;
      return compareSingly(http, position, entry);
    }
    if (line === undefined) throw new LogFault(PLACE, 'it ends, although more entries are published', position);
    compareLine(line, position, entry);
  }

  /** @throws LogFault at the first position where the API answers something else */
  async function compare(first: number, entries: readonly Uint8Array[]): Promise<void> {
    for (const [at, bytes] of entries.entries()) {
      if (!isUtf8(bytes) || bytes.at(-1) !== CLOSING_BRACE) {
        throw new LogFault('published entry', 'it is no JSON object in UTF-8', first + at);
      }
      await compareOne(first + at, utf8.decode(bytes));
    }
  }

  /** @throws Failure when a page of the feed could not be read */
  const end = (): void => {
    if (broken) throw broken.failure;
  };

  return { compare, end, close: () => lines.return(undefined) };
}

function compareLine(line: string, position: number, entry: string): void {
  // The usual form is the entry's own bytes with one more member at the end; comparing it needs no parsing.
  if (line === `${entry.slice(0, -1)},"position":${position}}`) return;
  const leaf = leafOfFeed(line);
  if (leaf?.position !== position) {
    throw new LogFault(PLACE, `it tells position ${JSON.stringify(leaf?.position)} here`, position);
  }
  if (leaf.entry === entry) return;
  throw new LogFault(PLACE, 'it tells another event than the published one: the events table was altered', position);
}

async function compareSingly(http: Http, position: number, entry: string): Promise<void> {
  const id = leafOfFeed(entry)?.id ?? '';
  const [stream = '', version = ''] = String(id).split('/');
  const path = `/v1/events/${encodeURIComponent(stream)}/${encodeURIComponent(version)}`;
  const answer = await http.send(path);
  if (answer.status === 200 && textOf(answer.bytes) === entry) return;
  const given = answer.status === 200 ? 'other bytes' : `${answer.status} (${problemOf(answer).detail})`;
  throw new LogFault(
    `GET ${path}`,
    `it answers ${given} instead of the published event, as when the events table was altered`,
    position,
  );
}
