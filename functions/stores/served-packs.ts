import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { packKey } from '../../domain/row-tree/pack.ts';
import type { PacksPlace } from './packs.ts';

/** A pack as it is passed on: whole, or a part of it. */
export interface PackPart {
  readonly bytes: Uint8Array;
  /** Of a part: which bytes of how many (RFC 9110 section 14.4). */
  readonly contentRange?: string;
}

/** Reads packs, and parts of them. */
export function createServedPacks({ objects, bucket }: Pick<PacksPlace, 'objects' | 'bucket'>) {
  /** The pack of a position, or a range of its bytes; undefined when there is no such pack, and `unfit` for no such range. */
  return async function readPart(position: number, Range?: string): Promise<PackPart | 'unfit' | undefined> {
    try {
      const input = { Bucket: bucket, Key: packKey(position), Range };
      const { Body, ContentRange } = await objects.send(new GetObjectCommand(input));
      if (!Body) throw new Error(`${input.Key}: an answer without a body`);
      const bytes = await Body.transformToByteArray();
      return { bytes, ...(ContentRange !== undefined && { contentRange: ContentRange }) };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      // 416 Range Not Satisfiable (S3 API reference, GetObject: `InvalidRange`)
      if ((error as Error).name === 'InvalidRange') return 'unfit';
      throw error;
    }
  };
}
