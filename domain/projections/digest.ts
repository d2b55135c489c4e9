import type { Hash } from '../log/merkle.ts';

const MODULUS = 1n << 256n;
const utf8 = new TextEncoder();

/** The digest of no rows. */
export const EMPTY_DIGEST = '0'.repeat(64);

/** SHA-256 of a row as the number that its 32 bytes are, big-endian. */
function numberOf(hash: Hash, row: string): bigint {
  const { buffer, byteOffset } = hash(utf8.encode(row));
  const view = new DataView(buffer, byteOffset);
  return [0, 8, 16, 24].reduce((number, at) => (number << 64n) | view.getBigUint64(at), 0n);
}

/**
 * The digest of a set of rows (64 hexadecimal digits) after some rows went and some came: the sum modulo 2^256 of
 * SHA-256 over each row's canonical JSON, `[partition, sort, value]`. The order of the rows does not matter, so two read
 * models with the same rows have the same digest. It shows drift; it proves nothing.
 */
export function digestAfter(hash: Hash, digest: string, gone: readonly string[], came: readonly string[]): string {
  const sum = came.reduce((total, row) => total + numberOf(hash, row), BigInt(`0x${digest}`));
  const rest = gone.reduce((total, row) => total - numberOf(hash, row), sum);
  return (((rest % MODULUS) + MODULUS) % MODULUS).toString(16).padStart(64, '0');
}
