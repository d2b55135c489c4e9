import { READ_MODELS } from '../../domain/bookkeeping.ts';
import { unwrap } from '../../domain/log/read.ts';
import type { PackedModel } from '../../domain/row-tree/pack-footer.ts';
import { type ModelsStatement, reachedBy, readStatement } from '../../domain/row-tree/statement.ts';
import type { ReadGroup } from '../../domain/row-tree/tree.ts';
import type { Commit, Commits } from '../stores/commits.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { PublishedLog } from '../stores/published-log.ts';
import { assertSealed, type SealedEvent } from '../stores/sealed.ts';
import { type PublishedTree, readCheckpoint } from './checkpoint.ts';

/** The statements of what read models hold, as far as the signed log has them. */

export interface StatementsDeps {
  readonly commits: Pick<Commits, 'readBackwards'>;
  readonly log: Pick<LogStore, 'marker'>;
  readonly published: Pick<PublishedLog, 'checkpoint' | 'tile'>;
  readonly packs: {
    readonly footer: (position: number) => Promise<readonly PackedModel[] | undefined>;
    readonly readGroup: ReadGroup;
  };
  /** The position of the last pack that is kept, up to a position. */
  readonly lastKept: (position: number) => Promise<number | undefined>;
}

/** A statement in the log, and the signed tree that it is in. */
export interface Stated extends SealedEvent {
  readonly models: ModelsStatement;
  /** The last position that any of its models covers, under which its pack is kept. */
  readonly reached: number;
  /** Its version in the stream. */
  readonly version: number;
  readonly tree: PublishedTree;
}

type Deps = Pick<StatementsDeps, 'commits' | 'log' | 'published'>;

async function statedBy(commit: Commit, tree: PublishedTree, { log }: Deps): Promise<Stated | undefined> {
  const marker = await log.marker(commit);
  const text = commit.events[0];
  if (!marker || text === undefined || marker.position >= tree.size) return undefined;
  assertSealed(commit, marker);
  const models = unwrap(readStatement(Buffer.from(text)));
  return { models, reached: reachedBy(models), version: commit.version, text, position: marker.position, tree };
}

/** The newest statement that the signed checkpoint covers, of those before a version; undefined when there is none. */
async function newestBefore(before: number | undefined, deps: Deps): Promise<Stated | undefined> {
  const tree = await readCheckpoint(deps.published);
  if (!tree) return undefined;
  for await (const commit of deps.commits.readBackwards(READ_MODELS, before, 2)) {
    const stated = await statedBy(commit, tree, deps);
    if (stated) return stated;
  }
  return undefined;
}

export const newestStatement = (deps: Deps): Promise<Stated | undefined> => newestBefore(undefined, deps);

/** The last statement that covers nothing behind a position. Each statement is a version of the stream, in their order. */
async function lastUpTo(position: number, newest: Stated, deps: Deps): Promise<Stated | undefined> {
  if (newest.reached <= position) return newest;
  let [from, behind]: [Stated | undefined, number] = [undefined, newest.version];
  for (let first = 1; first < behind; ) {
    const middle = Math.floor((first + behind) / 2);
    const stated = await newestBefore(middle + 1, deps);
    if (stated && stated.reached <= position) {
      from = stated;
      first = middle + 1;
    } else behind = middle;
  }
  return from;
}

/** The last statement up to a position whose pack is kept; undefined when there is none. */
export async function lastKeptUpTo(position: number, deps: StatementsDeps): Promise<Stated | undefined> {
  const newest = await newestStatement(deps);
  for (let to = position; newest && to >= 0; ) {
    const stated = await lastUpTo(to, newest, deps);
    if (!stated) return undefined;
    const kept = await deps.lastKept(stated.reached);
    if (kept === undefined || kept === stated.reached) return kept === undefined ? undefined : stated;
    to = kept;
  }
  return undefined;
}
