import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Backoff, fullJitter, RetryableError, retry } from '../runtime/backoff.ts';

/**
 * The packs: groups of the trees over the rows of read models, one object for a statement. A pack is written once, under
 * the position of the statement, and anybody may read it, in parts. See docs/proofs.md.
 */

/** Whoever reads one may keep it for ever. */
const PACK = { ContentType: 'application/octet-stream', CacheControl: 'public, max-age=31536000, immutable' };

/** By this tag the bucket's lifecycle picks the packs that may go. */
export const EXPIRES = 'expires=yes';

const ATTEMPTS = 8;

export interface PacksPlace {
  readonly objects: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly backoff?: Backoff;
}

export type Packs = ReturnType<typeof createPacks>;

export function createPacks({ objects, bucket, backoff = fullJitter() }: PacksPlace) {
  /** A part of an object, as RFC 9110 section 14.1.2 names it; undefined when there is no such object. */
  async function range(key: string, Range?: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await objects.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range }));
      if (!Body) throw new Error(`${key}: an answer without a body`);
      return await Body.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** The bytes from `offset` on; undefined when there is no such object. */
  const part = (key: string, offset: number, length: number): Promise<Uint8Array | undefined> =>
    range(key, `bytes=${offset}-${offset + length - 1}`);

  /** The last bytes, at most so many; undefined when there is no such object. */
  const tail = (key: string, length: number): Promise<Uint8Array | undefined> => range(key, `bytes=-${length}`);

  /** Writes a pack; returns whether it did, and there was none under this key. */
  async function put(key: string, bytes: Uint8Array, { isKept = false } = {}): Promise<boolean> {
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

  return { part, tail, put };
}
