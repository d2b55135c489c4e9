import { records } from '../../domain/projections/records.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Views } from '../stores/views.ts';
import type { CommandOutcome } from './earlier-outcome.ts';
import { positionsOf } from './receipt.ts';

export interface VisibleDeps {
  readonly log: Pick<LogStore, 'marker'>;
  /** The last position that the `records` read model has applied, -1 before the first; undefined while it stands still. */
  readonly applied: () => Promise<number | undefined>;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly clock: () => Date;
}

/** What `applied` tells of the read model that is served: one of an earlier revision stands still. */
export async function appliedIn(views: Pick<Views, 'served'>): Promise<number | undefined> {
  const { revision, checkpoint } = await views.served(records);
  return revision === records.revision ? checkpoint.position : undefined;
}

/**
 * Waits until every outcome is sealed and in the `records` read model, at most `seconds`. Returns the positions that are
 * known by then, and whether all outcomes became visible. It does not wait for a read model that stands still.
 */
export async function waitUntilVisible(outcomes: readonly CommandOutcome[], seconds: number, deps: VisibleDeps) {
  const deadline = deps.clock().getTime() + seconds * 1000;
  for (let pause = 10; ; pause = Math.min(pause * 2, 250)) {
    const positions = await positionsOf(deps.log, outcomes);
    const known = positions.filter((position) => position !== undefined);
    if (known.length === positions.length) {
      const applied = await deps.applied();
      if (applied === undefined) return { positions, visible: false };
      if (applied >= Math.max(...known)) return { positions, visible: true };
    }
    if (deps.clock().getTime() + pause > deadline) return { positions, visible: false };
    await deps.sleep(pause);
  }
}
