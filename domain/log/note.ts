/**
 * Signed notes (C2SP signed-note, https://c2sp.org/signed-note) with Ed25519 signatures, type 0x01. SHA-256 and the
 * verification of a signature are the caller's to bring.
 */
import { concat, equalBytes, fromBase64, toBase64, toHex } from './bytes.ts';
import type { Hash } from './merkle.ts';
import { fault, isFault, type Read, value } from './read.ts';

const ED25519 = 0x01;
const PUBLIC_KEY_BYTES = 32;
const ID_BYTES = 4;
/** Readers take 16 at least; no note of ours has more than one. */
const MAX_SIGNATURES = 64;

/** A public key with the name and id that its signatures bear. */
export interface VerifierKey {
  readonly name: string;
  /** The first 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key). */
  readonly id: Uint8Array;
  /** Ed25519, 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array;
}

/** Whether an Ed25519 signature (RFC 8032) is that of the message. */
export type VerifySignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

const utf8 = new TextEncoder();
const isName = (name: string): boolean => name !== '' && !/[\s+]/u.test(name);

/** @throws RangeError for a name that no key may bear, or a key of another length */
export function verifierKey(hash: Hash, name: string, publicKey: Uint8Array): VerifierKey {
  if (!isName(name)) throw new RangeError(`a key cannot be called ${JSON.stringify(name)}`);
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new RangeError(`a key of ${publicKey.length} bytes`);
  const id = hash(concat([utf8.encode(name), Uint8Array.of(0x0a, ED25519), publicKey])).subarray(0, ID_BYTES);
  return { name, id, publicKey };
}

/** `<name>+<hexadecimal id>+<base64(0x01 ‖ public key)>` */
export const formatVerifierKey = ({ name, id, publicKey }: VerifierKey): string =>
  `${name}+${toHex(id)}+${toBase64(concat([Uint8Array.of(ED25519), publicKey]))}`;

export function parseVerifierKey(hash: Hash, text: string): Read<VerifierKey> {
  const [name = '', id = '', ...rest] = text.split('+');
  const key = fromBase64(rest.join('+'));
  if (!isName(name) || !/^[0-9a-f]{8}$/.test(id) || isFault(key)) {
    return fault('a verifier key is <name>+<8 hexadecimal digits>+<base64>');
  }
  if (key.value[0] !== ED25519 || key.value.length !== 1 + PUBLIC_KEY_BYTES) return fault('it is no Ed25519 key');
  const made = verifierKey(hash, name, key.value.subarray(1));
  return toHex(made.id) === id ? value(made) : fault(`the id of this key is ${toHex(made.id)}, not ${id}`);
}

/** The text, which ends in a newline, with its signature. */
export const formatNote = (text: string, { name, id }: VerifierKey, signature: Uint8Array): string =>
  `${text}\n— ${name} ${toBase64(concat([id, signature]))}\n`;

interface Signature {
  readonly name: string;
  readonly id: Uint8Array;
  readonly signature: Uint8Array;
}

/** What the signatures of a note are about: everything up to its last empty line; empty where there is none. */
export const textOfNote = (note: string): string => note.slice(0, note.lastIndexOf('\n\n') + 1);

/** The text of a note that the key has signed. Signatures of unknown keys do not count. */
export async function openNote(note: string, key: VerifierKey, verify: VerifySignature): Promise<Read<string>> {
  const text = textOfNote(note);
  const signatures = note.slice(text.length + 1);
  if (text === '' || !note.endsWith('\n') || signatures === '') return fault('it is no signed note');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no note has any of these
  if (/[\x00-\x09\x0b-\x1f]/.test(note)) return fault('a note has no control characters');
  const lines = signatures.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return fault(`it has more than ${MAX_SIGNATURES} signatures`);
  let isSigned = false;
  for (const line of lines) {
    const read = readSignature(line);
    if (isFault(read)) return read;
    const { name, id, signature } = read.value;
    if (name !== key.name || !equalBytes(id, key.id)) continue;
    if (!(await verify(key.publicKey, utf8.encode(text), signature))) return fault(`the signature of ${name} is wrong`);
    isSigned = true;
  }
  return isSigned ? value(text) : fault(`it is not signed by ${key.name}+${toHex(key.id)}`);
}

function readSignature(line: string): Read<Signature> {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (!isName(name) || isFault(bytes) || bytes.value.length <= ID_BYTES)
    return fault('it has a malformed signature line');
  return value({ name, id: bytes.value.subarray(0, ID_BYTES), signature: bytes.value.subarray(ID_BYTES) });
}
