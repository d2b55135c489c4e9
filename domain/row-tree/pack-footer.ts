/** The footer of a pack: what it tells of each model, canonical JSON (RFC 8785), found from the pack's last bytes. */
import { concat } from '../log/bytes.ts';
import { fault, type Read, value } from '../log/read.ts';
import type { GroupPlace } from './group.ts';

export interface SetAside {
  readonly id: string;
  readonly version: number;
}

/** A read model as of a position: its tree, and what else has to be known to go on from there. */
export interface PackedModel {
  readonly name: string;
  readonly revision: number;
  /** Of the last event applied. */
  readonly position: number;
  readonly rows: number;
  /** 64 hexadecimal digits. */
  readonly root: string;
  /** Records that the tree holds as of an earlier version; sorted by id. */
  readonly setAside?: readonly SetAside[];
  /** The digest of the rows as the projector keeps it (64 hexadecimal digits). */
  readonly digest: string;
  /** The group at the top; none of the empty tree. */
  readonly group?: GroupPlace;
  readonly height: number;
}

const MAGIC = 'REGROWS1';
const LENGTH_BYTES = 4;
const END_BYTES = LENGTH_BYTES + MAGIC.length;
const utf8 = new TextEncoder();

/** Members in the order of RFC 8785. */
const canonicalModel = ({ group, ...model }: PackedModel) => ({
  digest: model.digest,
  ...(group && { group: [group.pack, group.offset, group.length] }),
  height: model.height,
  name: model.name,
  position: model.position,
  revision: model.revision,
  root: model.root,
  rows: model.rows,
  ...(model.setAside && { setAside: model.setAside.map(({ id, version }) => ({ id, version })) }),
});

const footerText = (models: readonly PackedModel[]): string => JSON.stringify({ models: models.map(canonicalModel) });

export function footerBytes(models: readonly PackedModel[]): Uint8Array {
  const json = utf8.encode(footerText(models));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, json.length);
  return concat([json, length, utf8.encode(MAGIC)]);
}

/** The models of a pack, or how many of its last bytes it takes to read them. */
export type Footer = { readonly models: readonly PackedModel[] } | { readonly needs: number };

/** What the last bytes of a pack tell. */
export function footerOf(tail: Uint8Array): Read<Footer> {
  if (tail.length < END_BYTES) return value({ needs: END_BYTES });
  const end = tail.subarray(tail.length - END_BYTES);
  const magic = String.fromCharCode(...end.subarray(LENGTH_BYTES));
  if (magic !== MAGIC) return fault(`a pack ends in ${MAGIC}`);
  const needs = END_BYTES + new DataView(end.buffer, end.byteOffset).getUint32(0);
  if (tail.length < needs) return value({ needs });
  return readFooter(tail.subarray(tail.length - needs, tail.length - END_BYTES));
}

function readFooter(bytes: Uint8Array): Read<Footer> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const { models } = JSON.parse(text) as { models: unknown[] };
    const read = models.map(modelIn);
    // What is read is what would be written: nothing is missing, added, or of another form.
    return footerText(read) === text ? value({ models: read }) : fault('the footer of the pack is not canonical');
  } catch (error) {
    return fault(`the footer of the pack cannot be read: ${(error as Error).message}`);
  }
}

const isCount = (number: unknown): number is number => Number.isSafeInteger(number) && (number as number) >= 0;
const isHex = (text: unknown): text is string => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);

/** @throws an Error for anything else */
function modelIn(read: unknown): PackedModel {
  const { name, revision, position, rows, root, digest, height, group, setAside } = read as Record<string, unknown>;
  const counts = [revision, position, rows, height];
  if (typeof name !== 'string' || !isHex(root) || !isHex(digest) || !counts.every(isCount)) throw new Error('no model');
  const [pack, offset, length] = group === undefined ? [] : (group as unknown[]);
  const isPlace = isCount(pack) && isCount(offset) && isCount(length);
  if (isPlace !== (group !== undefined) || isPlace !== (rows as number) > 0) throw new Error(`no group of ${name}`);
  const aside = setAside === undefined ? undefined : (setAside as SetAside[]).map(asideIn);
  const model = { name, revision, position, rows, root, digest, height } as PackedModel;
  return { ...model, ...(isPlace && { group: { pack, offset, length } }), ...(aside && { setAside: aside }) };
}

function asideIn({ id, version }: SetAside): SetAside {
  if (typeof id !== 'string' || !isCount(version)) throw new Error('no record is set aside so');
  return { id, version };
}
