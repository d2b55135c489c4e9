import type * as z from 'zod';
import { type Http, jsonOf } from './http.ts';
import { Failure } from './usage.ts';

/** The pages of a list, from the first to the last. @throws Failure */
export async function* listPages<Page extends { readonly next?: string | undefined }>(
  http: Http,
  path: string,
  page: z.ZodType<Page>,
): AsyncGenerator<Page> {
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`;
    const answer = await http.get(`${path}${query}`);
    const read = jsonOf(page, answer, `${http.url}${path}`);
    yield read;
    if (read.next !== undefined && read.next === cursor) {
      throw new Failure(`${http.url}${path} gives the same cursor again: its rows never end.`);
    }
    cursor = read.next;
  } while (cursor !== undefined);
}
