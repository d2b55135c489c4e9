import { createHash, createPublicKey, verify } from 'node:crypto';
import { expect } from 'vitest';
import type { TestBucket } from './bucket.ts';
import { naiveRoot } from './check-log.ts';
import { ORIGIN } from './commits.ts';
import { logKey } from './publisher.ts';

const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Reads a checkpoint by hand, with nothing of the product: three lines, a blank one, one signature. */
export function readCheckpoint(note: string): { size: number; root: string } {
  const [origin, size = '', root = '', blank, signature = '', end, ...more] = note.split('\n');
  expect([origin, blank, end, more]).toEqual([ORIGIN, '', '', []]);
  const [dash, name, encoded = ''] = signature.split(' ');
  expect([dash, name]).toEqual(['—', ORIGIN]);
  const bytes = Buffer.from(encoded, 'base64');
  const id = sha256(Buffer.from(`${ORIGIN}\n`), Uint8Array.of(1), logKey).subarray(0, 4);
  expect(bytes.subarray(0, 4).toString('hex')).toBe(id.toString('hex'));
  const key = createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), logKey]),
    format: 'der',
    type: 'spki',
  });
  const text = Buffer.from(`${origin}\n${size}\n${root}\n`);
  expect(verify(null, text, key, bytes.subarray(4)), 'the signature holds').toBe(true);
  return { size: Number(size), root };
}

/** Everything that a tree of these events has to offer a client of C2SP tlog-tiles, by name. */
function expectedObjects(events: readonly string[]): Map<string, Buffer> {
  const leaves = events.map((event) => sha256(Uint8Array.of(0), Buffer.from(event)));
  const objects = new Map<string, Buffer>();
  const nameOf = (kind: string, index: number, width: number) => {
    expect(index, 'tests stay below a thousand tiles').toBeLessThan(1000);
    return `tile/${kind}/${String(index).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`;
  };
  let hashes: Uint8Array[] = leaves;
  for (let level = 0; hashes.length > 0; level += 1) {
    const next: Uint8Array[] = [];
    for (let index = 0; index * 256 < hashes.length; index += 1) {
      const own = hashes.slice(index * 256, (index + 1) * 256);
      objects.set(nameOf(String(level), index, own.length), Buffer.concat(own));
      if (own.length === 256) next.push(naiveRoot(own));
    }
    hashes = next;
  }
  for (let index = 0; index * 256 < events.length; index += 1) {
    const own = events.slice(index * 256, (index + 1) * 256).map((event) => new Uint8Array(Buffer.from(event)));
    const lengths = own.map(({ length }) => Buffer.from([length >> 8, length & 255]));
    objects.set(
      nameOf('entries', index, own.length),
      Buffer.concat(own.flatMap((entry, at) => [lengths[at] as Buffer, entry])),
    );
  }
  return objects;
}

export interface PublishedOptions {
  readonly bucket: TestBucket;
  /** All events in sealed order. */
  readonly sealed: readonly { readonly event: string }[];
  /** Whether everything that is sealed has to be published. */
  readonly complete?: boolean;
}

/**
 * Holds the bucket to everything that the published log promises: every checkpoint ever written is signed, has the root
 * of the definition, and none goes back; all that each of them needs was there before it, and still is; nothing was ever
 * written twice. Answers the sizes of all checkpoints.
 */
export function checkPublished({ bucket, sealed, complete = true }: PublishedOptions): number[] {
  const leaves = sealed.map(({ event }) => sha256(Uint8Array.of(0), Buffer.from(event)));
  const sizes: number[] = [];
  for (const { key, bytes } of bucket.written.filter((one) => one.key === 'checkpoint')) {
    const { size, root } = readCheckpoint(Buffer.from(bytes).toString());
    expect(size, `${key}s never go back`).toBeGreaterThan(sizes.at(-1) ?? -1);
    expect(size).toBeLessThanOrEqual(leaves.length);
    expect(root, `the root of ${size}`).toBe(Buffer.from(naiveRoot(leaves.slice(0, size))).toString('base64'));
    sizes.push(size);
  }
  if (complete) expect(sizes.at(-1) ?? 0, 'everything is published').toBe(leaves.length);
  const order = bucket.written.map(({ key }) => key);
  const signed = order.flatMap((key, at) => (key === 'checkpoint' ? [at] : []));
  for (const [nth, size] of sizes.entries()) {
    for (const [key, bytes] of expectedObjects(sealed.slice(0, size).map(({ event }) => event))) {
      const there = bucket.objects.get(key)?.bytes;
      expect(there && Buffer.from(there).equals(bytes), `${key} of the tree of ${size}`).toBe(true);
      expect(order.lastIndexOf(key), `${key} was there before the checkpoint of ${size}`).toBeLessThan(
        signed[nth] ?? 0,
      );
    }
    expect(order.indexOf('vkey')).toBeLessThan(signed[nth] ?? 0);
  }
  const others = order.filter((key) => key !== 'checkpoint');
  const again = others.filter((key, at) => others.indexOf(key) < at);
  expect(
    again.filter((key) => !bucket.removed.includes(key)),
    'every object is written once',
  ).toEqual([]);
  expect([...bucket.objects.keys()].filter((key) => !/^(tile\/|pages\/|checkpoint$|vkey$)/.test(key))).toEqual([]);
  return sizes;
}
