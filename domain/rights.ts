import type { Actor, Context } from './aggregate.ts';
import type { SpeaksAs } from './event.ts';
import { type FoldedRecord, facetsOf } from './record.ts';

/** In what capacity the actor speaks about a record: as its host, as a party to it, or as somebody else. */
export function speaksAs(record: FoldedRecord, actor: Actor, lookup: Context['lookup']): SpeaksAs {
  if (actor.organization === undefined) return 'other';
  const { hosts, parties, ceremony } = facetsOf(record);
  const at = ceremony === undefined ? undefined : lookup(ceremony);
  const hostedBy = at === undefined ? hosts : [...hosts, ...facetsOf(at).hosts];
  if (hostedBy.includes(actor.organization)) return 'host';
  return parties.includes(actor.organization) || record.id === actor.organization ? 'party' : 'other';
}

/** A submitter may act on records that it submitted, hosts or is a party to. */
export function mayAct(record: FoldedRecord, actor: Actor, lookup: Context['lookup']): boolean {
  const { client, organization } = record.submitter;
  const submitted = client === actor.client || (organization !== undefined && organization === actor.organization);
  return submitted || speaksAs(record, actor, lookup) !== 'other';
}
