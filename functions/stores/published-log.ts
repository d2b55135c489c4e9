import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { fault, type Read } from '../../domain/log/read.ts';
import {
  type BundleId,
  bundlePath,
  readBundle,
  readTile,
  type Tile,
  type TileId,
  tilePath,
} from '../../domain/log/tiles.ts';
import { type Backoff, fullJitter, RetryableError, retry } from '../runtime/backoff.ts';

/**
 * The published log: a bucket that is a complete static log (C2SP tlog-tiles), with the pages under a prefix that is
 * not served. Invariants:
 *
 * - Every object but `checkpoint` is written once, under a name that identifies its leaves. The same bytes may be
 *   written again; other bytes never are.
 * - `checkpoint` is replaced last, on condition that it is the one that was read: everything in its tree is there.
 */

/** The key has other bytes already: the bucket is of another log, or was altered. */
export class DifferentObject extends Error {
  override readonly name = 'DifferentObject';
  constructor(key: string) {
    super(`the published log holds other bytes under ${key} than those that belong there`);
  }
}

/** The checkpoint was deleted. Its older versions still show what was promised. */
export class CheckpointRemoved extends Error {
  override readonly name = 'CheckpointRemoved';
  constructor() {
    super('the published checkpoint was removed');
  }
}

export interface PublishedCheckpoint {
  /** The signed note. */
  readonly note: string;
  readonly etag: string;
  /** Milliseconds since 1970, to the second. */
  readonly publishedAt: number;
}

const CHECKPOINT = 'checkpoint';
export const VKEY = 'vkey';
const TEXT = { ContentType: 'text/plain; charset=utf-8' };
/** Caches in front of the bucket may keep it for ever. */
const BYTES = { ContentType: 'application/octet-stream', CacheControl: 'public, max-age=31536000, immutable' };

/** Attempts to put an object that others write too. */
const ATTEMPTS = 8;

/** The key of the page that begins at a position. */
export const pageKey = (first: number): string => `pages/${String(first).padStart(16, '0')}`;

export type PublishedLog = ReturnType<typeof createPublishedLog>;

type Headers = Pick<PutObjectCommandInput, 'ContentType' | 'CacheControl'>;

export interface PublishedPlace {
  readonly objects: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly backoff?: Backoff;
}

export function createPublishedLog({ objects, bucket, backoff = fullJitter() }: PublishedPlace) {
  async function fetch(key: string) {
    try {
      const { Body, ETag, LastModified } = await objects.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      // An `IfMatch` without an ETag would be no condition at all.
      if (!Body || !ETag) throw new Error(`${key}: an answer without a body or an ETag`);
      return { bytes: await Body.transformToByteArray(), etag: ETag, publishedAt: LastModified?.getTime() ?? 0 };
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
      if (key === CHECKPOINT && isDeleted(error)) throw new CheckpointRemoved();
      return undefined;
    }
  }

  /** An object's bytes; undefined when there is none. */
  const get = async (key: string): Promise<Uint8Array | undefined> => (await fetch(key))?.bytes;

  /** Writes an object that never changes. @throws DifferentObject */
  async function putOnce(key: string, bytes: Uint8Array, headers: Headers = BYTES): Promise<void> {
    const input = { ...headers, Bucket: bucket, Key: key, Body: bytes, IfNoneMatch: '*' };
    const attempt = async (): Promise<void> => {
      if (await put(input)) return;
      const there = await get(key);
      if (there && Buffer.from(there).equals(bytes)) return;
      if (there) throw new DifferentObject(key);
      // Another write of the object has begun (409) and not ended yet.
      throw new RetryableError(`${key} can neither be written nor read`);
    };
    await retry(attempt, { attempts: ATTEMPTS, backoff });
  }

  /** Returns whether the condition held; also false when there is a concurrent write. */
  async function put(input: PutObjectCommandInput): Promise<boolean> {
    try {
      await objects.send(new PutObjectCommand(input));
      return true;
    } catch (error) {
      // 412 Precondition Failed, 409 Conditional Request Conflict (S3 user guide, "Conditional writes")
      const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
      if (status === 412 || status === 409) return false;
      throw error;
    }
  }

  /** The current checkpoint; undefined until something is published. */
  async function checkpoint(): Promise<PublishedCheckpoint | undefined> {
    const found = await fetch(CHECKPOINT);
    if (!found) return undefined;
    const { bytes, etag, publishedAt } = found;
    return { note: Buffer.from(bytes).toString(), etag, publishedAt };
  }

  /** Replaces the checkpoint that was read, or puts the first one; returns whether it was still the current one. */
  const replaceCheckpoint = (note: string, before: PublishedCheckpoint | undefined): Promise<boolean> =>
    put({
      ...TEXT,
      Bucket: bucket,
      Key: CHECKPOINT,
      Body: Buffer.from(note),
      CacheControl: 'no-cache',
      ...(before ? { IfMatch: before.etag } : { IfNoneMatch: '*' }),
    });

  async function tile(id: TileId): Promise<Read<Tile>> {
    const bytes = await get(tilePath(id));
    return bytes ? readTile(id, bytes) : fault(`the published log has no ${tilePath(id)}`);
  }

  /** The entries of a bundle. */
  async function bundle(id: BundleId): Promise<Read<Uint8Array[]>> {
    const bytes = await get(bundlePath(id));
    return bytes ? readBundle(id, bytes) : fault(`the published log has no ${bundlePath(id)}`);
  }

  /** The text of the verifier key. */
  const vkey = async (): Promise<string | undefined> => {
    const bytes = await get(VKEY);
    return bytes && Buffer.from(bytes).toString();
  };

  const putVkey = (text: string): Promise<void> => putOnce(VKEY, Buffer.from(text), TEXT);

  return { get, putOnce, checkpoint, replaceCheckpoint, tile, bundle, vkey, putVkey };
}

/** Whether the current version is a delete marker (GetObject, response header `x-amz-delete-marker`). */
const isDeleted = ({ $response }: NoSuchKey): boolean => $response?.headers?.['x-amz-delete-marker'] === 'true';
