import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isFault, unwrap } from '../../domain/log/read.ts';
import { packKey, storedGroup } from '../../domain/row-tree/pack.ts';
import { footerOf, type PackedModel } from '../../domain/row-tree/pack-footer.ts';
import type { Group, GroupPlace } from '../../domain/row-tree/tree.ts';
import { type Backoff, fullJitter, RetryableError, retry } from '../runtime/backoff.ts';

/**
 * The packs: groups of the trees over the rows of read models, one object for a statement. A pack is written once, under
 * the position of the statement, and anybody may read it, in parts. See docs/proofs.md.
 */

/** Whoever reads one may keep it for ever. */
const PACK = { ContentType: 'application/octet-stream', CacheControl: 'public, max-age=31536000, immutable' };

/** By this tag the bucket's lifecycle picks the packs that may go. */
const EXPIRES = 'expires=yes';

/** Groups have a few kilobytes: a larger window costs memory for each of them, and higher levels time. */
const DEFLATE = { level: 3, memLevel: 5, windowBits: 13 };

/** Raw DEFLATE of a group. */
export const deflateGroup = (bytes: Uint8Array): Uint8Array => deflateRawSync(bytes, DEFLATE);

/** A pack is not there, not any more, or is not the one that a tree points into: one that was made anew has other places. */
export class PackLost extends Error {
  override readonly name = 'PackLost';
  constructor(position: number, why = 'there is none') {
    super(`the pack of position ${position}: ${why}`);
  }
}

const ATTEMPTS = 8;

/** The footer of a few models is shorter; only records that are set aside make it longer. */
const FOOTER_BYTES = 8_192;

/** Groups that are kept in memory, and groups that are read at once. */
const GROUPS_KEPT = 2_000;
const IN_FLIGHT = 32;

export interface PacksPlace {
  readonly objects: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly backoff?: Backoff;
}

/** A pack as it is passed on: whole, or a part of it. */
interface PackPart {
  readonly bytes: Uint8Array;
  /** Of a part: which bytes of how many (RFC 9110 section 14.4). */
  readonly contentRange?: string;
}

export type Packs = ReturnType<typeof createPacks>;

export function createPacks({ objects, bucket, backoff = fullJitter() }: PacksPlace) {
  const kept = new Map<string, Promise<Group>>();
  const turn = inTurns(IN_FLIGHT);

  /** A pack, or a range of its bytes (RFC 9110 section 14.1.2); undefined when there is no such pack. */
  async function part(position: number, Range?: string): Promise<PackPart | undefined> {
    try {
      const input = { Bucket: bucket, Key: packKey(position), Range };
      const { Body, ContentRange } = await objects.send(new GetObjectCommand(input));
      if (!Body) throw new Error(`${input.Key}: an answer without a body`);
      const bytes = await Body.transformToByteArray();
      return { bytes, ...(ContentRange !== undefined && { contentRange: ContentRange }) };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  const bytes = async (position: number, range: string) => (await part(position, range))?.bytes;

  /** What the pack of a position tells of each model; undefined when there is no such pack. */
  async function footer(position: number): Promise<readonly PackedModel[] | undefined> {
    for (let length = FOOTER_BYTES; ; ) {
      const tail = await bytes(position, `bytes=-${length}`);
      if (!tail) return undefined;
      const read = unwrap(footerOf(tail));
      if ('models' in read) return read.models;
      if (tail.length < length) throw new Error(`the pack of position ${position} is cut off`);
      length = read.needs;
    }
  }

  /** @throws PackLost */
  async function fetchGroup({ pack, offset, length }: GroupPlace, level: number): Promise<Group> {
    const stored = await turn(() => bytes(pack, `bytes=${offset}-${offset + length - 1}`));
    if (!stored) throw new PackLost(pack);
    const group = storedGroup(stored, level, inflateRawSync);
    if (isFault(group)) throw new PackLost(pack, group.fault);
    return group.value;
  }

  /** A group of a tree. It never changes. @throws PackLost */
  function readGroup(place: GroupPlace, level: number): Promise<Group> {
    const key = `${place.pack}/${place.offset}`;
    const group = kept.get(key) ?? fetchGroup(place, level);
    kept.delete(key);
    kept.set(key, group);
    group.catch(() => kept.delete(key));
    for (const oldest of kept.keys()) {
      if (kept.size <= GROUPS_KEPT) break;
      kept.delete(oldest);
    }
    return group;
  }

  /** Writes the pack of a position; returns whether it did, and there was none. */
  async function put(position: number, bytes: Uint8Array, { isKept = false } = {}): Promise<boolean> {
    const key = packKey(position);
    const Tagging = isKept ? undefined : EXPIRES;
    const input = { ...PACK, Bucket: bucket, Key: key, Body: bytes, IfNoneMatch: '*', Tagging };
    const attempt = async (): Promise<boolean> => {
      try {
        await objects.send(new PutObjectCommand(input));
        return true;
      } catch (error) {
        // 412 Precondition Failed, 409 Conditional Request Conflict (S3 user guide, "Conditional writes")
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
        if (status === 412) return false;
        if (status === 409) throw new RetryableError(`${key} is being written by others`);
        throw error;
      }
    };
    return retry(attempt, { attempts: ATTEMPTS, backoff });
  }

  return { part, footer, readGroup, put };
}

/** Runs at most `limit` tasks at once. */
function inTurns(limit: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <Result>(task: () => Promise<Result>): Promise<Result> => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
