import { hash } from 'node:crypto';

/** SHA-256, in the shape that `domain/log/merkle.ts` asks for. */
export const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');
