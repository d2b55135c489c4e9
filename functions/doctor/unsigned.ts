import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { parseTilePath, smallestTreeWith } from '../../domain/log/tiles.ts';

export interface BucketPlace {
  readonly objects: Pick<S3Client, 'send'>;
  readonly bucket: string;
}

/**
 * The keys of objects that a publisher has written beyond the checkpoint of `size` and not signed. After a restore
 * other events may get those positions, and objects are never overwritten with other bytes.
 */
export async function* leftoversBeyond(size: number, place: BucketPlace): AsyncGenerator<string> {
  for (const prefix of ['tile/', 'pages/']) {
    for await (const key of keysUnder(prefix, place)) if (reachOf(key) > size) yield key;
  }
}

/** Deletes an object; its versions stay. */
export const removeObject = async (Key: string, { objects, bucket }: BucketPlace): Promise<void> =>
  void (await objects.send(new DeleteObjectCommand({ Bucket: bucket, Key })));

async function* keysUnder(Prefix: string, { objects, bucket }: BucketPlace): AsyncGenerator<string> {
  let ContinuationToken: string | undefined;
  do {
    const page = await objects.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, ContinuationToken }));
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

/** The size of the smallest tree that an object can be part of, by its key. */
function reachOf(key: string): number {
  const page = /^pages\/(\d{16})$/.exec(key)?.[1];
  if (page !== undefined) return Number(page) + 1;
  const place = parseTilePath(key);
  return place ? smallestTreeWith(place) : 0;
}
