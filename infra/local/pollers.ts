import type { DatabaseSync } from 'node:sqlite';
import type { CallDynamoDb } from './dynamodb.ts';
import type { Functions } from './functions.ts';
import { pollQueue } from './queue-poller.ts';
import type { Queues } from './queues.ts';
import type { Wiring } from './specs.ts';
import { followStream, type StreamFollower } from './streams.ts';

export interface PollerDeps {
  readonly functions: Functions;
  readonly queues: Queues;
  readonly call: CallDynamoDb;
  readonly state: DatabaseSync;
}

/** Starts a poller of a table's stream or of a queue for each event source mapping. */
export function startPollers({ mappings, tables }: Pick<Wiring, 'mappings' | 'tables'>, deps: PollerDeps) {
  const followers: StreamFollower[] = [];
  const queuePollers: { stop(): Promise<void> }[] = [];
  for (const mapping of mappings) {
    const target = deps.functions.get(mapping.function);
    if (!target) throw new Error(`an event source mapping names ${mapping.function}, which is no function`);
    const table = tables.find(({ arn }) => mapping.source.startsWith(`${arn}/stream`));
    if (table) followers.push(followStream({ ...deps, mapping, target, table: table.name }));
    else if (deps.queues.has(mapping.source)) queuePollers.push(pollQueue(mapping, target, deps.queues));
    else throw new Error(`an event source mapping reads ${mapping.source}, which is neither a stream nor a queue`);
  }

  return {
    /** To be called when a request that may write begins. The caller calls the result when the request has ended. */
    writing(): () => void {
      const writers = followers.map((follower) => follower.writing());
      return () => {
        for (const writer of writers) writer.end();
      };
    },
    stop: async () => void (await Promise.all([...followers, ...queuePollers].map((poller) => poller.stop()))),
  };
}
