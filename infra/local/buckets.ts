import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { dirname, join } from 'node:path';
import { writeWhole } from './data-directory.ts';
import type { Answer } from './gateway-event.ts';

/** A request of the S3 REST API, with a path-style address. */
export interface ObjectRequest {
  readonly method: string | undefined;
  /** `/<bucket>/<key>`, perhaps with a query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Buckets as folders of files: GetObject, and PutObject with `If-None-Match: *` and `If-Match` (S3 user guide,
 * "Conditional writes"). An object is there whole or not at all, also after a kill; nothing comes between the look at a
 * condition and the write.
 */
export function createBuckets(names: readonly string[], directory: string): (request: ObjectRequest) => Answer {
  const known = new Set(names);

  return ({ method, url, headers, body }) => {
    const [, bucket = '', ...segments] = decodeURIComponent(url.split('?', 1)[0] ?? '').split('/');
    if (!known.has(bucket)) return fault(404, 'NoSuchBucket', `there is no bucket ${bucket}`);
    const isPath = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
    if (!isPath || segments.length === 0) return fault(400, 'InvalidURI', `${url} names no object here`);
    const file = join(directory, bucket, ...segments);
    if (method === 'GET') return get(file);
    if (method === 'PUT') return put(file, headers, body);
    return fault(501, 'NotImplemented', `the local run does not know ${method} of an object`);
  };
}

function get(file: string): Answer {
  const bytes = read(file);
  if (!bytes) return fault(404, 'NoSuchKey', 'The specified key does not exist.');
  const headers = { etag: etagOf(bytes), 'last-modified': statSync(file).mtime.toUTCString() };
  return { status: 200, headers: { 'content-type': 'application/octet-stream', ...headers }, body: bytes };
}

function put(file: string, headers: IncomingHttpHeaders, body: Buffer): Answer {
  if (headers['content-encoding']?.includes('aws-chunked')) {
    return fault(501, 'NotImplemented', 'the local run takes bodies as they are only');
  }
  const there = read(file);
  const fails = headers['if-none-match'] === '*' ? there !== undefined : false;
  const wanted = headers['if-match'];
  if (fails || (wanted !== undefined && (!there || etagOf(there) !== wanted))) {
    return fault(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, body);
  return { status: 200, headers: { etag: etagOf(body) }, body: Buffer.alloc(0) };
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

const fault = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  ),
});
