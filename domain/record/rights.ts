import type { Actor, CommandDefinition, Context, FoldedRecord, Lookup } from '../kernel/aggregate.ts';
import type { RegistryEvent, SpeaksAs } from '../kernel/event.ts';
import { areSame, idsOf } from './merges.ts';
import { indexFieldsOf } from './record.ts';
import { speakerOf } from './voices.ts';

/** The ceremony at which a record happened, and what it belongs to: their hosts are hosts of the record too. */
export function wholesOf(record: FoldedRecord): string[] {
  const { ceremony, within = {}, hostsAlone } = indexFieldsOf(record);
  return [...(ceremony === undefined || hostsAlone ? [] : [ceremony]), ...Object.values(within)];
}

/** The wholes of a record, the wholes of these, and so on. */
export function allWholesOf(record: FoldedRecord, lookup: Lookup, seen: ReadonlySet<string> = new Set()): string[] {
  const wholes = wholesOf(record).filter((id) => !seen.has(id));
  const known = new Set([...seen, ...wholes]);
  return wholes.flatMap((id) => {
    const whole = lookup(id);
    return whole === undefined ? [] : [id, ...allWholesOf(whole, lookup, known)];
  });
}

/** The hosts of a record: its own, and those of all its wholes. */
const hostsOf = (record: FoldedRecord, lookup: Lookup): string[] =>
  [record, ...allWholesOf(record, lookup).map(lookup)].flatMap((one) => (one ? indexFieldsOf(one).hosts : []));

/** In what capacity the actor speaks about a record: as its host, as a party to it, or as somebody else. */
export function speaksAs(record: FoldedRecord, actor: Actor, lookup: Lookup): SpeaksAs {
  if (actor.organization === undefined) return 'other';
  const itself = idsOf(actor.organization, lookup);
  const isAmong = (organizations: readonly string[]) => organizations.some((id) => itself.includes(id));
  if (isAmong(hostsOf(record, lookup))) return 'host';
  return isAmong([...indexFieldsOf(record).parties, record.id]) ? 'party' : 'other';
}

/**
 * Whether the actor said what an event says. What an organization said as a host or a party, it said itself: a client that
 * acts for it no longer has no part in that.
 */
export const isAuthor = (event: RegistryEvent, { client, organization }: Actor, lookup: Lookup): boolean =>
  (speakerOf(event) === undefined && event.actor === client) || areSame(organization, event.onbehalfof, lookup);

/**
 * Whether the actor opened the record. What was opened for an organization is that organization's, whichever client acts
 * for it: a client that does so no longer has no part in it.
 */
export const hasSubmitted = ({ submitter }: FoldedRecord, actor: Actor, lookup: Lookup): boolean =>
  submitter.organization === undefined
    ? submitter.client === actor.client
    : areSame(actor.organization, submitter.organization, lookup);

/** A submitter may act on records that it submitted, hosts or is a party to. */
export const mayAct = (record: FoldedRecord, actor: Actor, lookup: Lookup): boolean =>
  hasSubmitted(record, actor, lookup) || speaksAs(record, actor, lookup) !== 'other';

export const ONLY_ITS_AUTHOR = 'only who said it, or a registrar, corrects it';
export const ONLY_WHO_MAY_ACT = 'only the submitter of a record, its host or a party to it may act on it';

const outOfSubmittersHands = ['organization.client-appointed', 'organization.absorbed'];

/**
 * Whether the record is that of an organization which has, or once had, a client of its own, or into which another one was
 * merged: that may have had one. It then stays out of its submitter's hands, also between the dismissal of one client and
 * the appointment of the next.
 */
export const isInOwnHands = ({ events }: Pick<FoldedRecord, 'events'>): boolean =>
  events.some(({ type }) => outOfSubmittersHands.includes(type));

type Definition = Pick<CommandDefinition, 'act' | 'by' | 'scope' | 'registrarToo' | 'concerns'>;

/**
 * What takes a record away, or something that an organization bears, is for its owner: an organization that is in its own
 * hands, else the submitter while no other organization has spoken on the record. A registrar does it in the owner's place.
 */
function ownershipLacking(
  { registrarToo }: Definition,
  record: FoldedRecord,
  { actor, lookup }: Pick<Context, 'actor' | 'lookup'>,
): string | undefined {
  const isOwn = isInOwnHands(record);
  const others = [...record.speakers].filter(
    (one) => one !== record.submitter.organization && !areSame(actor.organization, one, lookup),
  );
  const isSubmitters = !isOwn && others.length === 0;
  if (actor.isRegistrar) {
    return isSubmitters && registrarToo !== 'on-any'
      ? 'the record is its submitter’s while it has no client of its own and no other organization has spoken on it'
      : undefined;
  }
  if (isOwn) {
    return areSame(actor.organization, record.id, lookup)
      ? undefined
      : 'the organization is in its own hands: only itself, or a registrar, may do this';
  }
  if (!hasSubmitted(record, actor, lookup)) return 'only the submitter of a record, or a registrar, may do this';
  return isSubmitters ? undefined : `${others[0]} has spoken on the record: only a registrar may do this`;
}

/** What the data of a command may give a right by. */
interface Named {
  /** The organization whose own act it is. */
  readonly concerned: string | undefined;
}

/**
 * The right to act on a record that the actor lacks, in a sentence; `undefined` when it lacks none. Before the data are
 * looked at, `named` is absent: what they may give then counts as given.
 */
export function rightLacking(
  definition: Definition,
  record: FoldedRecord,
  { actor, lookup }: Pick<Context, 'actor' | 'lookup'>,
  named?: Named,
): string | undefined {
  const { act, by, scope, registrarToo, concerns } = definition;
  // Anybody may record a fact that opens a record, even if the record exists already.
  if (act === undefined || scope === 'registry/registrar' || by === 'anyone') return undefined;
  if (by === 'owner') return ownershipLacking(definition, record, { actor, lookup });
  if (by === 'author') {
    // The rules of the correction check who recorded the event that it names.
    return actor.isRegistrar || record.events.some((event) => isAuthor(event, actor, lookup))
      ? undefined
      : ONLY_ITS_AUTHOR;
  }
  if (by === 'host-or-party') {
    return speaksAs(record, actor, lookup) === 'other'
      ? 'only a host of the record or a party to it may do this'
      : undefined;
  }
  const isOwn = named
    ? areSame(actor.organization, named.concerned, lookup)
    : concerns !== undefined && actor.organization !== undefined;
  const isRegistrars = actor.isRegistrar && registrarToo === 'on-any';
  return isOwn || isRegistrars || mayAct(record, actor, lookup) ? undefined : ONLY_WHO_MAY_ACT;
}
