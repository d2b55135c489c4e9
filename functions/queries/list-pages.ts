import * as z from 'zod';
import type { Projection } from '../../domain/projections/projection.ts';
import { integerParameter, parameterRefused } from '../http/parameters.ts';
import { digestId } from '../runtime/ids.ts';
import type { Views } from '../stores/views.ts';

/** Rows that one request looks at, at most; a page may be shorter than its limit while there is a next one. */
export const MAX_LOOKED_AT = 500;

/**
 * An opaque cursor: a tag of the list that it belongs to, and the sort key of the row after which the next page begins,
 * in base64url.
 */
const cursor = z
  .string()
  .max(200)
  .transform((text) => Buffer.from(text, 'base64url').toString())
  .refine((place) => /^[a-z2-7]{8}[\x21-\x7e]{1,120}$/.test(place), {
    error: 'must be a cursor that an earlier page gave',
  });

const tagOf = (partition: string): string => digestId(partition).slice(0, 8);

/** The sort key that a cursor holds. @throws ProblemError 400 when an earlier page of another list gave it. */
export function sortIn(partition: string, place: string): string {
  const tag = tagOf(partition);
  if (isOf(partition, place)) return place.slice(tag.length);
  throw parameterRefused('cursor', 'is of another list');
}

/** The cursor of the page that begins after a row. */
export const cursorOf = (partition: string, sort: string): string =>
  Buffer.from(tagOf(partition) + sort).toString('base64url');

/** The parameters of every list. */
export const paging = { limit: integerParameter(1, 100).default(25), cursor: cursor.optional() };

export interface ListPage<Value> {
  readonly items: Value[];
  readonly next?: string;
}

/** Whether an earlier page of this list gave the cursor. */
export const isOf = (partition: string, place: string): boolean => place.startsWith(tagOf(partition));

/** A cursor with which a list begins at its end. */
export const fromTheEnd = (partition: string): string => cursorOf(partition, '~');

export interface PageRange {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** The sort keys between which rows are looked at: before the one, not before the other. */
  readonly before?: string;
  readonly notBefore?: string;
}

/** The newest rows of a partition that `matches` accepts, from the cursor on. */
export async function readPage<Value>(
  views: Pick<Views, 'newest'>,
  projection: Projection,
  partition: string,
  range: PageRange,
  matches: (value: Value) => boolean = () => true,
): Promise<ListPage<Value>> {
  const { limit, cursor: place, before, notBefore = '' } = range;
  const items: Value[] = [];
  let last = place === undefined ? before : sortIn(partition, place);
  for (let looked = 0; ; ) {
    const { rows, more } = await views.newest<Value>(
      projection,
      partition,
      last,
      Math.min(100, MAX_LOOKED_AT - looked),
    );
    for (const [index, { sort, value }] of rows.entries()) {
      if (sort < notBefore) return { items };
      if (matches(value)) items.push(value);
      last = sort;
      const isEnd = !more && index === rows.length - 1;
      if (items.length === limit) return isEnd ? { items } : { items, next: cursorOf(partition, sort) };
    }
    looked += rows.length;
    if (!more) return { items };
    if (looked >= MAX_LOOKED_AT && last !== undefined) return { items, next: cursorOf(partition, last) };
  }
}
