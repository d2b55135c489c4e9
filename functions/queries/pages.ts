import * as z from 'zod';
import type { Projection } from '../../domain/projections/projection.ts';
import { wholeNumber } from '../shared/http/parameters.ts';
import type { Views } from '../shared/views.ts';

/** Rows that one request looks at, at most; a page may be shorter than its limit while there is a next one. */
const MAX_LOOKED_AT = 500;

/** An opaque cursor is the sort key of the row after which the next page begins, in base64url. */
const cursor = z
  .string()
  .max(200)
  .transform((text) => Buffer.from(text, 'base64url').toString())
  .refine((sort) => /^[\x21-\x7e]{1,120}$/.test(sort), { error: 'must be a cursor that an earlier page gave' });

/** The parameters of every list. */
export const paging = { limit: wholeNumber(1, 100).default(25), cursor: cursor.optional() };

export interface Page<Value> {
  readonly items: Value[];
  readonly next?: string;
}

/** The newest rows of a partition that `matches` accepts, from the cursor on. */
export async function readPage<Value>(
  views: Pick<Views, 'newest'>,
  projection: Projection,
  partition: string,
  from: { limit: number; cursor?: string | undefined },
  matches: (value: Value) => boolean = () => true,
): Promise<Page<Value>> {
  const items: Value[] = [];
  let last = from.cursor;
  for (let looked = 0; ; ) {
    const { rows, more } = await views.newest<Value>(
      projection,
      partition,
      last,
      Math.min(100, MAX_LOOKED_AT - looked),
    );
    for (const [index, { sort, value }] of rows.entries()) {
      if (matches(value)) items.push(value);
      last = sort;
      const isEnd = !more && index === rows.length - 1;
      if (items.length === from.limit) return isEnd ? { items } : { items, next: cursorOf(sort) };
    }
    looked += rows.length;
    if (!more) return { items };
    if (looked >= MAX_LOOKED_AT && last !== undefined) return { items, next: cursorOf(last) };
  }
}

const cursorOf = (sort: string): string => Buffer.from(sort).toString('base64url');
