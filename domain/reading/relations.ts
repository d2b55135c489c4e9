import type { Summary } from '../answers/record.ts';
import type { RelationEdge, RelationNode } from '../answers/relations.ts';
import { PAGE_BYTES } from '../bounds.ts';
import type { Row } from '../projections/projection.ts';
import { LARGE, type LargeEdge, PAIRS, pairSort } from '../projections/relations.ts';
import { type Counters, rowKey } from '../projections/sums.ts';
import { RETRACTED } from '../record/record.ts';
import { compareUtf8, endOf } from '../values/utf8-order.ts';
import { edgeOfLarge, edgeOfPairs } from './relation-edges.ts';
import type { RowReader } from './row-reader.ts';

/** Who signs with whom: the neighbourhood of one organization, or the whole graph, in pages. */

type Key = Pick<Row, 'partition' | 'sort'>;

/** The row behind which a page begins. */
export type After = Key;

export interface RelationsAsked {
  readonly organization?: string | undefined;
  readonly limit: number;
  readonly after?: After | undefined;
}

interface Sources {
  /** The rows of the read model `relations`. */
  readonly relations: RowReader;
  readonly summaries: (ids: readonly string[]) => Promise<ReadonlyMap<string, Summary>>;
}

export interface RelationsPage {
  readonly nodes: readonly RelationNode[];
  readonly edges: readonly RelationEdge[];
  /** The row behind which the next page begins. */
  readonly last?: After;
}

type FoundRow = Key & { readonly value: Counters | LargeEdge };

/** Rows that are looked up besides those that a page reads, at most; those of one edge always are. */
const MOST_KEYS = 500;

/** The page; undefined when there is no such organization. */
export async function relationsPage(sources: Sources, asked: RelationsAsked): Promise<RelationsPage | undefined> {
  const { organization, limit } = asked;
  const given = organization === undefined ? [''] : [organization];
  const [found, early] = await Promise.all([
    sources.summaries(organization === undefined ? [] : given),
    read(sources.relations, given, asked),
  ]);
  if (organization !== undefined && !found.has(organization)) return undefined;
  const merges = await createMerges(sources, found);
  const ids = organization === undefined ? given : merges.idsOf(organization);
  const { rows, more } = ids.length === 1 && ids[0] === given[0] ? early : await read(sources.relations, ids, asked);
  await merges.learn(rows.flatMap(({ sort }) => partsOf(sort)));
  const isWhole = organization === undefined;
  const alternatives = rows.map((row) => alternativesOf(row, merges));
  const within = fitting(alternatives);
  const keys = alternatives.slice(0, within).flatMap(({ rows: own, overlaps }) => [...own, ...overlaps]);
  const values = keys.length === 0 ? new Map() : await sources.relations.get<Counters | LargeEdge>(unique(keys));

  const graph = createGraph(merges, organization);
  let looked = 0;
  for (const [place, row] of rows.slice(0, within).entries()) {
    const edge = edgeOf(row, alternatives[place] as Alternatives, values, isWhole);
    if (edge && (graph.count() === limit || !graph.add(edge))) break;
    looked = place + 1;
  }
  const last = rows[looked - 1];
  const isEnd = looked === rows.length && !more;
  return { ...graph.all(), ...(!isEnd && last && { last: { partition: last.partition, sort: last.sort } }) };
}

/** Of how many rows the others of their edges can be looked up at once: at least of one. */
function fitting(alternatives: readonly Alternatives[]): number {
  let keys = 0;
  const end = alternatives.findIndex(({ rows, overlaps }, place) => {
    keys += rows.length + overlaps.length;
    return place > 0 && keys > MOST_KEYS;
  });
  return end < 0 ? alternatives.length : end;
}

const unique = (keys: readonly Key[]): Key[] => [...new Map(keys.map((key) => [rowKey(key), key])).values()];

/**
 * The rows of organizations behind a row, the last ones first: their pairs, then the large agreements. Without a name, all
 * rows: each pair is there twice, so twice as many are read.
 */
async function read(relations: RowReader, ids: readonly string[], { limit, after }: RelationsAsked) {
  const most = ids.includes('') ? 2 * limit : limit;
  const prefixes = [...ids].sort((one, other) => compareUtf8(other, one)).map((id) => (id === '' ? '' : `${id}/`));
  const sections = [PAIRS, LARGE].flatMap((partition) => prefixes.map((prefix) => ({ partition, prefix })));
  const from = after ? sections.findIndex((section) => isIn(section, after)) : -1;
  const parts = await Promise.all(
    sections.slice(Math.max(0, from)).map(async (section, place) => {
      const before = after && from >= 0 && place === 0 ? after.sort : endOf(section.prefix);
      const { rows, more } = await relations.newest<Counters | LargeEdge>(section.partition, before, most + 1);
      const own = rows.filter(({ sort }) => sort.startsWith(section.prefix));
      const { partition } = section;
      return { rows: own.map((row): FoundRow => ({ partition, ...row })), more: more && own.length === rows.length };
    }),
  );
  const cut = parts.findIndex(({ more }) => more);
  const all = parts.slice(0, cut < 0 ? parts.length : cut + 1).flatMap(({ rows }) => rows);
  return { rows: all.slice(0, most), more: cut >= 0 || all.length > most };
}

const isIn = ({ partition, prefix }: { partition: string; prefix: string }, { partition: of, sort }: After): boolean =>
  partition === of && sort.startsWith(prefix);

type Merges = Awaited<ReturnType<typeof createMerges>>;

/** What is known of records, and which organization each of them is now. */
async function createMerges({ summaries }: Sources, found: ReadonlyMap<string, Summary>) {
  const known = new Map(found);
  async function learn(ids: readonly string[]): Promise<void> {
    for (let asked = new Set(ids); asked.size > 0; ) {
      const unknown = [...asked].filter((id) => !known.has(id));
      const rows = unknown.length === 0 ? new Map<string, Summary>() : await summaries(unknown);
      for (const [id, row] of rows) known.set(id, row);
      asked = new Set([...rows.values()].flatMap(({ mergedInto }) => mergedInto ?? []));
    }
  }
  const finalOf = (id: string): string => {
    const into = known.get(id)?.mergedInto;
    return into === undefined ? id : finalOf(into);
  };
  await learn([...found.values()].flatMap(({ mergedInto }) => mergedInto ?? []));
  return {
    learn,
    finalOf,
    of: (id: string) => known.get(id),
    /** All ids of what an id stands for, the final one first. */
    idsOf: (id: string): readonly string[] => [finalOf(id), ...(known.get(finalOf(id))?.absorbed ?? [])],
  };
}

/** The rows that say together what one edge is, and those that tell whether they count an agreement twice. */
interface Alternatives {
  readonly between: readonly [string, string];
  readonly rows: readonly Key[];
  readonly overlaps: readonly Key[];
}

const partsOf = (sort: string): readonly [string, string] => {
  const [first = '', second = ''] = sort.split('/');
  return [first, second];
};

/** Only after merges there are more rows of an edge than one. */
function alternativesOf({ partition, sort }: FoundRow, merges: Merges): Alternatives {
  const [one, other] = partsOf(sort).map(merges.idsOf) as [readonly string[], readonly string[]];
  const between = [one[0] ?? '', other[0] ?? ''] as const;
  if (between[0] === between[1] || one.length + other.length === 2) return { between, rows: [], overlaps: [] };
  const across = (from: readonly string[], to: readonly string[]): Key[] =>
    from.flatMap((a) => to.filter((b) => a !== b).map((b) => ({ partition, sort: pairSort(a, b) })));
  const overlaps = partition === PAIRS ? [...across(one, one), ...across(other, other)] : [];
  return { between, rows: across(one, other), overlaps };
}

/**
 * The edge that a row stands for, at the first of its rows in the order of pages. Of two that are one since a merge there is
 * none. In the whole graph a pair stands in both orders.
 */
function edgeOf(
  row: FoundRow,
  { between, rows, overlaps }: Alternatives,
  values: ReadonlyMap<string, Counters | LargeEdge>,
  isWhole: boolean,
): RelationEdge | undefined {
  if (between[0] === between[1]) return undefined;
  const found = rows.filter((key) => values.has(rowKey(key)));
  const sorts = [row.sort, ...found.map(({ sort }) => sort)];
  const reversed = sorts.map((sort) => pairSort(...(partsOf(sort).toReversed() as [string, string])));
  const all = isWhole && row.partition === PAIRS ? [...sorts, ...reversed] : sorts;
  if (all.some((sort) => compareUtf8(sort, row.sort) > 0)) return undefined;
  if (row.partition === LARGE) return edgeOfLarge(between, row.value as LargeEdge);
  const pairs = found.length > 0 ? found.map((key) => values.get(rowKey(key)) as Counters) : [row.value as Counters];
  return edgeOfPairs(
    between,
    pairs,
    overlaps.some((key) => values.has(rowKey(key))),
  );
}

const utf8 = new TextEncoder();

/** Collects edges and the nodes that they are between, as long as a page holds them. */
function createGraph(merges: Merges, organization: string | undefined) {
  const edges: RelationEdge[] = [];
  const nodes = new Map<string, RelationNode>();
  let bytes = 0;
  const nodeOf = (id: string): RelationNode => {
    const row = merges.of(id);
    return {
      id,
      collection: row?.collection === 'agreements' ? 'agreements' : 'organizations',
      ...(row?.kind !== undefined && { kind: row.kind }),
      names: row?.names ?? [],
      degree: 0,
      ...(row?.state === RETRACTED && { retracted: true as const }),
    };
  };
  const met = (id: string): RelationNode => {
    const node = nodes.get(id) ?? nodeOf(id);
    return { ...node, degree: node.degree + 1 };
  };
  if (organization !== undefined) {
    const own = merges.idsOf(organization)[0] ?? organization;
    nodes.set(own, nodeOf(own));
  }
  return {
    count: () => edges.length,
    /** Whether there was room for the edge: for the first one there always is. */
    add(edge: RelationEdge): boolean {
      const ends = edge.between.map(met);
      bytes += utf8.encode(JSON.stringify([edge, ...ends.filter(({ id }) => !nodes.has(id))])).length;
      if (edges.length > 0 && bytes > PAGE_BYTES) return false;
      edges.push(edge);
      for (const node of ends) nodes.set(node.id, node);
      return true;
    },
    all: () => ({ nodes: [...nodes.values()], edges }),
  };
}
