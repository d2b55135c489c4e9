import type { DatabaseSync } from 'node:sqlite';
import type { CallDynamoDb } from './dynamodb.ts';
import type { Functions, LoadedFunction } from './functions.ts';
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

/**
 * Starts a poller of a table's stream or of a queue for each event source mapping. Those of queues whose functions are held
 * back start later, if at all.
 */
export function startPollers(
  { mappings, tables }: Pick<Wiring, 'mappings' | 'tables'>,
  deps: PollerDeps,
  isHeld: (target: LoadedFunction) => boolean = () => false,
) {
  const followers: StreamFollower[] = [];
  const queuePollers: { stop(): Promise<void> }[] = [];
  const held: (() => void)[] = [];
  for (const mapping of mappings) {
    const target = deps.functions.get(mapping.function);
    if (!target) throw new Error(`an event source mapping names ${mapping.function}, which is no function`);
    const table = tables.find(({ arn }) => mapping.source.startsWith(`${arn}/stream`));
    if (table) followers.push(followStream({ ...deps, mapping, target, table: table.name }));
    else if (deps.queues.has(mapping.source)) {
      const poll = () => void queuePollers.push(pollQueue(mapping, target, deps.queues));
      if (isHeld(target)) held.push(poll);
      else poll();
    } else throw new Error(`an event source mapping reads ${mapping.source}, which is neither a stream nor a queue`);
  }

  return {
    /** To be called when a request that may write begins. The caller calls the result when the request has ended. */
    writing(): () => void {
      const writers = followers.map((follower) => follower.writing());
      return () => {
        for (const writer of writers) writer.end();
      };
    },
    /** Starts those that were held back. */
    release(): void {
      for (const poll of held.splice(0)) poll();
    },
    stop: async () => void (await Promise.all([...followers, ...queuePollers].map((poller) => poller.stop()))),
  };
}
