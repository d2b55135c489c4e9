import { isUtf8 } from 'node:buffer';
import { leafOfFeed } from '../canonical.ts';
import { feedLines } from '../feed.ts';
import { type Http, problemOf, textOf } from '../http.ts';
import { Failure } from '../usage.ts';
import { LogFault } from './fault.ts';

const PLACE = 'GET /v1/events';
const CLOSING_BRACE = 0x7d;
/** A page of the feed: one of so many events keeps it from being told. */
const LOOKED_AT_SINGLY = 1000;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Holds what the API tells as the history to the published entries, which come in order from `from` on. So a table that
 * was altered after it was sealed is found too, although every hash of the log holds.
 */
export function createFeedComparison(http: Http, from: number) {
  const lines = feedLines(http, { from });
  /** A registry that notices the alteration itself tells nothing of the page: then each event is asked for by its id. */
  let broken: { readonly failure: Failure; looked: number } | undefined;

  async function nextLine(): Promise<string | undefined> {
    try {
      return (await lines.next()).value ?? undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      broken = { failure: error, looked: 0 };
      return undefined;
    }
  }

  async function compareOne(position: number, entry: string): Promise<void> {
    const line = broken ? undefined : await nextLine();
    if (broken) {
      broken.looked += 1;
      if (broken.looked > LOOKED_AT_SINGLY) throw broken.failure;
      return compareSingly(http, position, entry);
    }
    if (line === undefined) throw new LogFault(PLACE, 'it ends, although more entries are published', position);
    compareLine(line, position, entry);
  }

  /** @throws LogFault at the first position of which the API tells something else */
  async function compare(first: number, entries: readonly Uint8Array[]): Promise<void> {
    for (const [at, bytes] of entries.entries()) {
      if (!isUtf8(bytes) || bytes.at(-1) !== CLOSING_BRACE) {
        throw new LogFault('published entry', 'it is no JSON object in UTF-8', first + at);
      }
      await compareOne(first + at, utf8.decode(bytes));
    }
  }

  /** The feed was compared to the end of what was asked of it. @throws Failure when it could not be read */
  const end = (): void => {
    if (broken) throw broken.failure;
  };

  return { compare, end, close: () => lines.return(undefined) };
}

function compareLine(line: string, position: number, entry: string): void {
  // The usual form: the entry's own bytes with one member more at the end. Nothing has to be parsed to compare it.
  if (line === `${entry.slice(0, -1)},"position":${position}}`) return;
  const told = leafOfFeed(line);
  if (told?.position !== position) {
    throw new LogFault(PLACE, `it tells position ${JSON.stringify(told?.position)} here`, position);
  }
  if (told.entry === entry) return;
  throw new LogFault(PLACE, 'it tells another event than the published one: the events table was altered', position);
}

async function compareSingly(http: Http, position: number, entry: string): Promise<void> {
  const id = (leafOfFeed(entry) && (JSON.parse(entry) as { id?: unknown }).id) ?? '';
  const [stream = '', version = ''] = String(id).split('/');
  const path = `/v1/events/${encodeURIComponent(stream)}/${encodeURIComponent(version)}`;
  const answer = await http.send(path);
  if (answer.status === 200 && textOf(answer) === entry) return;
  const told = answer.status === 200 ? 'other bytes' : `${answer.status} (${problemOf(answer).detail})`;
  throw new LogFault(
    `GET ${path}`,
    `it answers ${told} instead of the published event, as when the events table was altered`,
    position,
  );
}
