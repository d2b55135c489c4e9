import type { Summary } from '../answers/record.ts';
import type { Matched, SearchHit } from '../answers/search.ts';
import {
  groupsToRead,
  identifierPartition,
  signsOfIdentifier,
  sortText,
  wholeName,
  wordPartition,
} from '../projections/search/keys.ts';
import type { IdentifierRow, NameRow } from '../projections/search/search.ts';
import { nameWords, type Word } from '../projections/search/words.ts';
import { RETRACTED } from '../record/record.ts';
import { aggregateOf, registerNumber } from '../values/ids.ts';
import { compareUtf8, endOf } from '../values/utf8-order.ts';
import type { RowReader } from './row-reader.ts';
import { candidatesOf } from './search-candidates.ts';
import { matchOf, type NameMatch, reasons } from './search-match.ts';

export interface SearchAsked {
  readonly q: string;
  readonly collection?: string | undefined;
  readonly kind?: readonly string[] | undefined;
  readonly limit: number;
  /** The place of the hit after which the page begins. */
  readonly after?: string | undefined;
}

export interface SearchDeps {
  /** The rows of the read model `search`. */
  readonly rows: RowReader;
  readonly summaries: (ids: readonly string[]) => Promise<ReadonlyMap<string, Summary>>;
  /** The record that a register number leads to. */
  readonly byNumber: (number: string) => Promise<string | undefined>;
}

export interface SearchPage {
  readonly items: readonly SearchHit[];
  readonly truncated?: true;
  /** The place of the last hit, where there are more. */
  readonly next?: string;
}

/** The rows of names that are this one, whatever their case, width, accents and characters; at most so many. */
export async function namesLike(
  value: string,
  group: string,
  rows: Pick<RowReader, 'newest'>,
  limit: number,
): Promise<NameRow[]> {
  const asked = nameWords(value);
  const text = sortText(asked.map((word) => word.text));
  if (text === '') return [];
  const read = await rows.newest<NameRow>(wordPartition(group, text), endOf(wholeName(text)), limit);
  const isSame = ({ name }: NameRow): boolean => matchOf(asked, nameWords(name.value))?.reason === 'exact';
  return read.rows.flatMap(({ sort, value: row }) => (sort.startsWith(wholeName(text)) && isSame(row) ? [row] : []));
}

/** A record that is found, and its place among the others: what sorts first is found best. */
interface Hit {
  readonly id: string;
  readonly place: string;
  readonly matched: Matched;
}

/** Identifiers of which a part is asked for have at least so many signs. */
const IDENTIFIER_SIGNS = 4;
/** Rows of identifiers that one query reads. */
const IDENTIFIERS = 20;

/**
 * The records that are called so, the best first, each once: 400 rows in two rounds, and the summaries of those that the
 * page shows in the third. What was merged is found as the record that it became.
 */
export async function searched(query: SearchAsked, deps: SearchDeps): Promise<SearchPage> {
  const words = nameWords(query.q);
  const groups = groupsToRead(query.collection, query.kind);
  const [named, numbered, identified] = await Promise.all([
    words.length === 0 || groups.length === 0 ? { rows: [], truncated: false } : candidatesOf(words, groups, deps.rows),
    numberedHits(query.q, deps),
    identifiedHits(query.q, deps.rows),
  ]);
  const hits = bestOf([...numbered, ...identified, ...namedHits(words, named.rows)]);
  const rest = hits.filter(({ place }) => query.after === undefined || compareUtf8(place, query.after) > 0);
  const page = rest.slice(0, query.limit);
  const found = await deps.summaries(page.map(({ id }) => id));
  const last = page.at(-1);
  return {
    items: page.flatMap((hit) => shownOf(hit, found.get(hit.id), query)),
    ...(named.truncated && { truncated: true }),
    ...(last && rest.length > page.length && { next: last.place }),
  };
}

/** Of a record the best hit, in the order of their places. */
function bestOf(hits: readonly Hit[]): Hit[] {
  const best = new Map<string, Hit>();
  for (const hit of hits.toSorted((a, b) => compareUtf8(a.place, b.place)))
    if (!best.has(hit.id)) best.set(hit.id, hit);
  return [...best.values()];
}

const placeOf = (rank: number, ...details: (number | boolean)[]) =>
  [rank, ...details.map(Number)].map((one) => String(one).padStart(3, '0')).join('.');

const NUMBER = 0;
const IDENTIFIER = 1;
const PART_OF_IDENTIFIER = 20;
const NAME = 10;
const FORMER_NAME = 30;

async function numberedHits(q: string, { byNumber, summaries }: SearchDeps): Promise<Hit[]> {
  const asked = q.normalize('NFKC').trim().toLowerCase();
  const number = asked.toUpperCase().replace(/^([A-Z])\s*[-‐‑–]?\s*(\d+)$/u, '$1-$2');
  const isNumber = registerNumber.safeParse(number).success;
  if (!isNumber && aggregateOf(asked) === undefined) return [];
  const id = isNumber ? await byNumber(number) : asked;
  if (id === undefined) return [];
  const { mergedInto } = (await summaries([id])).get(id) ?? {};
  const matched: Matched = {
    ...(isNumber ? { by: 'number', number } : { by: 'id' }),
    ...(mergedInto !== undefined && { mergedFrom: id }),
  };
  return [{ id: mergedInto ?? id, place: `${placeOf(NUMBER)}/${id}`, matched }];
}

async function identifiedHits(q: string, rows: RowReader): Promise<Hit[]> {
  const signs = signsOfIdentifier(q);
  if (signs === '') return [];
  const read = await rows.newest<IdentifierRow>(identifierPartition(signs), endOf(signs), IDENTIFIERS);
  return read.rows.flatMap(({ sort, value }): Hit[] => {
    const isWhole = sort.startsWith(`${signs}/`);
    if (!isWhole && (signs.length < IDENTIFIER_SIGNS || !sort.startsWith(signs))) return [];
    const { id, identifier, former, mergedFrom } = value;
    const isPast = former === true || mergedFrom !== undefined;
    const matched: Matched = { by: 'identifier', identifier, ...pastOf(value) };
    return [{ id, place: `${placeOf(isWhole ? IDENTIFIER : PART_OF_IDENTIFIER, isPast)}/${id}`, matched }];
  });
}

function namedHits(asked: readonly Word[], rows: readonly NameRow[]): Hit[] {
  const matches = new Map<string, NameMatch | undefined>();
  return rows.flatMap((row): Hit[] => {
    const { value } = row.name;
    if (!matches.has(value)) matches.set(value, matchOf(asked, nameWords(value)));
    const match = matches.get(value);
    if (!match) return [];
    const isPast = row.former === true || row.mergedFrom !== undefined;
    const { reason, isRomanized, isAtStart, beside } = match;
    const rank = (isPast ? FORMER_NAME : NAME) + reasons.indexOf(reason);
    const place = `${placeOf(rank, isRomanized, !isAtStart, Math.min(beside, 999))}/${row.id}`;
    return [{ id: row.id, place, matched: { by: reason, name: row.name, ...pastOf(row) } }];
  });
}

const pastOf = ({ former, mergedFrom }: Pick<NameRow, 'former' | 'mergedFrom'>) => ({
  ...(former && { former }),
  ...(mergedFrom === undefined ? {} : { mergedFrom }),
});

/** The hit as it is shown; nothing where its record is not one that was asked for, or was retracted and is found by a name. */
function shownOf({ id, matched }: Hit, summary: Summary | undefined, { collection, kind }: SearchAsked): SearchHit[] {
  if (!summary || summary.mergedInto !== undefined) return [];
  if (collection !== undefined && summary.collection !== collection) return [];
  if (kind && !kind.some((one) => one === summary.kind)) return [];
  const isRetracted = summary.state === RETRACTED;
  if (isRetracted && 'name' in matched) return [];
  return [
    {
      id,
      collection: summary.collection,
      number: summary.number,
      ...(summary.kind === undefined ? {} : { kind: summary.kind }),
      names: summary.names,
      ...(isRetracted && { retracted: true }),
      matched,
    },
  ];
}
