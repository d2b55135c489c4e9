import type { Actor, Context, FoldedRecord } from './aggregate.ts';
import type { SpeaksAs } from './event.ts';
import { facetsOf } from './record.ts';

/** What a record happened at or belongs to: whoever hosts that hosts the record too. */
export function wholesOf(record: FoldedRecord): string[] {
  const { ceremony, within = {}, hostsAlone } = facetsOf(record);
  return [...(ceremony === undefined || hostsAlone ? [] : [ceremony]), ...Object.values(within)];
}

/** The hosts of a record: its own, and those of what it happened at or belongs to, and of every whole of that. */
function hostsOf(record: FoldedRecord, lookup: Context['lookup'], seen: ReadonlySet<string> = new Set()): string[] {
  const wholes = wholesOf(record).filter((id) => !seen.has(id));
  return [
    ...facetsOf(record).hosts,
    ...wholes.flatMap((id) => {
      const whole = lookup(id);
      return whole === undefined ? [] : hostsOf(whole, lookup, new Set([...seen, ...wholes]));
    }),
  ];
}

/** In what capacity the actor speaks about a record: as its host, as a party to it, or as somebody else. */
export function speaksAs(record: FoldedRecord, actor: Actor, lookup: Context['lookup']): SpeaksAs {
  if (actor.organization === undefined) return 'other';
  if (hostsOf(record, lookup).includes(actor.organization)) return 'host';
  const { parties } = facetsOf(record);
  return parties.includes(actor.organization) || record.id === actor.organization ? 'party' : 'other';
}

/** A submitter may act on records that it submitted, hosts or is a party to. */
export function mayAct(record: FoldedRecord, actor: Actor, lookup: Context['lookup']): boolean {
  const { client, organization } = record.submitter;
  const submitted = client === actor.client || (organization !== undefined && organization === actor.organization);
  return submitted || speaksAs(record, actor, lookup) !== 'other';
}
