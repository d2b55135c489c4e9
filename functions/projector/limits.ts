import { ASIDE_REASON, ASIDE_RECENT, ASIDE_RECORDS, COMMIT_EVENTS, RECENT_COMMITS } from '../../domain/bounds.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Aside, Asides } from '../stores/view-items.ts';

/** The first line of what went wrong. */
export function reasonOf({ message, name }: Error): string {
  const [line = ''] = message.split('\n');
  return (line || name).slice(0, ASIDE_REASON).toWellFormed();
}

/**
 * Why one more record may not be set aside: so many that the fault is rather ours than theirs, and the read model would
 * lose records quietly. Records are counted and not their commits: else whoever goes on acting on one record that is set
 * aside would stop the projection for everybody.
 */
export async function whyTooMany(
  asides: Asides,
  next: Aside,
  log: Pick<LogStore, 'readPages'>,
): Promise<string | undefined> {
  const count = asides.size + 1;
  if (count > ASIDE_RECORDS) return `${count} records would be set aside: ${next.reason}`;
  if (count <= ASIDE_RECENT) return undefined;
  const from = await firstOfRecent(next.position, log);
  const recent = [...asides.values(), next].filter(({ position }) => position >= from).length;
  if (recent <= ASIDE_RECENT) return undefined;
  return `${recent} records would be set aside in the last ${RECENT_COMMITS} commits: ${next.reason}`;
}

/** The first position of the last commits up to a position: so many positions hold them in any case. */
async function firstOfRecent(position: number, log: Pick<LogStore, 'readPages'>): Promise<number> {
  const positions: number[] = [];
  for await (const { commits } of log.readPages(Math.max(0, position - RECENT_COMMITS * COMMIT_EVENTS), position + 1)) {
    positions.push(...commits.map((commit) => commit.position).filter((first) => first <= position));
    positions.splice(0, positions.length - RECENT_COMMITS);
  }
  return positions[0] ?? 0;
}
