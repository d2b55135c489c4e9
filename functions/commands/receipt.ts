import type { Receipt } from '../../domain/answers/receipts.ts';
import type { Warning } from '../../domain/kernel/refusal.ts';
import { leafHash } from '../../domain/log/merkle.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { CommandOutcome } from './earlier-outcome.ts';

const utf8 = new TextEncoder();

export function receiptOf(
  { commit, offset, count }: CommandOutcome,
  position: number | undefined,
  warnings: readonly Warning[] = [],
): Receipt {
  const events = commit.events.slice(offset, offset + count);
  return {
    id: commit.stream,
    version: commit.version + offset + count - 1,
    events: events.map((event, index) => ({
      id: `${commit.stream}/${commit.version + offset + index}`,
      type: (JSON.parse(event) as { type: string }).type,
      leafHash: Buffer.from(leafHash(sha256, utf8.encode(event))).toString('base64'),
    })),
    recordedAt: commit.recordedAt,
    ...(position === undefined ? {} : { position }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

/** Positions of the last event of each outcome; `undefined` where its commit is not sealed yet. */
export const positionsOf = (log: Pick<LogStore, 'marker'>, outcomes: readonly CommandOutcome[]) =>
  Promise.all(
    outcomes.map(async ({ commit, offset, count }) => {
      const marker = await log.marker(commit);
      return marker && marker.position + offset + count - 1;
    }),
  );
