import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { dirname, join, relative, sep } from 'node:path';
import { writeWhole } from './data-directory.ts';
import type { LambdaAnswer } from './gateway-event.ts';
import { md5Of } from './md5.ts';

/** S3's limit. */
const KEYS_PER_PAGE = 1000;

/** A request of the S3 REST API with a path-style address. */
export interface ObjectRequest {
  readonly method: string | undefined;
  /** `/<bucket>/<key>`, perhaps with a query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Buckets as folders of files: GetObject with a range of bytes, PutObject with `If-None-Match: *` and `If-Match` (S3 user guide, "Conditional
 * writes"), DeleteObject, ListObjectsV2. Writing an object is atomic, also when the process is killed, and so is checking
 * its condition and writing it.
 */
export function createBuckets(names: readonly string[], directory: string): (request: ObjectRequest) => LambdaAnswer {
  const known = new Set(names);

  return ({ method, url, headers, body }) => {
    const [path = '', query = ''] = url.split('?');
    const [, bucket = '', ...segments] = decodeURIComponent(path).split('/');
    if (!known.has(bucket)) return fault(404, 'NoSuchBucket', `there is no bucket ${bucket}`);
    if (method === 'GET' && segments.join('') === '') return list(join(directory, bucket), new URLSearchParams(query));
    const isPath = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
    if (!isPath || segments.length === 0) return fault(400, 'InvalidURI', `${url} names no object here`);
    const file = join(directory, bucket, ...segments);
    if (method === 'GET') return get(file, headers.range);
    if (method === 'PUT') return put(file, headers, body);
    if (method === 'DELETE') return remove(file);
    return fault(501, 'NotImplemented', `the local run does not know ${method} of an object`);
  };
}

function get(file: string, range?: string): LambdaAnswer {
  const bytes = read(file);
  if (!bytes) return noSuchKey();
  const times = { etag: etagOf(bytes), 'last-modified': statSync(file).mtime.toUTCString() };
  const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', ...times };
  if (range === undefined) return { status: 200, headers, body: bytes };
  const part = partOf(range, bytes.length);
  if (!part) return fault(416, 'InvalidRange', 'The requested range is not satisfiable');
  const told = { 'content-range': `bytes ${part.first}-${part.end - 1}/${bytes.length}` };
  return { status: 206, headers: { ...headers, ...told }, body: bytes.subarray(part.first, part.end) };
}

/** `bytes=<first>-`, `bytes=<first>-<last>`, or `bytes=-<length>` for the end (RFC 9110 section 14.1.2). */
function partOf(range: string, size: number): { readonly first: number; readonly end: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  return first < end ? { first, end } : undefined;
}

function put(file: string, headers: IncomingHttpHeaders, body: Buffer): LambdaAnswer {
  if (headers['content-encoding']?.includes('aws-chunked')) {
    return fault(501, 'NotImplemented', 'the local run takes bodies as they are only');
  }
  const there = read(file);
  const wanted = headers['if-match'];
  if (wanted !== undefined && !there) return noSuchKey();
  if ((headers['if-none-match'] === '*' && there) || (wanted !== undefined && there && etagOf(there) !== wanted)) {
    return fault(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, body);
  return { status: 200, headers: { etag: etagOf(body) }, body: Buffer.alloc(0) };
}

function remove(file: string): LambdaAnswer {
  rmSync(file, { force: true });
  return { status: 204, headers: {}, body: Buffer.alloc(0) };
}

/** A page of keys in order. Its continuation token is its last key. */
function list(folder: string, query: URLSearchParams): LambdaAnswer {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? '';
  const keys = filesIn(folder)
    .filter((key) => key.startsWith(prefix) && key > after)
    .sort();
  const page = keys.slice(0, KEYS_PER_PAGE);
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  const isTruncated = page.length < keys.length;
  const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return xml(200, `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${contents}${next}</ListBucketResult>`);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
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

const etagOf = (bytes: Buffer): string => `"${md5Of(bytes)}"`;

const noSuchKey = (): LambdaAnswer => fault(404, 'NoSuchKey', 'The specified key does not exist.');

const fault = (status: number, code: string, message: string): LambdaAnswer =>
  xml(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);

const xml = (status: number, content: string): LambdaAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${content}`),
});
