/**
 * Signed notes (C2SP signed-note, https://c2sp.org/signed-note). A note may have signatures by several keys of any
 * type; only Ed25519 ones, type 0x01, are verified here. The caller provides SHA-256 and the verification of a
 * signature.
 */
import { concat, equalBytes, fromBase64, toBase64, toHex } from './bytes.ts';
import type { Hash } from './merkle.ts';
import { fault, isFault, type Read, unwrap, value } from './read.ts';

/** The type of an Ed25519 signature. */
export const ED25519 = 0x01;
const PUBLIC_KEY_BYTES = 32;
const ID_BYTES = 4;
/** Readers have to take 16 at least. */
const MAX_SIGNATURES = 64;

/** A public key with the name and id of its signatures. */
export interface VerifierKey {
  readonly name: string;
  /** The `keyId` of type 0x01. */
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

/** The first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key). */
export const keyId = (hash: Hash, name: string, type: number, publicKey: Uint8Array): Uint8Array =>
  hash(concat([utf8.encode(name), Uint8Array.of(0x0a, type), publicKey])).subarray(0, ID_BYTES);

/** @throws RangeError for a name that no key may have, or a key of another length */
export function verifierKey(hash: Hash, name: string, publicKey: Uint8Array): VerifierKey {
  if (!isName(name)) throw new RangeError(`a key cannot be called ${JSON.stringify(name)}`);
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new RangeError(`a key of ${publicKey.length} bytes`);
  return { name, id: keyId(hash, name, ED25519, publicKey), publicKey };
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

/**
 * One signature line. The id identifies the key among those of that name, and with it the type; the length of the
 * signature depends on the type.
 */
export interface NoteSignature {
  readonly name: string;
  readonly id: Uint8Array;
  readonly signature: Uint8Array;
}

/** A parsed note, unverified: all signature lines in their order, including those of unknown keys and types. */
interface SignedNote {
  /** The signed text; it ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export const formatNote = ({ text, signatures }: SignedNote): string =>
  `${text}\n${signatures.map(({ name, id, signature }) => `— ${name} ${toBase64(concat([id, signature]))}\n`).join('')}`;

/** The signed text of a note: everything up to its last empty line; empty if there is none. */
export const textOfNote = (note: string): string => note.slice(0, note.lastIndexOf('\n\n') + 1);

export function parseNote(note: string): Read<SignedNote> {
  const text = textOfNote(note);
  const lines = note.slice(text.length + 1);
  if (text === '' || !note.endsWith('\n') || lines === '') return fault('it is no signed note');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no note has any of these
  if (/[\x00-\x09\x0b-\x1f]/.test(note)) return fault('a note has no control characters');
  const read = lines.slice(0, -1).split('\n').map(readSignature);
  if (read.length > MAX_SIGNATURES) return fault(`it has more than ${MAX_SIGNATURES} signatures`);
  const malformed = read.find(isFault);
  return malformed ?? value({ text, signatures: read.map(unwrap) });
}

/** The text of a note that the key has signed. Signatures by other keys are ignored. */
export async function openNote(note: string, key: VerifierKey, verify: VerifySignature): Promise<Read<string>> {
  const parsed = parseNote(note);
  if (isFault(parsed)) return parsed;
  const { text, signatures } = parsed.value;
  const own = signatures.filter(({ name, id }) => name === key.name && equalBytes(id, key.id));
  if (own.length === 0) return fault(`it is not signed by ${key.name}+${toHex(key.id)}`);
  for (const { name, signature } of own) {
    if (!(await verify(key.publicKey, utf8.encode(text), signature))) return fault(`the signature of ${name} is wrong`);
  }
  return value(text);
}

function readSignature(line: string): Read<NoteSignature> {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (!isName(name) || isFault(bytes) || bytes.value.length <= ID_BYTES)
    return fault('it has a malformed signature line');
  return value({ name, id: bytes.value.subarray(0, ID_BYTES), signature: bytes.value.subarray(ID_BYTES) });
}
