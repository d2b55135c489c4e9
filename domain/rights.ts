import type { Actor, Context, FoldedRecord } from './aggregate.ts';
import type { SpeaksAs } from './event.ts';
import { facetsOf } from './record.ts';

/** The hosts of a record: its own, and those of the ceremony that it happened at and of every whole of that. */
function hostsOf(record: FoldedRecord, lookup: Context['lookup'], seen: ReadonlySet<string> = new Set()): string[] {
  const { hosts, ceremony } = facetsOf(record);
  const at = ceremony === undefined || seen.has(ceremony) ? undefined : lookup(ceremony);
  return at === undefined ? [...hosts] : [...hosts, ...hostsOf(at, lookup, new Set([...seen, at.id]))];
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
