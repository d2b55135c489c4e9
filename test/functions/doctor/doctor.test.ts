import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { AT_WORK } from '../../../functions/stores/log-repair.ts';
import { stepOf } from '../../../functions/stores/log-step.ts';
import { readCommit, type Sealable } from '../../../functions/stores/sealable.ts';
import type { ViewCheckpoint } from '../../../functions/stores/view-items.ts';
import { minute, rawCommit, rawStream } from '../../support/commits.ts';
import { crashing, dieAtEach, type Tap } from '../../support/faults.ts';
import { checkWorld, createWorld, inMemory, projection, worldWithHistory } from '../../support/restores.ts';
import { createScheduler, seeded } from '../../support/scheduler.ts';

type World = Awaited<ReturnType<typeof worldWithHistory>>;

/** Everything that the doctor could change. */
const everything = async (world: World) => [await world.backup(), [...world.bucket.objects], world.bucket.removed];

describe('a healthy registry', () => {
  it('is left as it is, and called healthy', async () => {
    const world = await worldWithHistory();
    const before = await everything(world);
    expect(await world.repair()).toMatchObject({
      state: 'healthy',
      steps: [],
      isRepaired: true,
      sealed: 0,
      remains: [],
    });
    expect(await everything(world)).toEqual(before);
  });

  it('may be new', async () => {
    const world = await createWorld();
    expect(await world.repair()).toMatchObject({
      state: 'healthy',
      findings: expect.arrayContaining(['nothing was published yet']),
    });
    expect(await world.log().readHead()).toBeUndefined();
  });

  it('gets commits sealed that no sequencer has seen, and is not halted for it', async () => {
    const world = await worldWithHistory();
    await world.put([...rawStream('g', [1, 3]), rawCommit('e', 3, 2)]);
    const { state, needsRepair, steps } = await world.doctor().diagnose();
    expect({ state, needsRepair, steps }).toEqual({
      state: 'ill',
      needsRepair: false,
      steps: ['seal 3 commits at the end of the log'],
    });
    expect(await world.repair()).toMatchObject({ isRepaired: true, sealed: 5, remains: [] });
    await checkWorld(world);
  });

  it('reports a commit that nobody can seal', async () => {
    const world = await worldWithHistory();
    await world.put([{ ...rawCommit('g', 1, 0), events: ['{}'] }]);
    const { isRepaired, remains } = await world.repair();
    expect(isRepaired).toBe(false);
    expect(remains).toEqual([expect.stringContaining('g/1')]);
  });

  it('may be at work meanwhile', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const world = await worldWithHistory([2, 1]);
      const { run, tap } = createScheduler(seeded(seed));
      const busy = async () => {
        for (const stream of ['g', 'h', 'i', 'j']) {
          await world.put(rawStream(stream, [1, 2]));
          await world.sequencer([tap]).run(minute);
          await world.publisher([tap]).wake();
          await world.project();
        }
      };
      const diagnoses: unknown[] = [];
      await run([
        busy(),
        world
          .doctor([tap])
          .diagnose()
          .then(({ needsRepair, state }) => diagnoses.push(needsRepair, state)),
      ]);
      expect(diagnoses[0], `SEED ${seed}`).toBe(false);
      expect(diagnoses[1]).not.toBe('refused');
      await checkWorld(world);
    }
  });
});

describe('a read model', () => {
  /** A world in which two events are sealed that the read model has not applied. */
  async function behind(change: Partial<ViewCheckpoint>) {
    const world = await worldWithHistory();
    const views = world.views();
    const checkpoint = await views.checkpoint(projection);
    await views.replace(projection, checkpoint, { ...checkpoint, ...change });
    await world.seal(rawStream('g', [1, 1]));
    return world;
  }
  const HOURS = 3 * 60 * 60 * 1000;

  it('that has stopped at an event is told, and nothing is done about it', async () => {
    const world = await behind({ complete: true, stopped: { position: 277, reason: 'it throws' } });
    const before = await everything(world);
    const told = 'the read model all has stopped at position 277: it throws';
    const diagnosis = await world.repair();
    expect(diagnosis).toMatchObject({ state: 'ill', needsRepair: false, steps: [], delays: [told] });
    expect(diagnosis.findings).toContain(told);
    expect(diagnosis).toMatchObject({ isRepaired: false, sealed: 0, remains: [told] });
    expect(await everything(world)).toEqual(before);
    await world.project();
    expect(await world.repair()).toMatchObject({ state: 'healthy', isRepaired: true });
  });

  it('that has stopped is told beside what is repaired', async () => {
    const world = await behind({ complete: true, stopped: { position: 277, reason: 'it throws' } });
    await world.put(rawStream('h', [1]));
    const { steps, sealed, remains } = await world.repair();
    expect(steps).toEqual(['seal 1 commit at the end of the log']);
    expect([sealed, remains]).toEqual([1, ['the read model all has stopped at position 277: it throws']]);
  });

  it('is late when its oldest event was sealed more than two minutes ago', async () => {
    const world = await behind({ complete: true });
    expect(await world.doctor().diagnose()).toMatchObject({ state: 'healthy', delays: [] });
    world.pass(HOURS);
    const { state, steps, delays, findings } = await world.doctor().diagnose();
    const told = 'the read model all is late: the oldest event not applied was sealed 3 h ago';
    expect([state, steps, delays]).toEqual(['ill', [], [told]]);
    expect(findings).toContain(told);
    expect(await world.repair()).toMatchObject({ state: 'ill', isRepaired: true, remains: [] });
    await world.project();
    expect(await world.doctor().diagnose()).toMatchObject({ state: 'healthy', delays: [] });
  });

  it('is being built until it has reached the end of the log for the first time', async () => {
    const world = await behind({});
    world.pass(HOURS);
    const { state, delays } = await world.doctor().diagnose();
    expect([state, delays]).toEqual([
      'ill',
      [expect.stringMatching(/^the read model all is being built: \d+ of \d+ events$/)],
    ]);
  });

  it('whose rows are to be forgotten is not called late besides', async () => {
    const world = await behind({ complete: true });
    world.pass(HOURS);
    const views = world.views();
    await views.close(projection, await views.checkpoint(projection), 'forgetting');
    const { delays, findings } = await world.doctor().diagnose();
    expect(delays).toEqual([]);
    expect(findings).toContain('the read model all has applied positions that change or are no more');
  });

  it('that has set records aside is well, and names them', async () => {
    const world = await worldWithHistory();
    const views = world.views();
    const checkpoint = await views.checkpoint(projection);
    const asides = new Map([['a', { version: 2, position: 5, reason: 'it throws' }]]);
    expect(await views.write(projection, [], checkpoint, checkpoint, asides)).toBe(true);
    const { state, steps, delays, setAside, findings } = await world.doctor().diagnose();
    expect([state, steps, delays, setAside]).toEqual(['healthy', [], [], ['a']]);
    expect(findings).toContain(
      'the read model all has set a aside at position 5, with the rows of version 2: it throws',
    );
  });
});

describe('what refuses the doctor', () => {
  const flip = (bytes: Uint8Array) => {
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    return bytes;
  };

  it.each([
    'checkpoint',
    'vkey',
    'pages/0000000000000000',
    'pages/0000000000000266',
    'tile/0/000',
    'tile/0/001.p/15',
    'tile/1/000.p/1',
    'tile/entries/000',
    'tile/entries/001.p/15',
  ])('is %s with another bit: it says so and changes nothing', async (key) => {
    const world = await worldWithHistory();
    await world.restore('log', world.backups.old.log);
    world.bucket.tamper(key, flip);
    const before = await everything(world);
    const { state, remains, isRepaired } = await world.repair();
    expect([state, isRepaired]).toEqual(['refused', false]);
    expect(remains.join('\n')).toContain(key);
    expect(await everything(world)).toEqual(before);
  });

  it.each(['pages/0000000000000006', 'tile/0/000', 'tile/entries/001.p/15', 'vkey'])(
    'is that %s is missing',
    async (key) => {
      const world = await worldWithHistory();
      await world.restore('log', []);
      world.bucket.objects.delete(key);
      const before = await everything(world);
      expect(await world.repair()).toMatchObject({
        state: 'refused',
        remains: expect.arrayContaining([expect.stringContaining(key)]),
      });
      expect(await everything(world)).toEqual(before);
    },
  );

  it('is a checkpoint under another key than the one that the operator knows', async () => {
    const world = await worldWithHistory();
    const vkey = world.bucket.text('vkey') ?? '';
    expect((await world.doctor([], vkey).diagnose()).state).toBe('healthy');
    const other = 'registry.example.org+12345678+AVuKkSl0p9F3sAV5nVYpQGKuoD0dNuYBYTBZ5Q2XHNm6';
    expect((await world.doctor([], other).diagnose()).state).toBe('refused');
  });

  it('is a checkpoint that somebody has removed: its versions show what was promised', async () => {
    const world = await worldWithHistory();
    world.bucket.objects.delete('checkpoint');
    world.bucket.removed.push('checkpoint');
    const before = await everything(world);
    const { state, remains } = await world.repair();
    expect([state, remains.at(-1)]).toEqual(['refused', 'the published checkpoint was removed']);
    expect(await everything(world)).toEqual(before);
  });

  it('is a commit that differs from the published one', async () => {
    const world = await worldWithHistory();
    await world.restore('events', world.backups.old.events);
    await world.restore('log', world.backups.old.log);
    await world.seal([{ ...rawCommit('d', 1, 0), requestHash: 'another request' }]);
    const before = await everything(world);
    const { state, remains } = await world.repair();
    expect(state).toBe('refused');
    expect(remains).toEqual(expect.arrayContaining([expect.stringMatching(/^d\/1 .*another commit/)]));
    expect(await everything(world)).toEqual(before);
  });

  it('is a commit that has changed since it was sealed, though it was never published', async () => {
    const world = await worldWithHistory();
    const [commit] = rawStream('f', [2], 'altered');
    await world.documents.send(new PutCommand({ TableName: world.names.events, Item: commit }));
    const before = await everything(world);
    const { state, remains } = await world.repair();
    expect([state, remains.at(-1)]).toEqual(['refused', expect.stringContaining('f/1')]);
    expect(await everything(world)).toEqual(before);
  });

  it('is a commit that comes in its way while it is at work; the log stays halted, what was put back stays', async () => {
    const world = await worldWithHistory();
    await world.restore('events', world.backups.old.events);
    await world.restore('log', world.backups.old.log);
    const taken: Tap = async (command, next) => {
      if (command.name !== 'PutCommand' || command.input.Item.stream !== 'b') return next();
      await world.documents.send(
        new PutCommand({ TableName: world.names.events, Item: { ...rawCommit('b', 4, 1), requestHash: 'first' } }),
      );
      return next();
    };
    expect(await world.repair([taken])).toMatchObject({ isRepaired: false, remains: [expect.stringContaining('b/4')] });
    expect((await world.log().readHead())?.halted).toBe(AT_WORK);
    expect((await world.repair()).state).toBe('refused');
  });
});

describe('a halt', () => {
  it('that a left object caused is cleared with the object', async () => {
    const world = await worldWithHistory();
    world.bucket.objects.set('tile/entries/001.p/20', { bytes: Buffer.from('else'), etag: '"x"', at: 0 });
    await world.publisher().wake();
    expect((await world.log().readHead())?.halted).toContain('tile/entries/001.p/20');
    expect(await world.repair()).toMatchObject({ isRepaired: true });
    expect(world.bucket.removed).toEqual(['tile/entries/001.p/20']);
    await checkWorld(world);
  });

  it('that nothing justifies any more is cleared', async () => {
    const world = await worldWithHistory();
    await world.log().halt('a publisher saw a table that has gone since', world.names);
    expect(await world.repair()).toMatchObject({ isRepaired: true });
    await checkWorld(world);
  });

  it('over a published object that was altered stays', async () => {
    const world = await worldWithHistory();
    world.bucket.tamper('tile/1/000.p/1', (bytes) => bytes.fill(7));
    await world.seal(rawStream('g', [1]));
    await world.publisher().wake();
    expect((await world.log().readHead())?.halted).toBeDefined();
    expect(await world.repair()).toMatchObject({
      state: 'refused',
      remains: expect.arrayContaining([expect.stringContaining('tile/1/000.p/1')]),
    });
    expect((await world.log().readHead())?.halted).toBeDefined();
  });

  it('of the doctor keeps sequencers, announcers and publishers away', async () => {
    const world = await worldWithHistory();
    await world.restore('log', world.backups.old.log);
    const death = crashing(1, 'after');
    const dies: Tap = (command, next) =>
      death.dead || command.name === 'UpdateCommand' ? death(command, next) : next();
    await expect(world.repair([dies])).rejects.toThrow('died');
    const { run, alarms } = world.sequencer();
    await expect(run(minute)).rejects.toThrow(AT_WORK);
    expect(alarms.map(({ alarm }) => alarm)).toContain('SealingAlarm');
    const publisher = world.publisher();
    expect(await publisher.wake()).toBe(false);
    expect(publisher.alarms[0]?.message).toContain(AT_WORK);
  });
});

describe('whoever was under way before', () => {
  const forked = async () => {
    const world = await worldWithHistory();
    await world.restore('log', world.backups.old.log);
    await world.restore('views', world.backups.old.views);
    await world.seal(rawStream('g', [1, 2]));
    return world;
  };

  it('does not seal after the doctor has let another page stand there', async () => {
    const world = await forked();
    const head = await world.log().readHead();
    await world.repair();
    const [g] = rawStream('x', [1]);
    const stale = stepOf(head, [readCommit(g as never) as Sealable], Date.now(), world.names);
    await expect(world.log().seal(stale)).rejects.toThrow();
    await checkWorld(world);
  });

  it.each([false, true])(
    'does not write rows that it has from pages that are no more (with a checkpoint ahead: %s)',
    async (ahead) => {
      const world = await forked();
      if (ahead) await world.project();
      const checkpoint = await world.views().checkpoint(projection);
      await world.repair();
      const to = { position: checkpoint.position + 1, part: 0, digest: '' };
      const row = { partition: 'p', sort: '0', value: { ids: ['x/1'] } };
      expect(await world.views().write(projection, [row], checkpoint, to)).toBe(false);
      await checkWorld(world);
    },
  );
});

describe('what was published and then sealed once more at the same positions', () => {
  it.each([
    ['at another time', 7],
    ['in the millisecond of the page before it', 0],
  ])('has the time of the first sealing alone: %s', async (_, tick) => {
    const world = await createWorld(inMemory(), undefined, tick);
    await world.seal(rawStream('a', [1, 2]));
    const { log } = await world.backup();
    world.pass(1000);
    await world.seal(rawStream('b', [1]));
    await world.publisher().wake();
    await world.restore('log', log);
    world.pass(tick === 0 ? -1000 : 1000);
    await world.seal();
    expect(await world.repair()).toMatchObject({ state: 'ill', isRepaired: true, remains: [] });
    expect((await world.log().pageAt(3))?.sealedAt).toBe((await world.log().readHead())?.sealedAt);
    await checkWorld(world);
  });
});

describe('what a publisher left behind', () => {
  it.each([
    ['is published after all when its commits are there', ['log']],
    ['is removed when they are lost', ['log', 'events']],
  ] as const)('%s, wherever the publisher died', async (_, kinds) => {
    let left = 0;
    await dieAtEach(async (step) => {
      const world = await worldWithHistory([100, 100, 40]);
      await world.seal(rawStream('k', [80, 90]));
      const death = crashing(step, step % 2 === 0 ? 'before' : 'after');
      await world.publisher([death]).wake();
      for (const kind of kinds) await world.restore(kind, world.backups.published[kind]);
      expect(await world.repair()).toMatchObject({ isRepaired: true, remains: [] });
      left += world.bucket.removed.length;
      await checkWorld(world);
      return death.dead;
    });
    expect(left > 0).toBe(kinds.length > 1);
  });
});

describe('two doctors at once', () => {
  it('repair the same log, or one of them gives up and another run finishes', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const world = await worldWithHistory([2, 1]);
      await world.restore('events', world.backups.old.events);
      await world.restore('log', world.backups.old.log);
      await world.seal(rawStream('g', [1, 2]));
      const { run, tap } = createScheduler(seeded(seed));
      const repair = () => world.repair([tap]).catch(() => undefined);
      await run([repair(), repair()]);
      expect((await world.repair()).remains, `SEED ${seed}`).toEqual([]);
      await checkWorld(world);
    }
  });
});
