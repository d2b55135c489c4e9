import { fault, type Read, value } from './read.ts';

/** As many arguments as any engine takes. */
const ARGUMENTS = 4096;

/** Standard base64 with padding (RFC 4648 section 4), of any length. */
export function toBase64(bytes: Uint8Array): string {
  if (bytes.length <= ARGUMENTS) return btoa(String.fromCharCode(...bytes));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Decodes standard base64; anything but its canonical form is a fault. */
export function fromBase64(text: string): Read<Uint8Array> {
  try {
    const binary = atob(text);
    if (btoa(binary) !== text) return fault('not canonical base64');
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
    return value(bytes);
  } catch {
    return fault('not base64');
  }
}

/** Lower-case hexadecimal. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return one.length === other.length;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A decimal without sign, leading zeroes or anything else, that a JavaScript number holds exactly. */
export function wholeNumber(digits: string): number | undefined {
  const number = /^(0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
