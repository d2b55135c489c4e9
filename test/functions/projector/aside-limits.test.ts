import { beforeEach, describe, expect, it } from 'vitest';
import { ASIDE_RECENT, ASIDE_RECORDS, RECENT_COMMITS } from '../../../domain/bounds.ts';
import { records } from '../../../domain/projections/records.ts';
import { type Commit, commitReader } from '../../../functions/stores/commits.ts';
import { createLogStore } from '../../../functions/stores/log-store.ts';
import { createViews } from '../../../functions/stores/views.ts';
import { acceptedCommits } from '../../support/accepted-history.ts';
import { createBus } from '../../support/bus.ts';
import { minute, putCommits, rawStream } from '../../support/commits.ts';
import { memoryEngine } from '../../support/memory.ts';
import { poisoned } from '../../support/poison.ts';
import { testProjector } from '../../support/registry.ts';
import { testSequencer } from '../../support/sequencer.ts';

const keys = ['pk', 'sk'] as const;
const tables = { events: 'events', log: 'log' };

function emptyRegistry() {
  const documents = memoryEngine({ events: ['stream', 'version'], log: keys, views: keys });
  const sequencer = testSequencer({ documents, tables, bus: createBus() });
  const [organization] = acceptedCommits().filter(({ stream }) => stream.startsWith('organization-'));
  let count = 0;
  return {
    log: createLogStore({ documents, table: 'log' }),
    commits: commitReader({ documents, table: 'events' }),
    views: createViews({ documents, table: 'views' }),
    tables,
    /** Records organizations, one after the other, each in a seal of its own; answers their ids. */
    async organizations(howMany: number): Promise<string[]> {
      const ids: string[] = [];
      for (let left = howMany; left > 0; left -= 1) {
        const { position: _, ...commit } = organization as Commit & { position: number };
        const letters = String(count)
          .padStart(3, '0')
          .replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '');
        const stream = `organization-${letters}${commit.stream.slice(-23)}`;
        const events = commit.events.map((event) => event.replaceAll(commit.stream, stream));
        await putCommits(documents, 'events', [{ ...commit, stream, events }]);
        while (!(await this.log.marker({ stream, version: 1 }))) await sequencer.run(minute);
        ids.push(stream);
        count += 1;
      }
      return ids;
    },
    /** Seals so many commits of the registry's own books. */
    async others(howMany: number): Promise<void> {
      count += 1;
      await putCommits(documents, 'events', rawStream(`reservation-${count}`, Array(howMany).fill(1)));
      const size = ((await this.log.readHead())?.size ?? 0) + howMany;
      while (((await this.log.readHead())?.size ?? 0) < size) await sequencer.run(minute);
    },
    projector: (bad: readonly string[]) => {
      const poisons = new Map(bad.map((id) => [id, { kind: 'from', version: 1 } as const]));
      return testProjector({ ...registry, projection: poisoned(records, poisons) });
    },
  };
}

let registry: ReturnType<typeof emptyRegistry>;
beforeEach(() => {
  registry = emptyRegistry();
});

const setAside = async () => [...(await registry.views.asides(records)).keys()];
const position = async (id = '') => (await registry.log.marker({ stream: id, version: 1 }))?.position ?? 0;
const checkpoint = () => registry.views.checkpoint(records);

describe('a projection that cannot take many records', () => {
  it(`goes on with ${ASIDE_RECENT}, and stops at one more within the last ${RECENT_COMMITS} commits`, async () => {
    const bad = await registry.organizations(ASIDE_RECENT);
    const [good] = await registry.organizations(1);
    expect(await registry.projector(bad).deliver()).toEqual([]);
    expect(await setAside()).toEqual(bad);
    await registry.others(RECENT_COMMITS - ASIDE_RECENT - 2);
    const [next, last] = await registry.organizations(2);
    const stopped = registry.projector([...bad, String(next)]);
    expect(await stopped.deliver()).toEqual(['0']);
    expect(stopped.stopped).toMatchObject([{ position: await position(next) }]);
    expect(await setAside()).toEqual(bad);
    const reason = `11 records would be set aside in the last 1000 commits: ${next} is not taken`;
    expect(await checkpoint()).toMatchObject({
      position: (await position(next)) - 1,
      stopped: { position: await position(next), reason },
    });
    const there = (id = '') => registry.views.newest(records, `record/${id}`, undefined, 1);
    expect((await there(good)).rows).toHaveLength(1);
    expect((await there(last)).rows).toHaveLength(0);
    // The same again changes nothing, and the build that can take them goes on.
    expect(await registry.projector([...bad, String(next)]).deliver()).toEqual(['0']);
    const sound = registry.projector([]);
    expect(await sound.deliver()).toEqual([]);
    expect(await setAside()).toEqual([]);
    expect((await there(last)).rows).toHaveLength(1);
    expect(await checkpoint()).not.toHaveProperty('stopped');
  });

  it(`goes on with one more when the first of them is not among the last ${RECENT_COMMITS} commits`, async () => {
    const bad = await registry.organizations(ASIDE_RECENT);
    await registry.others(RECENT_COMMITS - ASIDE_RECENT);
    bad.push(...(await registry.organizations(1)));
    expect(await registry.projector(bad).deliver()).toEqual([]);
    expect(await setAside()).toEqual(bad);
  });

  it(`stops at the one after ${ASIDE_RECORDS}, however far apart they are`, async () => {
    const bad = await registry.organizations(ASIDE_RECORDS / 2);
    await registry.others(RECENT_COMMITS);
    bad.push(...(await registry.organizations(ASIDE_RECORDS / 2)));
    await registry.others(RECENT_COMMITS);
    const [next] = await registry.organizations(1);
    expect(await registry.projector([...bad, String(next)]).deliver()).toEqual(['0']);
    expect(await setAside()).toEqual(bad);
    expect((await checkpoint()).stopped).toEqual({
      position: await position(next),
      reason: `21 records would be set aside: ${next} is not taken`,
    });
  });
});
