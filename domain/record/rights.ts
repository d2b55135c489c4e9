import type { Actor, CommandDefinition, Context, FoldedRecord, Lookup } from '../kernel/aggregate.ts';
import type { RegistryEvent, SpeaksAs } from '../kernel/event.ts';
import { areSame, idsOf } from './merges.ts';
import { indexFieldsOf } from './record.ts';

/** The ceremony at which a record happened, and what it belongs to: their hosts are hosts of the record too. */
export function wholesOf(record: FoldedRecord): string[] {
  const { ceremony, within = {}, hostsAlone } = indexFieldsOf(record);
  return [...(ceremony === undefined || hostsAlone ? [] : [ceremony]), ...Object.values(within)];
}

/** The hosts of a record: its own, and those of its wholes, of the wholes of these, and so on. */
function hostsOf(record: FoldedRecord, lookup: Lookup, seen: ReadonlySet<string> = new Set()): string[] {
  const wholes = wholesOf(record).filter((id) => !seen.has(id));
  return [
    ...indexFieldsOf(record).hosts,
    ...wholes.flatMap((id) => {
      const whole = lookup(id);
      return whole === undefined ? [] : hostsOf(whole, lookup, new Set([...seen, ...wholes]));
    }),
  ];
}

/** In what capacity the actor speaks about a record: as its host, as a party to it, or as somebody else. */
export function speaksAs(record: FoldedRecord, actor: Actor, lookup: Lookup): SpeaksAs {
  if (actor.organization === undefined) return 'other';
  const itself = idsOf(actor.organization, lookup);
  const isAmong = (organizations: readonly string[]) => organizations.some((id) => itself.includes(id));
  if (isAmong(hostsOf(record, lookup))) return 'host';
  return isAmong([...indexFieldsOf(record).parties, record.id]) ? 'party' : 'other';
}

/** Whether the actor, or another client of its organization, recorded the event. */
export const isAuthor = (event: RegistryEvent, { client, organization }: Actor, lookup: Lookup): boolean =>
  event.actor === client || areSame(organization, event.onbehalfof, lookup);

/** Whether the actor, or another client of its organization, opened the record. */
export const hasSubmitted = ({ submitter }: FoldedRecord, actor: Actor, lookup: Lookup): boolean =>
  submitter.client === actor.client || areSame(actor.organization, submitter.organization, lookup);

/** A submitter may act on records that it submitted, hosts or is a party to. */
export const mayAct = (record: FoldedRecord, actor: Actor, lookup: Lookup): boolean =>
  hasSubmitted(record, actor, lookup) || speaksAs(record, actor, lookup) !== 'other';

export const ONLY_WHO_MAY_ACT = 'only the submitter of a record, its host or a party to it may act on it';

/** The right to act on a record that the actor lacks, in a sentence; `undefined` when it lacks none. */
export function rightLacking(
  { act, by, scope }: CommandDefinition,
  record: FoldedRecord,
  { actor, lookup }: Context,
  concerned?: string,
): string | undefined {
  // Anybody may record a fact that opens a record, even if the record exists already.
  if (act === undefined || scope === 'registry/registrar' || by === 'anyone') return undefined;
  // The rules of the correction check who recorded the event that it corrects.
  if (by === 'author') return undefined;
  if (by === 'submitter') {
    return actor.isRegistrar || hasSubmitted(record, actor, lookup)
      ? undefined
      : 'only the submitter of a record, or a registrar, may do this';
  }
  if (by === 'host-or-party') {
    return speaksAs(record, actor, lookup) === 'other'
      ? 'only a host of the record or a party to it may do this'
      : undefined;
  }
  const isOwn = areSame(actor.organization, concerned, lookup);
  return isOwn || mayAct(record, actor, lookup) ? undefined : ONLY_WHO_MAY_ACT;
}
