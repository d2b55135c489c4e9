import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { pollQueue } from '../../../infra/local/queue-poller.ts';
import { createQueues } from '../../../infra/local/queues.ts';
import { eventually } from '../../support/eventually.ts';
import { functionOf, mappingOf } from './doubles.ts';

vi.mock('../../../infra/local/terminal.ts', () => ({ printError: vi.fn(), printFailure: vi.fn() }));

interface Batch {
  Records: { messageId: string; body: string; attributes: { ApproximateReceiveCount: string } }[];
}

/** A queue that is polled by `handler`, with messages that come again after 200 ms. */
function polled(handler: (batch: Batch) => unknown) {
  const spec = { name: 'work', arn: 'arn:work', visibilitySeconds: 0.2, retentionSeconds: 600, delaySeconds: 0 };
  const queues = createQueues([spec], new DatabaseSync(':memory:'));
  const batches: string[][] = [];
  const target = functionOf(async (event) => {
    const batch = event as Batch;
    batches.push(batch.Records.map(({ body }) => body).sort());
    return handler(batch);
  });
  const poller = pollQueue(mappingOf({ source: 'arn:work', batchSize: 10 }), target, queues);
  return { queues, batches, poller };
}

test('hands over what comes in, and deletes what is done', async () => {
  const { queues, batches, poller } = polled(() => ({ batchItemFailures: [] }));
  queues.send('arn:work', 'a');
  await eventually(() => expect(batches).toEqual([['a']]));
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(batches).toEqual([['a']]);
  await poller.stop();
});

test('brings back only the messages that the function names as failed', async () => {
  const { queues, batches, poller } = polled(({ Records }) => ({
    batchItemFailures: Records.filter(
      ({ body, attributes }) => body === 'bad' && attributes.ApproximateReceiveCount === '1',
    ).map(({ messageId }) => ({ itemIdentifier: messageId })),
  }));
  queues.send('arn:work', 'good');
  queues.send('arn:work', 'bad');
  await eventually(() => expect(batches).toEqual([['bad', 'good'], ['bad']]));
  await poller.stop();
});

test.each([
  ['throws', () => Promise.reject(new Error('broken'))],
  ['names a message that nobody gave it', () => ({ batchItemFailures: [{ itemIdentifier: 'other' }] })],
])('brings back the whole batch when the function %s', async (_, answer) => {
  let times = 0;
  const { queues, batches, poller } = polled(() => (times++ === 0 ? answer() : undefined));
  queues.send('arn:work', 'a');
  await eventually(() => expect(batches).toEqual([['a'], ['a']]));
  await poller.stop();
});
