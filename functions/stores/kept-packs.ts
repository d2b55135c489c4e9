import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { packKey } from '../../domain/row-tree/pack.ts';
import type { PacksPlace } from './packs.ts';

const PREFIX = 'packs/';
/** Of how many more digits the packs of a position are listed each time that none is found. */
const LISTED_DIGITS = 3;

/** Which packs are kept. */
export function createKeptPacks({ objects, bucket }: Pick<PacksPlace, 'objects' | 'bucket'>) {
  /** The last key that begins so, up to `most`. */
  async function lastWith(Prefix: string, most: string): Promise<string | undefined> {
    let found: string | undefined;
    for (let ContinuationToken: string | undefined; ; ) {
      const page: ListObjectsV2CommandOutput = await objects.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix, ContinuationToken }),
      );
      const keys = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
      found = keys.findLast((key) => key <= most) ?? found;
      ContinuationToken = page.NextContinuationToken;
      if (ContinuationToken === undefined || keys.some((key) => key > most)) return found;
    }
  }

  /**
   * The position of the last pack that is kept, up to a position; undefined when there is none. A bucket lists forwards
   * only: so first those are listed that agree with the position in all digits but the last ones, then in fewer and fewer.
   */
  return async function lastKept(position: number): Promise<number | undefined> {
    const key = packKey(position);
    for (let digits = LISTED_DIGITS; ; digits += LISTED_DIGITS) {
      const prefix = key.slice(0, Math.max(PREFIX.length, key.length - digits));
      const found = await lastWith(prefix, key);
      if (found !== undefined) return Number(found.slice(PREFIX.length));
      if (prefix === PREFIX) return undefined;
    }
  };
}
