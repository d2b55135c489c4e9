import type { Answered, ReadJson, ReadOptions } from './reading.ts';
import type { ActivityItem, Member, References, RoleCounts, Total } from './types.ts';

/** The answer to a request for one page of a list. */
export interface PageBody<Item> {
  readonly items: readonly Item[];
  /** The cursor of the next page. */
  readonly next?: string;
}

export interface ReferringBody<Item> extends PageBody<Item> {
  /** The names of what its items refer to, by id. */
  readonly references: References;
}

export interface ListBody<Item> extends ReferringBody<Item> {
  /** How many items all pages have, where that is counted: at most one filter, by organization, ceremony, body, programme, state or kind. */
  readonly total?: Total;
}

/** What an organization takes part in, and in how many records it has which role, by collection and role: absent, like `total`, until the read model that a release makes differently is built. */
export interface ActivityBody extends ListBody<ActivityItem> {
  readonly counts?: RoleCounts;
}

/** The roster of a day. */
export interface RosterBody extends ReferringBody<Member> {
  readonly on: string;
}

export interface CountedBody<Item> extends ReferringBody<Item> {
  readonly total: number;
}

/** A list: its items one by one, and page by page. Every iteration reads it anew, from the beginning. */
export interface Pages<Page extends PageBody<unknown>> extends AsyncIterable<Page['items'][number]> {
  /** The pages, with what they say beside their items, such as the names of what these refer to. */
  readonly pages: AsyncIterable<Answered<Page>>;
}

/** The pages behind a path, each asked for when it is needed. */
export function cursorPages<Page extends PageBody<unknown>>(
  read: ReadJson,
  path: string,
  query: ReadOptions,
): Pages<Page> {
  return pagesFrom(() => answersBehind<Page>(read, path, query));
}

/** The same where an answer is more than a list. */
export async function* answersBehind<Body extends { readonly next?: string }>(
  read: ReadJson,
  path: string,
  query: ReadOptions,
): AsyncGenerator<Answered<Body>> {
  let cursor: string | undefined;
  do {
    const page: Answered<Body> = await read<Body>(path, { ...query, cursor } as ReadOptions);
    yield page;
    const { next } = page.body;
    if (next !== undefined && next === cursor) throw new Error(`${path} gives the same cursor again: it never ends.`);
    cursor = next;
  } while (cursor !== undefined);
}

/** What is read page by page, for iterating over its items too. */
export function pagesFrom<Page extends PageBody<unknown>>(pages: () => AsyncIterable<Answered<Page>>): Pages<Page> {
  async function* items() {
    for await (const { body } of pages()) yield* body.items as readonly Page['items'][number][];
  }
  return {
    pages: { [Symbol.asyncIterator]: () => pages()[Symbol.asyncIterator]() },
    [Symbol.asyncIterator]: items,
  };
}
