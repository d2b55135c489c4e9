import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { applyCommits } from '../../domain/projections/projection.ts';
import { recordRow, records } from '../../domain/projections/records.ts';
import { rowKey } from '../../domain/projections/sums.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { readerOf } from '../../functions/queries/reader.ts';
import { createRegister } from '../../functions/queries/register.ts';
import { createReplay } from '../../functions/queries/replay.ts';
import { canonical } from '../../functions/runtime/canonical.ts';
import type { Commit } from '../../functions/stores/commits.ts';
import type { RowKey } from '../../functions/stores/views.ts';
import { eventsOf } from '../support/decider.ts';
import { idNumber, type Kind } from './kinds.ts';

/** A record of `n` facts in stores that cost nothing, each of its events a commit of its own at the position before its version. */
export function grownRecord({ id, opening, fact, act, set }: Kind, n: number) {
  const facts = [...opening, ...Array.from({ length: n }, (_, index) => fact(index, n))];
  const events = eventsOf(id, facts).map(
    (event, index): RegistryEvent => ({ ...event, onbehalfof: idNumber('organization', index % 2) }),
  );
  const stored = events.map(
    (event, index): Commit => ({
      stream: id,
      version: index + 1,
      previous: index,
      events: [canonical(event)],
      commandId: '',
      requestHash: '',
      recordedAt: event.time,
    }),
  );
  const commits = {
    async *readForwards(_: string, after = 0, to = Number.MAX_SAFE_INTEGER) {
      yield* stored.slice(after, to);
    },
    readCommits: async (keys: Iterable<{ stream: string; version: number }>) =>
      new Map([...keys].map(({ version }) => [`${id}/${version}`, stored[version - 1] as Commit])),
  };
  const markers = stored.map(({ version }) => ({ stream: id, version, position: version - 1, count: 1 }));
  const log = {
    streamMarkers: async (_: string, to: number) => markers.slice(0, to),
    pageAt: async () => undefined,
    async *readPages(from: number, to: number) {
      yield { commits: markers.slice(from, to) };
    },
  };
  const row = { id, version: stored.length, collection: aggregateOf(id), names: [] };
  const views = {
    get: async (_: unknown, keys: readonly RowKey[]) => {
      const own = rowKey({ partition: recordRow(id), sort: id });
      return new Map(keys.some((key) => rowKey(key) === own) ? [[own, row]] : []);
    },
    newest: async () => ({ rows: [], more: false }),
  };
  const stores = { commits, log, views };
  return {
    id,
    /** How many facts it begins with, and how many there are. */
    opening: opening.length,
    size: stored.length,
    act,
    set,
    stores,
    register: createRegister({ ...stores, reader: readerOf(stores.views as never, records) } as never),
    folded: async () => applyCommits(undefined, await createReplay(stores as never).events(id, markers as never)),
  };
}

export type GrownRecord = ReturnType<typeof grownRecord>;
