import { deflateRawSync, gzipSync, inflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { unwrap } from '../../domain/log/read.ts';
import { packOf, storedGroup } from '../../domain/row-tree/pack.ts';
import { rowsProof } from '../../domain/row-tree/proof.ts';
import { type TreeReader, treeReader } from '../../domain/row-tree/reading.ts';
import {
  changedTree,
  emptyTree,
  type Group,
  type GroupPlace,
  type RowTree,
  type TreeChange,
  type TreeDeps,
} from '../../domain/row-tree/tree.ts';
import { readRowsProof } from '../../domain/row-tree/verify.ts';
import { sha256 } from '../../functions/runtime/sha256.ts';
import { agreement, commitsFor, FIGURE, inForce, PAGE_OF, recorded } from './history.ts';

/** What a proof costs: bytes of its text, and how many of them are rows that are shown; lines; milliseconds to verify it. */
export interface ProofCost {
  readonly bytes: number;
  readonly rowBytes: number;
  readonly shown: number;
  readonly lines: number;
  readonly verifyMs: number;
}

/** What commits cost the prover: changes of trees, groups read, packs written. */
export interface CommitCost {
  readonly commits: number;
  readonly changes: number;
  readonly groupsRead: number;
  readonly groupsWritten: number;
  readonly hashes: number;
  readonly packBytes: number;
  readonly cpuMs: number;
}

type Query = (reader: TreeReader) => Promise<unknown>;
const recordKey = (n: number) => ({ partition: `record/${agreement(n)}`, sort: agreement(n) });
const PAGE = 25;

const QUERIES: Record<string, Query> = {
  'page of 25 pointers': (reader) => reader.newest(PAGE_OF, '2015-06-01', PAGE),
  absence: (reader) => reader.get([recordKey(-1)]),
  figure: (reader) => reader.get([FIGURE]),
  total: (reader) => reader.count('list/agreements/kind/supply'),
  summary: (reader) => reader.get([recordKey(1)]),
  '25 summaries': (reader) => reader.get(Array.from({ length: PAGE }, (_, n) => recordKey(n * 7))),
};

const cpuMs = async (work: () => Promise<void>): Promise<number> => {
  const begun = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
};

/** As the prover has it: so many groups are kept in memory, and groups are deflated so. */
const GROUPS_KEPT = 2_000;
const DEFLATE = { level: 3, memLevel: 5, windowBits: 13 };

function store() {
  const packs = new Map<number, Uint8Array>();
  const kept = new Map<string, Group>();
  const counted = { groupsRead: 0, groupsWritten: 0, hashes: 0, packBytes: 0 };
  function keep({ pack, offset }: GroupPlace, group: Group): Group {
    kept.set(`${pack}/${offset}`, group);
    const [oldest = ''] = kept.size > GROUPS_KEPT ? kept.keys() : [];
    kept.delete(oldest);
    return group;
  }
  const deps: TreeDeps = {
    hash(bytes) {
      counted.hashes += 1;
      return sha256(bytes);
    },
    async readGroup(place, level) {
      const found = kept.get(`${place.pack}/${place.offset}`);
      if (found) return found;
      counted.groupsRead += 1;
      const bytes = packs.get(place.pack)?.subarray(place.offset, place.offset + place.length);
      return keep(place, unwrap(storedGroup(bytes ?? new Uint8Array(), level, inflateRawSync)));
    },
  };
  function write(position: number, tree: RowTree): RowTree {
    const model = { name: 'records', revision: 1, position, digest: '0'.repeat(64), tree };
    const pack = packOf(position, [model], (bytes) => {
      counted.groupsWritten += 1;
      return deflateRawSync(bytes, DEFLATE);
    });
    packs.set(position, pack.bytes);
    counted.packBytes += pack.bytes.length;
    return pack.trees[0] ?? tree;
  }
  return { deps, write, written: () => ({ ...counted }) };
}

/** A tree of so many rows and what proofs over it and changes of it cost. */
export async function measure(rows: number, commitsEach = 100) {
  const { deps, write, written } = store();
  const commits = commitsFor(rows);
  let tree = emptyTree(sha256);
  const building = await cpuMs(async () => {
    tree = write(1, await changedTree(tree, commits.flat(), deps));
  });
  const built = { rows: tree.rows, height: tree.height, baseBytes: written().packBytes };
  const proofs: Record<string, ProofCost> = {};
  for (const [name, query] of Object.entries(QUERIES)) proofs[name] = await costOf(query, tree, deps);

  let position = 1;
  async function cost(statements: readonly (readonly TreeChange[][])[]): Promise<CommitCost> {
    const before = written();
    const took = await cpuMs(async () => {
      for (const some of statements) {
        position += 1;
        tree = write(position, await changedTree(tree, some.flat(), deps));
      }
    });
    const after = written();
    return {
      commits: statements.flat().length,
      changes: statements.flat(2).length,
      groupsRead: after.groupsRead - before.groupsRead,
      groupsWritten: after.groupsWritten - before.groupsWritten,
      hashes: after.hashes - before.hashes,
      packBytes: after.packBytes - before.packBytes,
      cpuMs: took,
    };
  }
  const next = commits.length;
  const some = (count: number, of: (n: number) => TreeChange[], from = next) =>
    Array.from({ length: count }, (_, n) => of(from + n));
  await cost(some(commitsEach, recorded, next + 20 * commitsEach).map((commit) => [commit]));
  const alone = await cost(some(commitsEach, recorded).map((commit) => [commit]));
  const changed = await cost(some(commitsEach, inForce, 50).map((commit) => [commit]));
  const many = 5 * commitsEach;
  const together = await cost([some(many, recorded, next + commitsEach), some(many, inForce, next)]);
  return { ...built, building, commits: commits.length, proofs, alone, changed, together };
}

const RUNS = 20;

async function costOf(query: Query, tree: RowTree, deps: TreeDeps): Promise<ProofCost> {
  const reader = treeReader(tree, deps);
  await query(reader);
  const text = await rowsProof({ name: 'records', revision: 1 }, tree, reader.opened, deps);
  const lines = text.split('\n').slice(2, -1);
  const shown = lines.filter((line) => line.startsWith('R'));
  const took = await cpuMs(async () => {
    for (let run = 0; run < RUNS; run += 1) unwrap(readRowsProof(text, sha256));
  });
  return {
    bytes: Buffer.byteLength(text),
    rowBytes: Buffer.byteLength(shown.map((line) => `${line}\n`).join('')),
    shown: shown.length,
    lines: lines.length,
    verifyMs: took / RUNS,
  };
}

/** What a hash, and a group of that many bytes as stored, take on this machine, in milliseconds. */
export async function unitCosts(packBytes: number) {
  const node = new Uint8Array(77);
  const texts = Array.from({ length: 400 }, (_, n) => JSON.stringify(recorded(n)).repeat(5));
  const each = async (times: number, work: (n: number) => void) =>
    (await cpuMs(async () => {
      for (let n = 0; n < times; n += 1) work(n);
    })) / times;
  const written = texts.map((text) => deflateRawSync(text, DEFLATE));
  const scale = (packBytes * written.length) / written.reduce((sum, { length }) => sum + length, 0);
  const deflate = scale * (await each(texts.length, (n) => deflateRawSync(texts[n] ?? '', DEFLATE)));
  const inflate = scale * (await each(texts.length, (n) => inflateRawSync(written[n] ?? '')));
  return { hash: await each(100_000, () => sha256(node)), deflate, inflate };
}

/** The code that verifies a whole proof in a browser, in bytes. */
export async function clientCode(): Promise<{ readonly minified: number; readonly gzip: number }> {
  const { outputFiles } = await build({
    stdin: {
      contents:
        "export { parseWholeProof, verifyWholeProof } from './domain/row-tree/whole-proof.ts'; export { isNotProven } from './domain/row-tree/proven-reader.ts';",
      resolveDir: '.',
    },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2024',
    write: false,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { minified: code.length, gzip: gzipSync(code, { level: 9 }).length };
}
