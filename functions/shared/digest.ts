import { sha256 } from './sha256.ts';

const MODULUS = 1n << 256n;
const utf8 = new TextEncoder();

const hashOf = (row: string): bigint => BigInt(`0x${Buffer.from(sha256(utf8.encode(row))).toString('hex')}`);

/**
 * The digest of a set of rows (64 hexadecimal digits) after some rows went and some came: the sum modulo 2^256 of
 * SHA-256 over each row's canonical JSON, `[partition, sort, value]`. The order of the rows does not matter, so two read
 * models with the same rows have the same digest. It shows drift; it proves nothing.
 */
export function digestAfter(digest: string, gone: readonly string[], came: readonly string[]): string {
  const sum = came.reduce((total, row) => total + hashOf(row), BigInt(`0x${digest}`));
  const rest = gone.reduce((total, row) => total - hashOf(row), sum);
  return (((rest % MODULUS) + MODULUS) % MODULUS).toString(16).padStart(64, '0');
}
