/** Verifies a proof of rows (`proof.ts`) without knowing how trees are cut or stored. No input is too hostile to be refused. */
import { fromBase64, wholeNumber } from '../log/bytes.ts';
import { HASH_BYTES, type Hash } from '../log/merkle.ts';
import { fault, isFault, type Read, value } from '../log/read.ts';
import { readCanonical } from './canonical-json.ts';
import { comparePlaces, type HashNode, innerNode, rowLeaf, valueHashOf } from './group.ts';
import { readRow, readRowKey } from './json-line.ts';
import { type ModelId, ROWS_PROOF } from './proof-header.ts';
import { type ProvenReader, type ProvenRow, provenReader } from './proven-reader.ts';

/** The rows that a proof shows, of whatever tree has this root. */
export interface RowsProof extends ModelId {
  readonly root: Uint8Array;
  readonly rows: number;
  readonly reader: ProvenReader;
}

/** Counts are encoded in 48 bits. */
const MAX_ROWS = 2 ** 48 - 1;
const LINE = /^([RKH])([1-9]\d{0,15})? /;

/** What a line puts on the stack: a subtree, and its row where it is one that is shown. */
interface Pushed {
  readonly node: HashNode;
  readonly row?: Omit<ProvenRow, 'index'>;
}

export function readRowsProof(text: string, hash: Hash): Read<RowsProof> {
  const [format, modelLine = '', ...lines] = text.split('\n');
  const model = readModel(modelLine);
  if (format !== ROWS_PROOF) return fault(`a proof of rows begins with ${ROWS_PROOF}`);
  if (isFault(model)) return model;
  if (lines.pop() !== '') return fault('the last line of the proof does not end');
  const stack: HashNode[] = [];
  const shown: ProvenRow[] = [];
  let size = 0;
  for (const [at, line] of lines.entries()) {
    const inLine = (what: string) => fault(`line ${at + 3} of the proof of rows: ${what}`);
    const [start = '', kind = '', joins = '0'] = LINE.exec(line) ?? [];
    const pushed = readPushed(hash, kind, line.slice(start.length));
    if (isFault(pushed)) return inLine(pushed.fault);
    const { node, row } = pushed.value;
    const last = shown.at(-1);
    if (row && last && comparePlaces(last, row) >= 0) return inLine('its key does not come after the one before it');
    if (row) shown.push({ ...row, index: size });
    size += node.rows;
    if (size > MAX_ROWS) return inLine('no tree has so many rows');
    if (Number(joins) > stack.length) return inLine('it joins more than there is');
    stack.push(joined(hash, stack, Number(joins), node));
  }
  const [top, ...others] = stack;
  if (others.length > 0) return fault('the lines of the proof do not join to one root');
  return value({
    ...model.value,
    root: top ? top.hash : hash(new Uint8Array()),
    rows: size,
    reader: provenReader(shown, size),
  });
}

/** The node with as many as are to be joined to it, which are taken from the stack. */
function joined(hash: Hash, stack: HashNode[], joins: number, node: HashNode): HashNode {
  return stack.splice(stack.length - joins, joins).reduceRight((right, left) => innerNode(hash, left, right), node);
}

function readModel(line: string): Read<ModelId> {
  const [, name = '', digits = ''] = /^model ([^\s@]+)@(\d{1,16})$/.exec(line) ?? [];
  const revision = wholeNumber(digits);
  return revision === undefined ? fault('the second line of a proof of rows names a model') : value({ name, revision });
}

function readPushed(hash: Hash, kind: string, rest: string): Read<Pushed> {
  if (kind === 'R') return readShown(hash, rest);
  if (kind === 'K') return readNeighbour(hash, rest);
  if (kind === 'H') return readHidden(rest);
  return fault('it begins with none of R, K and H');
}

function readShown(hash: Hash, rest: string): Read<Pushed> {
  const read = readRow(rest);
  if (isFault(read)) return read;
  const { partition, sort, value: text } = read.value;
  const said = readCanonical(text);
  if (isFault(said)) return fault(`the value of the row: ${said.fault}`);
  const key = { partition, sort };
  return value({ node: rowLeaf(hash, key, valueHashOf(hash, text)), row: { ...key, value: said.value } });
}

function readNeighbour(hash: Hash, line: string): Read<Pushed> {
  const read = readRowKey(line);
  if (isFault(read)) return read;
  const { key, rest } = read.value;
  const valueHash = rest.startsWith('] ') ? readHash(rest.slice(2)) : fault('there is no hash behind its key');
  return isFault(valueHash) ? valueHash : value({ node: rowLeaf(hash, key, valueHash.value), row: key });
}

function readHidden(rest: string): Read<Pushed> {
  const [digits = '', encoded = '', ...others] = rest.split(' ', 3);
  const rows = wholeNumber(digits);
  const read = readHash(encoded);
  if (rows === undefined || rows < 1 || others.length > 0) return fault('it does not tell how many rows it hides');
  return isFault(read) ? read : value({ node: { hash: read.value, rows } });
}

function readHash(encoded: string): Read<Uint8Array> {
  const read = encoded.length === 44 ? fromBase64(encoded) : fault('a hash has 44 characters');
  return isFault(read) || read.value.length === HASH_BYTES ? read : fault('it is no hash');
}
