/**
 * Proofs that rows are all that a tree holds in some places: the part of the tree that leads to them, as text for a stack
 * machine. After the two lines of the header, in the order of the rows:
 *
 *     R<n> ["p","s",value]                          a row
 *     K<n> ["p","s"] <base64 of SHA-256(value)>     a row without its value
 *     H<n> <rows> <base64>                          a subtree that is not shown
 *
 * n says how often, after this line, the two topmost become their inner node; it is left out where it is 0.
 */
import { toBase64 } from '../log/bytes.ts';
import { splitOf } from '../log/proofs.ts';
import {
  comparePlaces,
  type ExpectedGroup,
  type Group,
  type HashNode,
  type LeafRow,
  nodeOver,
  nodesOf,
  openGroup,
  type RowTree,
  type TreeDeps,
  topOf,
  valueHashOf,
} from './group.ts';
import { keyLine, rowLine } from './json-line.ts';
import { type ModelId, ROWS_PROOF } from './proof-header.ts';
import type { OpenedRow, OpenedRows } from './reading.ts';

interface ProofLine {
  readonly kind: 'R' | 'K' | 'H';
  readonly text: string;
  joins: number;
}

/** The opened rows `from` ≤ index < `to`. */
interface Opened {
  readonly all: readonly OpenedRow[];
  readonly from: number;
  readonly to: number;
}

/** The members `from` ≤ index < `to` of a group. */
interface Members {
  readonly group: Group;
  readonly nodes: readonly HashNode[];
  readonly level: number;
  readonly from: number;
  readonly to: number;
}

/** The proof of what was opened of a tree: a text of lines, each of which ends in a newline. */
export async function rowsProof(
  { name, revision }: ModelId,
  tree: RowTree,
  opened: OpenedRows,
  deps: TreeDeps,
): Promise<string> {
  const lines: ProofLine[] = [];
  const hide = ({ rows, hash }: HashNode) => lines.push({ kind: 'H', text: `${rows} ${toBase64(hash)}`, joins: 0 });

  async function add(members: Members, rows: Opened): Promise<void> {
    const { group, nodes, level, from, to } = members;
    if (rows.from === rows.to) {
      hide(nodeOver(deps.hash, nodes, from, to));
    } else if (to - from > 1) {
      const middle = from + splitOf(to - from);
      const split = firstBehind(placesOf(group)[middle - 1] as LeafRow, rows);
      await add({ ...members, to: middle }, { ...rows, to: split });
      await add({ ...members, from: middle }, { ...rows, from: split });
      (lines.at(-1) as ProofLine).joins += 1;
    } else if ('rows' in group) {
      lines.push(lineOf(group.rows[from] as LeafRow, rows, deps));
    } else {
      await addGroup(group.members[from] as ExpectedGroup, level - 1, rows);
    }
  }

  async function addGroup(expected: ExpectedGroup, level: number, rows: Opened): Promise<void> {
    const group = await openGroup(expected, level, deps);
    const nodes = nodesOf(deps.hash, group);
    await add({ group, nodes, level, from: 0, to: nodes.length }, rows);
  }

  const all = [...opened.values()].sort(comparePlaces);
  if (all.length > 0) await addGroup(topOf(tree), tree.height, { all, from: 0, to: all.length });
  else if (tree.top) hide({ hash: tree.root, rows: tree.rows });
  const written = lines.map(({ kind, joins, text }) => `${kind}${joins === 0 ? '' : joins} ${text}\n`);
  return `${ROWS_PROOF}\nmodel ${name}@${revision}\n${written.join('')}`;
}

const placesOf = (group: Group) => ('rows' in group ? group.rows : group.members);

/** The first opened row behind a place. */
function firstBehind(place: OpenedRow | LeafRow, { all, from, to }: Opened): number {
  let at = from;
  while (at < to && comparePlaces(all[at] as OpenedRow, place) <= 0) at += 1;
  return at;
}

function lineOf(row: LeafRow, { all, from, to }: Opened, { hash }: TreeDeps): ProofLine {
  const [opened] = all.slice(from, to);
  if (!opened || to - from > 1 || comparePlaces(opened, row) !== 0) {
    throw new Error(`the tree has no row ${opened?.partition} ${opened?.sort}`);
  }
  if (opened.isShown) return { kind: 'R', text: rowLine(row), joins: 0 };
  return { kind: 'K', text: `${keyLine(row)} ${toBase64(valueHashOf(hash, row.value))}`, joins: 0 };
}
