import { equalBytes } from '../../domain/log/bytes.ts';
import { type Commit, type Commits, keyText } from '../stores/commits.ts';
import type { LogPage } from '../stores/log-items.ts';
import type { LogEnd } from '../stores/log-repair.ts';
import type { LogStore } from '../stores/log-store.ts';
import { type PublishedLog, pageKey } from '../stores/published-log.ts';
import { isUnreadable, readCommit, type Sealable } from '../stores/sealable.ts';
import { type DesiredPage, pageAfter } from './desired-pages.ts';
import { holdToBytes, PublishedLogBroken, parsePage } from './read-published.ts';

/** A sealed commit has changed. It is evidence, which nothing may replace unnoticed. */
export class SealedCommitDiffers extends Error {
  override readonly name = 'SealedCommitDiffers';
}

export interface UnpublishedSources {
  readonly log: Pick<LogStore, 'pagesBeginning'>;
  readonly commits: Pick<Commits, 'readCommits'>;
  readonly published: Pick<PublishedLog, 'get'>;
}

/**
 * The next page beyond the signed tree; undefined where the log has to end. A page that a publisher has written and
 * died before signing has priority, if all its commits are there: objects are written once, so another page in its
 * place could never be published. Otherwise the sealed page is kept, if all its commits are there and it follows
 * `before`.
 */
export async function nextUnpublished(
  before: LogEnd,
  sources: UnpublishedSources,
  keepsSealed: boolean,
): Promise<DesiredPage | undefined> {
  const written = await writtenPage(before, sources);
  if (written) return written;
  return keepsSealed ? sealedPage(before, sources) : undefined;
}

async function writtenPage(
  before: LogEnd,
  { commits, published }: UnpublishedSources,
): Promise<DesiredPage | undefined> {
  const place = pageKey(before.size);
  const bytes = await published.get(place);
  if (!bytes) return undefined;
  try {
    const page = parsePage(place, bytes);
    const sealed = sealedOf(page.commits, await commits.readCommits(page.commits));
    if (!sealed) return undefined;
    const next = pageAfter(before, sealed, page.sealedAt);
    holdToBytes(place, bytes, next);
    return next;
  } catch (error) {
    // It lists commits that have changed, or follows another history: not a page of this log. `objects.ts` reports it.
    if (error instanceof PublishedLogBroken || error instanceof SealedCommitDiffers) return undefined;
    throw error;
  }
}

async function sealedPage(before: LogEnd, { log, commits }: UnpublishedSources): Promise<DesiredPage | undefined> {
  const page = await firstPage(before.size, log);
  if (page?.first !== before.size) return undefined;
  const sealed = sealedOf(page.commits, await commits.readCommits(page.commits));
  if (!sealed) return undefined;
  const next = pageAfter(before, sealed, page.sealedAt);
  if (equalBytes(next.page.root, page.root)) return next;
  holdToLeaves(page, next.page);
  return undefined;
}

/**
 * The listed commits, ready to be sealed; undefined if one is missing. @throws SealedCommitDiffers if one has changed
 */
function sealedOf(
  listed: readonly Pick<LogPage['commits'][number], 'stream' | 'version' | 'count' | 'requestHash'>[],
  found: ReadonlyMap<string, Commit>,
): Sealable[] | undefined {
  const sealed: Sealable[] = [];
  for (const one of listed) {
    const commit = found.get(keyText(one));
    if (!commit) return undefined;
    const readable = readCommit(commit);
    if (isUnreadable(readable) || commit.events.length !== one.count || commit.requestHash !== one.requestHash) {
      throw new SealedCommitDiffers(`${keyText(one)} is not the commit that was sealed`);
    }
    sealed.push(readable);
  }
  return sealed;
}

/**
 * A page that follows another history may be removed. @throws SealedCommitDiffers for one whose commits have changed
 */
function holdToLeaves(page: LogPage, made: LogPage): void {
  const altered = made.leaves.findIndex((leaf, at) => !equalBytes(leaf, page.leaves[at] ?? new Uint8Array()));
  if (altered < 0) return;
  const position = page.first + altered;
  const commit = page.commits.findLast((one) => one.position <= position);
  throw new SealedCommitDiffers(`${commit && keyText(commit)} at position ${position} has changed since it was sealed`);
}

async function firstPage(from: number, log: Pick<LogStore, 'pagesBeginning'>): Promise<LogPage | undefined> {
  for await (const page of log.pagesBeginning(from, Number.MAX_SAFE_INTEGER, 1)) return page;
  return undefined;
}
