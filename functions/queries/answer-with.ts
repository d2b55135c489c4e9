import type { Context } from 'hono';
import { withWordsLeftOut } from '../../domain/person/words-left-out.ts';
import { REVALIDATE } from '../http/caching.ts';
import { nextLink } from '../http/next-link.ts';
import { exported, isExport } from './exported.ts';

/** What is done to an answer before it is sent. */
export type Finish = (context: Context, body: object) => object | Promise<object>;

export const asList: Finish = (_, body) => withWordsLeftOut(body);

/** Tells of which position the answer is; of none before the first event. */
export function tellPosition(context: Context, position: number): void {
  if (position >= 0) context.header('Registry-Position', String(position));
  context.header('Cache-Control', REVALIDATE);
}

/** The answer, with a link to its next page. Who joins names has them from the vault, and no export holds these. */
export async function answerWith(context: Context, body: object, finish: Finish = asList): Promise<Response> {
  if ('next' in body) context.header('Link', nextLink(context, String(body.next)));
  return isExport(context) ? exported(context, await asList(context, body)) : context.json(await finish(context, body));
}
