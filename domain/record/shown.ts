import { BYTES_OF_WORDS, SHOWN, SHOWN_BYTES } from '../bounds.ts';
import { personIdsIn } from '../values/ids.ts';

/** The lists of a record that can be read in pages. `facts` has whatever happened to it or was said of it. */
export const recordLists = ['evidence', 'facts', 'parties'] as const;
export type RecordList = (typeof recordLists)[number];

/** Where the rest of what an answer leaves out is read. */
type More = { readonly [List in RecordList]?: string };

/**
 * A record's answer with the first items of each of its lists: whoever may act on a record makes some of them longer. What
 * is left out is read by `linkTo`: after so many items of the evidence or the parties, else from the facts.
 */
export function shown<Body extends object>(
  body: Body,
  linkTo: (list: RecordList, after: number) => string,
): Body & { readonly more?: More } {
  const more: { [List in RecordList]?: string } = {};
  const fields = Object.entries(body).map(([field, value]: [string, unknown]) => {
    if (!Array.isArray(value)) return [field, value];
    const items = fitting(value);
    if (items.length === value.length) return [field, value];
    if (field === 'evidence' || field === 'parties') more[field] = linkTo(field, items.length);
    else more.facts = linkTo('facts', 0);
    return [field, items];
  });
  return { ...Object.fromEntries(fields), ...(Object.keys(more).length > 0 && { more }) };
}

const encoder = new TextEncoder();

function fitting(list: readonly unknown[]): readonly unknown[] {
  let bytes = 0;
  const first = list.slice(0, SHOWN);
  const end = first.findIndex((item) => {
    const text = JSON.stringify(item);
    bytes += encoder.encode(text).length + BYTES_OF_WORDS * personIdsIn(text).length;
    return bytes > SHOWN_BYTES;
  });
  return end < 0 ? first : first.slice(0, end);
}
