import { afterEach, expect, it, vi } from 'vitest';
import * as docs from '../../../functions/queries/docs-page.ts';
import { createQueries, type QueriesDeps } from '../../../functions/queries/queries.ts';
import { ORIGIN } from '../../support/commits.ts';

vi.mock('../../../functions/queries/docs-page.ts', { spy: true });
afterEach(() => vi.restoreAllMocks());

/** The documents need nothing of what the read models need. */
const queries = createQueries({ origin: ORIGIN, logger: { error: () => {} } } as unknown as QueriesDeps);

it.each(['/docs', '/v1/openapi.json'])(
  '%s is made once, and neither made nor read for its ETag again',
  async (path) => {
    const first = await queries.request(path);
    const etag = first.headers.get('ETag') ?? '';
    const text = await first.text();
    vi.mocked(docs.docsPage).mockClear();
    const digest = vi.spyOn(crypto.subtle, 'digest');
    const stringify = vi.spyOn(JSON, 'stringify');
    const again = await queries.request(path);
    expect([again.headers.get('ETag'), await again.text()]).toEqual([etag, text]);
    const known = await queries.request(path, { headers: { 'If-None-Match': etag } });
    expect([known.status, await known.text()]).toEqual([304, '']);
    const made = stringify.mock.calls.filter(([value]) => typeof value === 'object' && 'openapi' in value);
    expect([made.length, vi.mocked(docs.docsPage).mock.calls.length, digest.mock.calls.length]).toEqual([0, 0, 0]);
  },
);

it('differ in their ETags', async () => {
  const [page, json] = [await queries.request('/docs'), await queries.request('/v1/openapi.json')];
  expect(page.headers.get('ETag')).toMatch(/^"[0-9a-f]{64}"$/);
  expect(page.headers.get('ETag')).not.toBe(json.headers.get('ETag'));
  expect(json.headers.get('Content-Type')).toBe('application/json');
});
