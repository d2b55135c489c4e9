import { beforeAll, describe, expect, it } from 'vitest';
import { formatCheckpoint } from '../../../domain/log/checkpoint.ts';
import { bundleBytes, bundlePath } from '../../../domain/log/tiles.ts';
import { publishedRoutes } from '../../../functions/audit/published-routes.ts';
import { createApp } from '../../../functions/http/app.ts';
import { lambdaHandler } from '../../../functions/http/lambda.ts';
import { ProblemError } from '../../../functions/http/problem.ts';
import { createPublishedLog } from '../../../functions/stores/published-log.ts';
import { createBucket } from '../../support/bucket.ts';

/** AWS limit of a function's answer. */
const MAX_ANSWER = 6_291_556;

/** As many entries as a bundle has, each as large as an event may be. */
const largest = bundleBytes(Array.from({ length: 256 }, (_, entry) => new Uint8Array(16 * 1024).fill(entry)));

const published = createPublishedLog({ objects: createBucket().client, bucket: 'published' });
const app = createApp({ error: () => {} });
app.route('/', publishedRoutes(published));
app.get('/texts/:bytes', (context) => context.json({ text: '"'.repeat(Number(context.req.param('bytes')) / 2) }));
app.get('/faults', () => {
  const fault = { pointer: `/${'k'.repeat(100_000)}`, rule: 'value-invalid', detail: 'must be text' } as const;
  throw new ProblemError('invalid-body', 'the body does not fit', { errors: Array.from({ length: 250 }, () => fault) });
});
const handler = lambdaHandler(app);

/** What an HTTP API makes of a request (payload format 2.0). */
const ask = async (path: string, headers: Record<string, string> = {}) => {
  const event = {
    version: '2.0',
    routeKey: 'GET /tile/{proxy+}',
    rawPath: path,
    rawQueryString: '',
    headers,
    requestContext: { domainName: 'registry.example.org', http: { method: 'GET', path } },
    isBase64Encoded: false,
  };
  return (await handler(event as never)) as {
    statusCode: number;
    headers: Record<string, string>;
    body: string;
    isBase64Encoded: boolean;
  };
};

describe('a function that answers with bytes', () => {
  beforeAll(async () => {
    await published.putOnce(bundlePath({ index: 0, width: 256 }), largest);
    await published.putVkey('key\n');
    const text = formatCheckpoint({ origin: 'registry.example.org', size: 256, root: new Uint8Array(32) });
    await published.replaceCheckpoint(`${text}\n— registry.example.org AAAA\n`, undefined);
  });

  it('has the largest bundle pass, whole and within the limit', async () => {
    const answer = await ask('/tile/entries/000');
    expect([answer.statusCode, answer.isBase64Encoded]).toEqual([200, true]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(Buffer.from(answer.body, 'base64').equals(largest)).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(MAX_ANSWER);
  });

  it('has a digest of all of it for an ETag, and answers 304', async () => {
    const { etag = '' } = (await ask('/tile/entries/000')).headers;
    expect(etag).toMatch(/^"[0-9a-f]{40}"$/);
    const again = await ask('/tile/entries/000', { 'if-none-match': etag });
    const headers = { etag, 'content-type': 'application/octet-stream' };
    expect(again).toMatchObject({ statusCode: 304, body: '', headers });
  });

  it.each([1_000, 250_000, 300_000, 4_000_000])('has %d bytes of JSON pass, full of quotes', async (bytes) => {
    const answer = await ask(`/texts/${bytes}`);
    expect([answer.statusCode, answer.isBase64Encoded]).toEqual([200, bytes > 256 * 1024]);
    const body = Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8').toString();
    expect(JSON.parse(body).text).toHaveLength(bytes / 2);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(MAX_ANSWER);
  });

  it('lists as many faults as fit, and says how many there are', async () => {
    const answer = await ask('/faults');
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(MAX_ANSWER);
    const { errors, detail } = JSON.parse(Buffer.from(answer.body, 'base64').toString());
    expect([errors.length, detail]).toEqual([9, 'the body does not fit (the first 9 of 250)']);
  });

  it('leaves text as it is', async () => {
    expect(await ask('/vkey')).toMatchObject({ statusCode: 200, body: 'key\n', isBase64Encoded: false });
    const missing = await ask('/tile/0/000');
    expect(missing).toMatchObject({ statusCode: 404, isBase64Encoded: false });
    expect(JSON.parse(missing.body).type).toBe('/problems/not-found');
  });
});
