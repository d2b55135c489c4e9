import { fault, type Read, value } from './read.ts';

/** Standard base64 with padding (RFC 4648 section 4), of any length. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Decodes standard base64; anything but its canonical form is a fault. */
export function fromBase64(text: string): Read<Uint8Array> {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return toBase64(bytes) === text ? value(bytes) : fault('not canonical base64');
  } catch {
    return fault('not base64');
  }
}

/** Lower-case hexadecimal. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
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
