import { randomUUID } from 'node:crypto';
import { ACCOUNT, REGION } from './environment.ts';
import { compilePattern } from './pattern.ts';
import type { Wiring } from './specs.ts';
import type { Deliver } from './targets.ts';

/** One entry of PutEvents. */
interface BusEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  /** Seconds since 1970. */
  readonly Time?: number;
}

type EntryResult = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
interface PutEventsAnswer {
  readonly FailedEntryCount: number;
  readonly Entries: readonly EntryResult[];
}

export type PutEvents = (input: { readonly Entries?: readonly BusEntry[] }) => PutEventsAnswer;

/**
 * The event buses: every event goes to the targets of the rules whose patterns it matches. `onEvent` is told the type of each
 * before it is accepted.
 */
export function createBus(
  { buses, rules }: Pick<Wiring, 'buses' | 'rules'>,
  deliver: Deliver,
  onEvent: (type: string) => void = () => {},
): PutEvents {
  const known = new Set(['default', ...buses]);
  const listeners = rules.map((rule) => ({ ...rule, matches: compilePattern(rule.pattern) }));

  return ({ Entries = [] }) => {
    const results = Entries.map((entry): EntryResult => {
      const fault = faultOf(entry, known);
      if (fault) return fault;
      const event = eventOf(entry);
      onEvent(entry.DetailType as string);
      const bus = busOf(entry);
      for (const rule of listeners) {
        if (rule.bus !== bus || !rule.matches(event)) continue;
        for (const target of rule.targets) deliver(target, event);
      }
      return { EventId: event.id };
    });
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  };
}

/** By name or ARN. */
const busOf = ({ EventBusName = 'default' }: BusEntry): string => EventBusName.split('/').at(-1) as string;

function faultOf(entry: BusEntry, known: ReadonlySet<string>): EntryResult | undefined {
  const invalid = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) return invalid('InvalidArgument', `Parameter ${name} is not valid.`);
  }
  // AWS drops an event for an unknown bus silently; here it is an error.
  if (!known.has(busOf(entry))) return invalid('InvalidArgument', `there is no event bus ${busOf(entry)}`);
  try {
    const detail = JSON.parse(entry.Detail ?? '');
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return undefined;
  } catch {}
  return invalid('MalformedDetail', 'Detail is malformed.');
}

function eventOf({ Source, DetailType, Detail, Resources = [], Time }: BusEntry) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: ACCOUNT,
    time: new Date(Time === undefined ? Date.now() : Time * 1000).toISOString(),
    region: REGION,
    resources: Resources,
    detail: JSON.parse(Detail as string),
  };
}
