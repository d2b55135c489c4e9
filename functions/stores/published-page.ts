import * as z from 'zod';
import { canonical } from '../runtime/canonical.ts';
import type { Commit } from './commits.ts';
import type { LogPage, PageCommit } from './log-items.ts';

/**
 * A page in the published log, which only the operator can read: everything about the commits that the entries do not
 * have, so that entries and pages together are what the events and log tables hold.
 */
export const publishedPage = z.strictObject({
  /** Of its first leaf. */
  first: z.int().min(0),
  /** `first` + the number of its leaves. */
  size: z.int().min(1),
  /** Of the tree of `size` leaves; hexadecimal. */
  root: z.string().regex(/^[0-9a-f]{64}$/),
  sealedAt: z.string(),
  commits: z.array(
    z.strictObject({
      stream: z.string(),
      version: z.int().min(1),
      previous: z.int().min(0),
      /** Of its events. */
      count: z.int().min(1),
      commandId: z.string(),
      requestHash: z.string(),
      recordedAt: z.string(),
    }),
  ),
});
export type PublishedPage = z.output<typeof publishedPage>;

/** The bytes of a page: canonical JSON, so that all publishers write the same. */
export function publishedPageBytes(page: LogPage, commitOf: (sealed: PageCommit) => Commit): Uint8Array {
  const { first, size, sealedAt } = page;
  const commits = page.commits.map((sealed) => {
    const { stream, version, previous, commandId, requestHash, recordedAt } = commitOf(sealed);
    return { stream, version, previous, count: sealed.count, commandId, requestHash, recordedAt };
  });
  const root = Buffer.from(page.root).toString('hex');
  return Buffer.from(canonical({ first, size, root, sealedAt, commits } satisfies PublishedPage));
}
