import type { EventBridgeClient, PutEventsCommand, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

/** One entry that the bus has accepted. */
export interface AcceptedEntry {
  readonly source: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a subscriber would parse
  readonly detail: any;
}

/** An event bus in memory. */
export interface TestBus {
  readonly client: Pick<EventBridgeClient, 'send'>;
  /** Everything accepted, doubles included, in order. */
  readonly accepted: AcceptedEntry[];
  /** How many entries each call had. */
  readonly calls: number[];
  /** While true, no call arrives. */
  outage: boolean;
  /** Refuses single entries (`FailedEntryCount`). */
  refuse: (entry: PutEventsRequestEntry) => boolean;
  /** Of every type but `log.sealed`. */
  events(): AcceptedEntry[];
  sealedMessages(): AcceptedEntry[];
}

const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

export function createBus(): TestBus {
  const bus: TestBus = {
    client: { send: ((command: PutEventsCommand) => send(command)) as EventBridgeClient['send'] },
    accepted: [],
    calls: [],
    outage: false,
    refuse: () => false,
    events: () => bus.accepted.filter(({ type }) => type !== 'log.sealed'),
    sealedMessages: () => bus.accepted.filter(({ type }) => type === 'log.sealed'),
  };

  async function send({ input: { Entries = [] } }: PutEventsCommand) {
    if (bus.outage) throw Object.assign(new Error('connect ECONNREFUSED'), { name: 'TimeoutError' });
    const bytes = Entries.reduce((sum, { Source, DetailType, Detail }) => {
      return sum + Buffer.byteLength(`${Source}${DetailType}${Detail}`);
    }, 0);
    if (Entries.length < 1 || Entries.length > MAX_ENTRIES || bytes > MAX_BYTES) {
      throw Object.assign(new Error(`${Entries.length} entries of ${bytes} bytes`), { name: 'ValidationException' });
    }
    bus.calls.push(Entries.length);
    const results = Entries.map((entry, index) => {
      if (bus.refuse(entry)) return { ErrorCode: 'ThrottlingException', ErrorMessage: 'injected' };
      const { Source = '', DetailType = '', Detail = '' } = entry;
      bus.accepted.push({ source: Source, type: DetailType, detail: JSON.parse(Detail) });
      return { EventId: `${bus.accepted.length}-${index}` };
    });
    return { Entries: results, FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode).length };
  }
  return bus;
}
