import type * as z from 'zod';
import { failureOf, type Http, jsonOf } from './http.ts';
import { Failure } from './usage.ts';

/** The pages of a list, from the first to the last. @throws Failure */
export async function* listPages<Page extends { readonly next?: string | undefined }>(
  http: Http,
  path: string,
  page: z.ZodType<Page>,
  { headers = {}, limit }: { readonly headers?: Readonly<Record<string, string>>; readonly limit?: number } = {},
): AsyncGenerator<Page> {
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      ...(limit !== undefined && { limit: String(limit) }),
      ...(cursor !== undefined && { cursor }),
    });
    const answer = await http.send(query.size === 0 ? path : `${path}?${query}`, { headers });
    if (answer.status !== 200) throw failureOf(answer, `${http.url}${path}`);
    const read = jsonOf(page, answer, `${http.url}${path}`);
    yield read;
    if (read.next !== undefined && read.next === cursor) {
      throw new Failure(`${http.url}${path} gives the same cursor again: its rows never end.`);
    }
    cursor = read.next;
  } while (cursor !== undefined);
}
