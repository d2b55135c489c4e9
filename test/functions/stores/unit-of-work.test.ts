import { describe, expect, it } from 'vitest';
import type { EventStore, LoadedStream } from '../../../functions/stores/event-store.ts';
import { createUnitOfWork, TooMuchRead } from '../../../functions/stores/unit-of-work.ts';

const by = { source: '', commandId: '', now: new Date(0) };

/** Streams of so many bytes, and how many were loaded in all and at once. */
function streamsOf(bytes: number) {
  const met = { loaded: 0, atOnce: 0 };
  let loading = 0;
  const load = async (stream: string): Promise<LoadedStream> => {
    loading += 1;
    met.loaded += 1;
    met.atOnce = Math.max(met.atOnce, loading);
    await new Promise(setImmediate);
    loading -= 1;
    return { head: { stream, version: 0, lastCommit: 0, recordedAt: '' } as LoadedStream['head'], bytes, commits: [] };
  };
  return { met, unit: createUnitOfWork({ load } as EventStore, by) };
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `stream-${index}`);

describe('what an attempt reads', () => {
  it('is loaded eight streams at a time, each once', async () => {
    const { met, unit } = streamsOf(1_000);
    await unit.read(ids(250));
    await unit.read(ids(251));
    expect(met).toEqual({ loaded: 251, atOnce: 8 });
  });

  it('has at most 64 MB, over all reads: no more is loaded than crosses that', async () => {
    const { met, unit } = streamsOf(2_000_000);
    await unit.read(ids(32));
    await expect(unit.read(ids(250))).rejects.toThrow(TooMuchRead);
    expect(met.loaded).toBe(40);
  });
});
