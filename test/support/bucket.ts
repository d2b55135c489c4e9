import { createHash } from 'node:crypto';
import { NoSuchKey, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

interface Input {
  readonly Key: string;
  readonly Body?: Uint8Array;
  readonly Prefix?: string;
  readonly ContinuationToken?: string;
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly Range?: string;
  readonly Tagging?: string;
}

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly at: number;
  readonly tags?: string | undefined;
}

/** As much of S3, in memory, as the registry uses: PutObject with its conditions, and the plain rest. */
export interface TestBucket {
  readonly client: Pick<S3Client, 'send'>;
  readonly objects: Map<string, StoredObject>;
  /** Every version of every object, in the order of writing. */
  readonly written: { readonly key: string; readonly bytes: Uint8Array }[];
  /** The keys of all objects that were ever removed. */
  readonly removed: string[];
  /** While true, no call arrives. */
  outage: boolean;
  /** Alters an object as nobody should. */
  tamper(key: string, change: (bytes: Uint8Array) => Uint8Array): void;
  text(key: string): string | undefined;
}

/** S3 answers with more; a test sees what comes after the first page. */
const KEYS_PER_PAGE = 5;

const refused = (httpStatusCode: number, name: string) =>
  new S3ServiceException({ $metadata: { httpStatusCode }, name, $fault: 'client' });

/** What S3 answers while another conditional write of the same object is under way. */
export const conflict = () => refused(409, 'ConditionalRequestConflict');

/** `bytes=<first>-<last>`, or `bytes=-<length>` for the end (RFC 9110 section 14.1.2). */
function partOf(bytes: Uint8Array, range = 'bytes=0-'): Uint8Array {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === '') return bytes.subarray(Math.max(0, bytes.length - Number(last)));
  return bytes.subarray(Number(first), last === '' ? bytes.length : Number(last) + 1);
}

export function createBucket(clock: () => number = Date.now): TestBucket {
  const store = (key: string, bytes: Uint8Array, tags?: string) => {
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    bucket.objects.set(key, { bytes: Uint8Array.from(bytes), etag, at: Math.floor(clock() / 1000) * 1000, tags });
    return etag;
  };

  function missing(key: string): NoSuchKey {
    const $response = { headers: bucket.removed.includes(key) ? { 'x-amz-delete-marker': 'true' } : {} };
    return Object.assign(new NoSuchKey({ $metadata: { httpStatusCode: 404 }, message: key }), { $response });
  }

  const commands: Record<string, (input: Input) => object> = {
    GetObjectCommand({ Key, Range }) {
      const found = bucket.objects.get(Key);
      if (!found) throw missing(Key);
      const { bytes, etag, at } = found;
      const part = partOf(bytes, Range);
      const first = part.byteOffset - bytes.byteOffset;
      if (Range !== undefined && part.length === 0) throw refused(416, 'InvalidRange');
      return {
        Body: { transformToByteArray: async () => Uint8Array.from(part) },
        ...(Range !== undefined && { ContentRange: `bytes ${first}-${first + part.length - 1}/${bytes.length}` }),
        ETag: etag,
        LastModified: new Date(at),
      };
    },
    PutObjectCommand({ Key, Body = new Uint8Array(), IfMatch, IfNoneMatch, Tagging }) {
      const found = bucket.objects.get(Key);
      if (IfMatch !== undefined && !found) throw missing(Key);
      const fails = (IfNoneMatch === '*' && found) || (IfMatch !== undefined && found?.etag !== IfMatch);
      if (fails) throw refused(412, 'PreconditionFailed');
      bucket.written.push({ key: Key, bytes: Uint8Array.from(Body) });
      return { ETag: store(Key, Body, Tagging) };
    },
    ListObjectsV2Command({ Prefix = '', ContinuationToken = '' }) {
      const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(Prefix) && key > ContinuationToken).sort();
      const page = keys.slice(0, KEYS_PER_PAGE);
      const more = page.length < keys.length;
      return { Contents: page.map((Key) => ({ Key })), ...(more && { NextContinuationToken: page.at(-1) }) };
    },
    DeleteObjectCommand({ Key }) {
      bucket.objects.delete(Key);
      bucket.removed.push(Key);
      return {};
    },
  };

  const send = async (command: { constructor: { name: string }; input: Input }) => {
    if (bucket.outage) throw Object.assign(new Error('connect ECONNREFUSED'), { name: 'TimeoutError' });
    const run = commands[command.constructor.name];
    if (!run) throw new Error(`${command.constructor.name} is not known`);
    return run(command.input);
  };

  const bucket: TestBucket = {
    client: { send: send as never },
    objects: new Map(),
    written: [],
    removed: [],
    outage: false,
    tamper(key, change) {
      const found = bucket.objects.get(key);
      if (!found) throw new Error(`there is no ${key}`);
      store(key, change(Uint8Array.from(found.bytes)));
    },
    text: (key) => {
      const found = bucket.objects.get(key);
      return found && Buffer.from(found.bytes).toString();
    },
  };
  return bucket;
}
