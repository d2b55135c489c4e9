import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { keyId, parseNote, verifierKey } from '../../../domain/log/note.ts';
import { unwrap } from '../../../domain/log/read.ts';
import type { Signer } from '../../../functions/publisher/signer.ts';
import { sha256 } from '../../../functions/runtime/sha256.ts';
import { conflict, createBucket, type TestBucket } from '../../support/bucket.ts';
import { createBus } from '../../support/bus.ts';
import { checkLog } from '../../support/check-log.ts';
import { checkPublished, readCheckpoint } from '../../support/check-published.ts';
import { inserted, minute, ORIGIN, putCommits, rawCommit, rawStream, streamEvent } from '../../support/commits.ts';
import { failing, listening, throttled, timedOut } from '../../support/faults.ts';
import { memoryEngine } from '../../support/memory.ts';
import { logKey, testPublisher } from '../../support/publisher.ts';
import { testSequencer } from '../../support/sequencer.ts';

const HEAD = { pk: 'head', sk: 0 };
const tables = { events: 'events', log: 'log' };
let documents: ReturnType<typeof memoryEngine>;
let bucket: TestBucket;
let now: number;
const clock = () => now;
const sleep = async (milliseconds: number) => {
  now += milliseconds;
};
const publisher = (options: Partial<Parameters<typeof testPublisher>[0]> = {}) =>
  testPublisher({ documents, tables, bucket, clock, sleep, ...options });

beforeEach(() => {
  now = Date.parse('2026-02-03T04:05:06.500Z');
  documents = memoryEngine({ events: ['stream', 'version'], log: ['pk', 'sk'] });
  bucket = createBucket(clock);
});

/** Puts commits into a stream of their own and seals them, so many events in each. */
async function seal(stream: string, counts: readonly number[]): Promise<void> {
  await putCommits(documents, tables.events, rawStream(stream, counts));
  await testSequencer({ documents, tables, bus: createBus(), clock }).run(minute);
}
const sealed = () => checkLog({ documents, tables });
const haltedBy = async () => (await documents.send(new GetCommand({ TableName: tables.log, Key: HEAD }))).Item?.halted;
const flip = (bytes: Uint8Array) => bytes.map((byte, at) => (at === bytes.length - 3 ? byte ^ 1 : byte));

describe('the publisher', () => {
  it('signs that there is nothing before the first event, and from there on what comes', async () => {
    expect(await publisher().wake()).toBe(true);
    expect([...bucket.objects.keys()].sort()).toEqual(['checkpoint', 'vkey']);
    // SHA-256 of nothing: RFC 6962 section 2.1.
    const nothing = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
    const signed = bucket.text('checkpoint') ?? '';
    expect(readCheckpoint(signed)).toEqual({ size: 0, root: nothing });

    expect(await publisher().wake()).toBe(true);
    expect(bucket.text('checkpoint'), 'it is signed once').toBe(signed);
    await seal('a', [3]);
    expect(await publisher().wake()).toBe(true);
    expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([0, 3]);
    expect(await haltedBy()).toBeUndefined();
  });

  it.each([1, 255, 256, 257, 1000])(
    'publishes a log of %i events with all its tiles, entries and pages',
    async (size) => {
      await seal(
        'a',
        Array.from({ length: Math.ceil(size / 100) }, (_, at) => Math.min(100, size - 100 * at)),
      );
      expect(await publisher().wake()).toBe(true);
      expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([size]);
      const name = `${ORIGIN}+${/\+([0-9a-f]{8})\+/.exec(bucket.text('vkey') ?? '')?.[1]}`;
      expect(bucket.text('vkey')).toBe(`${name}+${Buffer.from([1, ...logKey]).toString('base64')}\n`);
    },
  );

  it('goes on from its checkpoint, and keeps the partial tiles of every size that it has published', async () => {
    for (const [at, size] of [3, 252, 1, 1, 600].entries()) {
      await seal(
        `stream-${at}`,
        Array.from({ length: Math.ceil(size / 100) }, (_, i) => Math.min(100, size - 100 * i)),
      );
      expect(await publisher().wake()).toBe(true);
    }
    expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([3, 255, 256, 257, 857]);
  });

  it('has every checkpoint signed by all of its signers, the log’s own key first', async () => {
    const other: Signer = {
      type: 0x06,
      publicKey: async () => new Uint8Array(1312),
      sign: async (message) => sha256(message),
    };
    const both = publisher({ otherSigners: [other] });
    await seal('a', [3]);
    expect(await both.wake()).toBe(true);
    now += 1000;
    await seal('b', [2]);
    expect(await both.wake()).toBe(true);
    const { text, signatures } = unwrap(parseNote(bucket.text('checkpoint') ?? ''));
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    expect(text).toMatch(`${ORIGIN}\n5\n`);
    expect(signatures.map(({ name, id }) => [name, hex(id)])).toEqual([
      [ORIGIN, hex(verifierKey(sha256, ORIGIN, logKey).id)],
      [ORIGIN, hex(keyId(sha256, ORIGIN, 0x06, new Uint8Array(1312)))],
    ]);
    expect(hex(signatures[1]?.signature ?? new Uint8Array())).toBe(hex(sha256(Buffer.from(text))));
  });

  it('keeps pages from which the tables could be made again', async () => {
    await seal('a', [1, 3]);
    await seal('b', [2]);
    await publisher().wake();
    const [first, second] = ['0', '4'].map((at) => JSON.parse(bucket.text(`pages/${at.padStart(16, '0')}`) ?? ''));
    expect(first).toMatchObject({
      first: 0,
      size: 4,
      commits: [
        { stream: 'a', version: 1 },
        { version: 2, count: 3 },
      ],
    });
    expect(first.commits[1]).toEqual({
      stream: 'a',
      version: 2,
      previous: 1,
      count: 3,
      commandId: 'command-2',
      requestHash: 'hash-a-2',
      recordedAt: '2026-02-03T04:05:06.789Z',
    });
    expect(second).toMatchObject({ first: 4, size: 6 });
    expect(second.root).toMatch(/^[0-9a-f]{64}$/);
  });

  it('says of every object what it is, and how long whoever stands before the bucket may keep it', async () => {
    await seal('a', [3]);
    const sent = listening();
    await publisher({ taps: [sent] }).wake();
    const puts = sent.sent.filter(({ name }) => name === 'PutObjectCommand').map(({ input }) => input);
    const tile = ['application/octet-stream', 'public, max-age=31536000, immutable'];
    expect(Object.fromEntries(puts.map((put) => [put.Key, [put.ContentType, put.CacheControl]]))).toMatchObject({
      'tile/0/000.p/3': tile,
      'tile/entries/000.p/3': tile,
      vkey: ['text/plain; charset=utf-8', undefined],
      checkpoint: ['text/plain; charset=utf-8', 'no-cache'],
    });
  });

  it('does nothing when everything is published', async () => {
    await seal('a', [2]);
    await publisher().wake();
    const before = bucket.written.length;
    expect(await publisher().wake()).toBe(true);
    expect(bucket.written).toHaveLength(before);
  });

  it('publishes at most once a second', async () => {
    await seal('a', [1]);
    await publisher().wake();
    const [seconds] = [Math.floor(now / 1000)];
    await seal('b', [1]);
    await publisher().wake();
    expect(Math.floor(now / 1000)).toBe(seconds + 1);
    now += 5000;
    const later = now;
    await seal('c', [1]);
    await publisher().wake();
    expect(now).toBe(later);
  });

  it('stops at a page’s end when its time is over, signs what it has, and wakes itself again', async () => {
    await seal(
      'a',
      Array.from({ length: 300 }, () => 1),
    );
    let reads = 0;
    const hurried = publisher({
      taps: [
        (command, next) => {
          if (command.name === 'BatchGetCommand') reads += 1;
          if (reads > 1) now += 60_000;
          return next();
        },
      ],
    });
    expect(await hurried.wake()).toBe(true);
    expect(hurried.wakeUps).toHaveLength(1);
    const sizes = checkPublished({ bucket, sealed: await sealed(), complete: false });
    expect(sizes).toEqual([194]);
    await publisher().wake();
    expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([194, 300]);
  });

  it('has a checkpoint every 16,384 events when there is much to publish', async () => {
    for (let at = 0; at < 3; at += 1) {
      await putCommits(
        documents,
        tables.events,
        rawStream(
          `s${at}`,
          Array.from({ length: 90 }, () => 100),
        ),
      );
      // Each time as much as one answer of the table has.
      for (let runs = 0; runs < 2; runs += 1) {
        await testSequencer({ documents, tables, bus: createBus(), clock }).run(minute);
      }
    }
    await publisher().wake();
    const notes = bucket.written.filter(({ key }) => key === 'checkpoint');
    expect(notes.map(({ bytes }) => readCheckpoint(Buffer.from(bytes).toString()).size)).toEqual([18_000, 27_000]);
  });
});

describe('two publishers at once', () => {
  it.each([0, 3])('end in one log: who comes second starts over (%i events published before)', async (already) => {
    await seal('a', [3]);
    if (already > 0) await publisher().wake();
    await seal('z', [1]);
    const first = publisher();
    let meanwhile = true;
    const second = publisher({
      taps: [
        async (command, next) => {
          if (command.name === 'SignCommand' && meanwhile) {
            meanwhile = false;
            await seal('b', [2]);
            await first.wake();
            await seal('c', [1]);
          }
          return next();
        },
      ],
    });
    expect(await second.wake()).toBe(true);
    expect([first.alarms, second.alarms]).toEqual([[], []]);
    expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([...(already ? [already] : []), 6, 7]);
  });

  it('is not taken for a log that went back when the other is ahead of the HEAD that this one would have read', async () => {
    await seal('a', [3]);
    let meanwhile = true;
    const slow = publisher({
      taps: [
        async (command, next) => {
          const answer = await next();
          const isHead = command.name === 'GetCommand' && command.input.Key.pk === 'head';
          // Between the two reads, whichever is the first.
          if ((isHead || command.name === 'GetObjectCommand') && meanwhile) {
            meanwhile = false;
            await seal('b', [2]);
            await publisher().wake();
          }
          return answer;
        },
      ],
    });
    await publisher().wake();
    await seal('c', [1]);
    expect(await slow.wake()).toBe(true);
    expect(slow.alarms).toEqual([]);
    expect(await haltedBy()).toBeUndefined();
  });
});

describe('an outage', () => {
  /** Of three hundred events in one page: the page, three tiles, two bundles, the key and the checkpoint. */
  const everyWrite = [1, 2, 3, 4, 5, 6, 7, 8];

  it.each(['PutObjectCommand', 'GetObjectCommand', 'SignCommand', 'GetPublicKeyCommand'])(
    'of what answers %s leaves the checkpoint and sealing as they were, and is made up for',
    async (on) => {
      await seal('a', [3]);
      await publisher().wake();
      await seal('b', [300 / 3, 100, 100]);
      const failed = publisher({ taps: [failing({ on, error: timedOut, times: 1000 })] });
      expect(await failed.wake()).toBe(false);
      expect(failed.named('PublishingAlarm')).toHaveLength(1);
      expect(await haltedBy()).toBeUndefined();
      await seal('c', [4]);
      expect(await publisher().wake()).toBe(true);
      expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([3, 307]);
    },
  );

  it.each(everyWrite)('that swallows the answer to write %i changes nothing', async (nth) => {
    await seal('a', [100, 100, 100]);
    const taps = [failing({ on: 'PutObjectCommand', error: timedOut, nth, landing: 'after' })];
    await publisher({ taps }).wake();
    await publisher().wake();
    expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([300]);
  });

  it.each(everyWrite)('after which the client itself repeats write %i changes nothing', async (nth) => {
    await seal('a', [100, 100, 100]);
    let writes = 0;
    const repeating = publisher({
      taps: [
        async (command, next) => {
          if (command.name === 'PutObjectCommand') {
            writes += 1;
            if (writes === nth) await next();
          }
          return next();
        },
      ],
    });
    expect(await repeating.wake()).toBe(true);
    expect(writes).toBe(everyWrite.length);
    expect(repeating.alarms).toEqual([]);
    expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([300]);
  });

  it.each(everyWrite)('while another one writes what write %i writes is waited for', async (nth) => {
    await seal('a', [100, 100, 100]);
    const taps = [failing({ on: 'PutObjectCommand', error: conflict, nth, times: 2 })];
    const waiting = publisher({ taps });
    expect(await waiting.wake()).toBe(true);
    expect(waiting.alarms).toEqual([]);
    expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([300]);
  });

  it('in which writes conflict with one another all the time does not halt the log', async () => {
    await seal('a', [3]);
    const failed = publisher({ taps: [failing({ on: 'PutObjectCommand', error: conflict, times: 1000 })] });
    expect(await failed.wake()).toBe(false);
    expect(failed.named('PublishingAlarm')).toHaveLength(1);
    expect(await haltedBy()).toBeUndefined();
    expect(await publisher().wake()).toBe(true);
  });

  it('of the signer’s senses (it signs something else) publishes nothing', async () => {
    await seal('a', [3]);
    const confused = publisher({
      taps: [async ({ name }, next) => (name === 'SignCommand' ? flip((await next()) as Uint8Array) : next())],
    });
    expect(await confused.wake()).toBe(false);
    expect(confused.named('PublishingAlarm')[0]?.message).toMatch(/no signature of its key/);
    expect(bucket.objects.has('checkpoint')).toBe(false);
    expect(await haltedBy()).toBeUndefined();
  });

  it('of the tables is made up for as well', async () => {
    await seal('a', [3]);
    const failed = publisher({ taps: [failing({ on: 'QueryCommand', error: throttled })] });
    expect(await failed.wake()).toBe(false);
    expect(await publisher().wake()).toBe(true);
    expect(checkPublished({ bucket, sealed: await sealed() })).toEqual([3]);
  });
});

describe('what contradicts the published log', () => {
  const halts = async (what: RegExp) => {
    const before = bucket.text('checkpoint');
    const refusing = publisher();
    expect(await refusing.wake()).toBe(false);
    expect(refusing.named('HaltAlarm').map(({ message }) => message)).toEqual([expect.stringMatching(what)]);
    expect(await haltedBy()).toMatch(what);
    expect(bucket.text('checkpoint')).toBe(before);
    // Nobody goes on until it is repaired.
    const sequencer = testSequencer({ documents, tables, bus: createBus(), clock });
    await putCommits(documents, tables.events, [rawCommit('late', 1, 0)]);
    await expect(sequencer.run(streamEvent([inserted(rawCommit('late', 1, 0))]))).rejects.toThrow('halted');
    const again = publisher();
    expect(await again.wake()).toBe(false);
    expect(again.alarms[0]?.message).toMatch(/halted/);
  };

  it.each([
    ['a full tile that it has to write', 'tile/0/000'],
    ['a full bundle that it has to write', 'tile/entries/000'],
    ['a page that it has to write', 'pages/0000000000000003'],
  ])('%s halts the log', async (_, key) => {
    await seal('a', [3]);
    await publisher().wake();
    await seal('b', [100, 100, 100]);
    const other = new Uint8Array(64);
    bucket.objects.set(key, { bytes: other, etag: '"other"', at: now });
    await halts(/other bytes/);
  });

  it.each([
    ['a tile at its end', 'tile/0/001.p/4', /tiles do not make the root/],
    ['an entry at its end', 'tile/entries/001.p/4', /entry 25\d is not the one of its leaf/],
    ['the checkpoint', 'checkpoint', /checkpoint does not hold/],
  ])('%s that was altered halts the log', async (_, key, what) => {
    await seal('a', [100, 100, 60]);
    await publisher().wake();
    await seal('b', [1]);
    bucket.tamper(key, flip);
    await halts(what);
  });

  it('a checkpoint of nothing that was altered halts the log', async () => {
    await publisher().wake();
    await seal('a', [1]);
    bucket.tamper('checkpoint', flip);
    await halts(/checkpoint does not hold/);
  });

  it.each(['tile/0/001.p/4', 'tile/entries/001.p/4'])('%s that is gone halts the log', async (key) => {
    await seal('a', [100, 100, 60]);
    await publisher().wake();
    await seal('b', [1]);
    bucket.objects.delete(key);
    await halts(/has no tile/);
  });

  it('a HEAD that is behind it halts the log', async () => {
    await seal('a', [3]);
    await publisher().wake();
    const older = memoryEngine({ events: ['stream', 'version'], log: ['pk', 'sk'] });
    documents = older;
    await seal('a', [1]);
    await halts(/3 events are published, and HEAD knows of 1/);
  });

  it('a log that began otherwise halts', async () => {
    await seal('a', [3]);
    await publisher().wake();
    documents = memoryEngine({ events: ['stream', 'version'], log: ['pk', 'sk'] });
    await seal('b', [3, 1]);
    await halts(/does not begin with the 3 events/);
  });

  it('a log that began with as many other events halts', async () => {
    await seal('a', [3]);
    await publisher().wake();
    documents = memoryEngine({ events: ['stream', 'version'], log: ['pk', 'sk'] });
    await seal('b', [3]);
    await seal('c', [1]);
    await halts(/does not begin with the 3 events/);
  });

  it('a page with another root than its leaves make halts the log', async () => {
    await seal('a', [3]);
    const Key = { pk: 'page', sk: 0 };
    const page = (await documents.send(new GetCommand({ TableName: tables.log, Key }))).Item ?? {};
    await seal('b', [1]);
    await documents.send(new PutCommand({ TableName: tables.log, Item: { ...page, root: flip(page.root) } }));
    await halts(/another root than its leaves make/);
    expect([...bucket.objects.keys()], 'nothing of it is written').toEqual([]);
  });

  it('a log whose HEAD is lost halts, before another one is begun', async () => {
    await seal('a', [3]);
    await publisher().wake();
    documents = memoryEngine({ events: ['stream', 'version'], log: ['pk', 'sk'] });
    await halts(/3 events are published, and HEAD knows of 0/);
  });

  it('a checkpoint that was removed halts the log, and no smaller one is put in its place', async () => {
    await seal('a', [3]);
    await publisher().wake();
    await seal('b', [1]);
    await bucket.client.send(new DeleteObjectCommand({ Bucket: 'published', Key: 'checkpoint' }));
    await halts(/checkpoint was removed/);
  });

  it('a checkpoint that is removed while the next one is made halts the log', async () => {
    await seal('a', [3]);
    await publisher().wake();
    await seal('b', [1]);
    const interrupted = publisher({
      taps: [
        async (command, next) => {
          if (command.name === 'SignCommand') {
            await bucket.client.send(new DeleteObjectCommand({ Bucket: 'published', Key: 'checkpoint' }));
          }
          return next();
        },
      ],
    });
    expect(await interrupted.wake()).toBe(false);
    await halts(/checkpoint was removed/);
  });
});

describe('what was altered before it was published', () => {
  it.each([
    ['an event', rawCommit('b', 1, 0, 2, 'altered'), /position 3 is not the one that was sealed/],
    [
      'a request hash',
      { ...rawCommit('b', 1, 0, 2), requestHash: 'other' },
      /b\/1 is sealed at 3 with another request/,
    ],
  ])('is never published: %s raises an alarm that names the position, sealing goes on', async (_, changed, what) => {
    await seal('a', [3]);
    await publisher().wake();
    await seal('b', [2]);
    await putCommits(documents, tables.events, [changed]);
    const stopped = publisher();
    expect(await stopped.wake()).toBe(false);
    expect(stopped.named('TamperAlarm')[0]?.message).toMatch(what);
    expect(await haltedBy()).toBeUndefined();
    expect(readCheckpoint(bucket.text('checkpoint') ?? '').size).toBe(3);
  });
});

describe('a publisher that fails', () => {
  it('says so when nothing is under way any more', async () => {
    await seal('a', [3]);
    await seal('b', [2]);
    await putCommits(documents, tables.events, [rawCommit('b', 1, 0, 2, 'altered')]);
    const slow = publisher({
      taps: [
        async (command, next) => {
          if (command.name === 'PutObjectCommand') await new Promise((resolve) => setTimeout(resolve, 20));
          return next();
        },
      ],
    });
    expect(await slow.wake()).toBe(false);
    expect(bucket.written.map(({ key }) => key)).toEqual(['pages/0000000000000000']);
  });
});

describe('under other tables than HEAD names', () => {
  it('nothing is signed', async () => {
    await seal('a', [3]);
    const sent = listening();
    const restored = publisher({
      tables,
      taps: [
        sent,
        async (command, next) => {
          const answer = (await next()) as { Item?: Record<string, unknown> };
          const isHead = command.name === 'GetCommand' && command.input.Key.pk === 'head';
          return isHead ? { Item: { ...answer.Item, tables: { events: 'others', log: 'log' } } } : answer;
        },
      ],
    });
    expect(await restored.wake()).toBe(false);
    expect(restored.named('PublishingAlarm')[0]?.message).toMatch(/stands over/);
    expect(sent.sent.map(({ name }) => name)).not.toContain('SignCommand');
    expect(bucket.objects.size).toBe(0);
  });
});
