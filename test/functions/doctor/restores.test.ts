import { describe, expect, it } from 'vitest';
import { rawStream } from '../../support/commits.ts';
import { crashing, dieAtEach, type Landing, type SentCommand, type Tap } from '../../support/faults.ts';
import { checkWorld, createWorld, worldWithHistory } from '../../support/restores.ts';

type World = Awaited<ReturnType<typeof worldWithHistory>>;

/** What happens to the tables, by name; each leaves the bucket as it is. */
const restores: Record<string, (world: World) => Promise<unknown>> = {
  'an older log table': ({ restore, backups }) => restore('log', backups.old.log),
  'an empty log table': ({ restore }) => restore('log', []),
  'an older events table': ({ restore, backups }) => restore('events', backups.old.events),
  'an empty events table': ({ restore }) => restore('events', []),
  async 'both older'({ restore, backups }) {
    await restore('events', backups.old.events);
    await restore('log', backups.old.log);
  },
  async 'both older, under new names'({ restore, backups }) {
    await restore('events', backups.old.events, 'events-restored');
    await restore('log', backups.old.log, 'log-restored');
  },
  async 'both complete, under new names'({ restore, backups }) {
    await restore('events', backups.last.events, 'events-restored');
    await restore('log', backups.last.log, 'log-restored');
  },
  async 'both empty'({ restore }) {
    await restore('events', []);
    await restore('log', []);
  },
  async 'everything older'({ restore, backups }) {
    for (const kind of ['events', 'log', 'views'] as const) await restore(kind, backups.old[kind]);
  },
  async 'an older log table that went on differently'({ restore, backups, seal, publisher }) {
    await restore('log', backups.old.log);
    await seal(rawStream('g', [1, 2]));
    await publisher().wake();
  },
  async 'an older log table that went on differently, seen by read models'(world) {
    await restores['an older log table that went on differently']?.(world);
    await world.restore('views', world.backups.old.views);
    await world.project();
  },
  async 'both older, that went on with other streams'({ restore, backups, seal, publisher }) {
    await restore('events', backups.old.events);
    await restore('log', backups.old.log);
    await seal(rawStream('g', [1, 2, 30]));
    await publisher().wake();
  },
  async 'an older HEAD'({ restore, backups }) {
    const isHead = ({ pk }: Record<string, unknown>) => pk === 'head';
    await restore('log', [...backups.last.log.filter((item) => !isHead(item)), ...backups.old.log.filter(isHead)]);
  },
  'no HEAD': ({ restore, backups }) =>
    restore(
      'log',
      backups.last.log.filter(({ pk }) => pk !== 'head'),
    ),
  'half of the last transaction, its markers': ({ restore, backups }) => restore('log', halfOf(backups)),
  async 'half of the last transaction, and a log that went on'({ restore, backups, seal }) {
    await restore('log', halfOf(backups));
    await seal(rawStream('g', [3]));
  },
  async 'half of the last transaction, whose commits are lost'({ restore, backups }) {
    await restore('log', halfOf(backups));
    await restore('events', backups.published.events);
  },
  'the index by instant missing': ({ restore, backups }) =>
    restore(
      'log',
      backups.last.log.filter(({ pk }) => !String(pk).startsWith('sealed/')),
    ),
  'an empty log table that a publisher has halted': async ({ restore, publisher }) => {
    await restore('log', []);
    await publisher().wake();
  },
  'a page and markers missing': ({ restore, backups }) =>
    restore(
      'log',
      backups.last.log.filter(({ pk, sk }) => !(pk === 'page' && sk === 6) && pk !== 'b'),
    ),
};

/** The last page with its HEAD and its instant did not come back, its markers did. */
function halfOf({ last, published }: World['backups']) {
  const [head] = published.log.filter(({ pk }) => pk === 'head');
  const markers = last.log.filter(({ pk }) => !/^(head|page|announced|scan|sealed.*)$/.test(String(pk)));
  return [
    ...published.log.filter((item) => item !== head),
    ...markers.filter((item) => !published.log.some(same(item))),
    head ?? {},
  ];
}

const same = (one: Record<string, unknown>) => (other: Record<string, unknown>) =>
  one.pk === other.pk && one.sk === other.sk;

describe.each(Object.entries(restores))('after %s', (_, restore) => {
  it('brings back the published order and goes on from there', async () => {
    const world = await worldWithHistory();
    await restore(world);
    expect(await world.repair()).toMatchObject({ state: 'ill', needsRepair: true, isRepaired: true, remains: [] });
    await checkWorld(world);
  });

  it('changes nothing while it says what it would do', async () => {
    const world = await worldWithHistory();
    await restore(world);
    const before = await world.backup();
    const { findings, steps } = await world.doctor().diagnose();
    expect([findings.length > 0, steps.length > 0]).toEqual([true, true]);
    expect(await world.backup()).toEqual(before);
  });

  it.each(['before', 'after'] as const)(
    'finishes in another run when it dies at any of its writes, %s its effect',
    async (landing) => expect(await deaths(restore, landing, isWrite)).toBeGreaterThanOrEqual(3),
  );
});

describe.each(['both older, under new names', 'an older log table that went on differently, seen by read models'])(
  'after %s',
  (name) => {
    it.each(['before', 'after'] as const)(
      'finishes in another run when it dies at any command at all, %s its effect',
      async (landing) => expect(await deaths(restores[name] as never, landing, () => true)).toBeGreaterThan(80),
    );
  },
);

const isWrite = ({ name }: SentCommand) => /^(Put|Update|Delete|TransactWrite)Command$/.test(name);

/** Lets a doctor die at each of some commands, one after the other; answers how many there are. */
const deaths = (
  restore: (world: World) => Promise<unknown>,
  landing: Landing,
  counts: (command: SentCommand) => boolean,
): Promise<number> =>
  dieAtEach(async (step) => {
    // At one instant or at different ones: pages may share an item of the index by instant.
    const world = await worldWithHistory([2, 1], await createWorld(undefined, undefined, step % 2));
    await restore(world);
    const death = crashing(step, landing);
    const tap: Tap = (command, next) => (death.dead || counts(command) ? death(command, next) : next());
    await world.repair([tap]).catch(() => {});
    if (!death.dead) return false;
    expect((await world.repair()).remains, `died ${landing} ${step}`).toEqual([]);
    await checkWorld(world);
    return true;
  });
