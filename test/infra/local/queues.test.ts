import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test, vi } from 'vitest';
import { createQueues } from '../../../infra/local/queues.ts';
import type { QueueSpec } from '../../../infra/local/specs.ts';

vi.mock('../../../infra/local/terminal.ts', () => ({ printError: vi.fn() }));

const queue: QueueSpec = {
  name: 'work',
  arn: 'arn:work',
  visibilitySeconds: 30,
  retentionSeconds: 600,
  delaySeconds: 0,
  deadLetters: { arn: 'arn:dead', maxReceiveCount: 2 },
};
const { deadLetters: _, ...plain } = queue;
const dead: QueueSpec = { ...plain, name: 'dead', arn: 'arn:dead' };

let state: DatabaseSync;
let now: number;
const open = () => createQueues([queue, dead], state, () => now);

beforeEach(() => {
  state = new DatabaseSync(':memory:');
  now = Date.UTC(2026, 0, 1);
});

test('a message that was received is hidden until its time is up, then comes again', () => {
  const queues = open();
  queues.send('arn:work', 'wake-up');
  expect(queues.receive('arn:work', 10)).toMatchObject([{ body: 'wake-up', receives: 1 }]);
  now += 29_999;
  expect(queues.receive('arn:work', 10)).toEqual([]);
  now += 1;
  expect(queues.receive('arn:work', 10)).toMatchObject([{ body: 'wake-up', receives: 2 }]);
});

test('a message that was deleted never comes again', () => {
  const queues = open();
  queues.send('arn:work', 'wake-up');
  for (const { id } of queues.receive('arn:work', 10)) queues.remove(id);
  now += 3_600_000;
  expect(queues.receive('arn:work', 10)).toEqual([]);
});

test('a message that was received too often goes to the dead letters, and counts from the beginning there', () => {
  const queues = open();
  queues.send('arn:work', 'garbage');
  for (let times = 0; times < 3; times++) {
    queues.receive('arn:work', 10);
    now += 30_000;
  }
  expect(queues.receive('arn:work', 10)).toEqual([]);
  expect(queues.receive('arn:dead', 10)).toMatchObject([{ body: 'garbage', receives: 1 }]);
});

test('hands out the oldest first, no more than asked for', () => {
  const queues = open();
  for (const body of ['a', 'b', 'c']) {
    queues.send('arn:work', body);
    now += 1;
  }
  expect(queues.receive('arn:work', 2).map(({ body }) => body)).toEqual(['a', 'b']);
});

test('keeps a delayed message back', () => {
  const queues = open();
  queues.send('arn:work', 'later', 5);
  expect(queues.receive('arn:work', 10)).toEqual([]);
  now += 5000;
  expect(queues.receive('arn:work', 10)).toHaveLength(1);
});

test('after a restart, what somebody was working on is visible at once', () => {
  open().send('arn:work', 'wake-up');
  open().receive('arn:work', 10);
  expect(open().receive('arn:work', 10)).toMatchObject([{ body: 'wake-up', receives: 2 }]);
});

test('notifies a listener of each message', () => {
  const queues = open();
  const listener = vi.fn();
  queues.onMessage('arn:work', listener);
  queues.send('arn:work', 'wake-up');
  queues.send('arn:dead', 'wake-up');
  expect(listener).toHaveBeenCalledTimes(1);
});

test('knows no other queues', () => {
  expect(() => open().send('arn:other', 'wake-up')).toThrow(/arn:other/);
});
