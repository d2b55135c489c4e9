import type { Context } from '../../kernel/aggregate.ts';
import { areSame, finalOf } from '../../record/merges.ts';
import { statusOf } from '../../record/record.ts';
import { isInOwnHands, mayAct } from '../../record/rights.ts';
import { partyIndex } from '../parties.ts';
import { type AgreementState, factsOf } from '../state.ts';
import { type Findings, nothing, refusal } from './findings.ts';

/** Whether an organization has been closed by a day, or may have been; one that nobody read counts as open. */
export function mayBeClosed(organization: string, day: string, { lookup }: Pick<Context, 'lookup'>): boolean {
  const record = lookup.ifRead(finalOf(organization, lookup.ifRead));
  return record !== undefined && statusOf(record, day) === 'closed';
}

/** What takes the place from a party that has a client of its own is for that party, or a registrar, until it is closed. */
export function inItsOwnHands(organization: string | undefined, context: Context): Findings {
  const { actor, today, lookup } = context;
  const record = organization === undefined ? undefined : lookup.ifRead(finalOf(organization, lookup.ifRead));
  if (!record || actor.isRegistrar || !isInOwnHands(record)) return nothing;
  const isFree = areSame(actor.organization, organization, lookup) || mayBeClosed(record.id, today, context);
  return isFree
    ? nothing
    : refusal('right-lacking', '/party', 'the party is in its own hands: only itself, or a registrar, may do this');
}

/**
 * Who says that it took a place itself is believed where the closing of the party names it; else it would become a party to
 * any agreement by its own word. Others say so who may act on the agreement.
 */
export function takenByItself(organization: string | undefined, successor: string, context: Context): Findings {
  const { id, actor, lookup } = context;
  const agreement = lookup.ifRead(id);
  if (!agreement || actor.isRegistrar || mayAct(agreement, actor, lookup)) return nothing;
  const record = organization === undefined ? undefined : lookup.ifRead(finalOf(organization, lookup.ifRead));
  const isNamed = record?.events.some(
    ({ type, data }) => type === 'organization.closed' && areSame((data as Closing).successor, successor, lookup),
  );
  return isNamed
    ? nothing
    : refusal(
        'right-lacking',
        '/successor',
        'no closing of the party names it: who may act on the agreement may say so',
      );
}

interface Closing {
  readonly successor?: string | undefined;
}

interface Succeeds {
  readonly party: string | number;
  readonly successor: string;
}

/** A succession is recorded once, and closes no ring. */
export function repeatedSuccession(state: AgreementState, { party, successor }: Succeeds): Findings {
  const { parties } = state;
  const place = partyIndex(parties, party);
  const isRecorded = factsOf(state, 'agreement.party-succeeded').some(
    (fact) => fact.successor === successor && partyIndex(parties, fact.party) === place,
  );
  if (isRecorded) return refusal('already-succeeded', '/successor', 'this is recorded already');
  const heir = partyIndex(parties, successor);
  if (heir >= 0 && heir === place) return refusal('succeeds-itself', '/successor', 'this is the party itself');
  const isRing = heir >= 0 && predecessorsOf(state, place).has(heir);
  return isRing ? refusal('succeeds-itself', '/successor', 'the party has taken the place of this one') : nothing;
}

/** The places of all whom a party has succeeded, whatever it has inherited from them. */
function predecessorsOf({ parties }: AgreementState, place: number): ReadonlySet<number> {
  const found = new Set([place]);
  for (const one of found) {
    for (const { party } of parties[one]?.succeeds ?? []) found.add(partyIndex(parties, party));
  }
  return found;
}
