import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { SignedParty } from '../kernel/signers.ts';
import { indexFieldsOf } from '../record/record.ts';
import { daysOf, type PartialDate } from '../values/partial-date.ts';
import type { Projection, Row } from './projection.ts';
import type { SummedRow } from './sums.ts';

/**
 * Who has signed with whom. Two organizations that have signed one agreement are a pair, in one row for each order of the
 * two, which all their agreements add to. An agreement that very many have signed would make a pair of any two of them: it
 * is a node of its own instead, to which each of them has an edge.
 */

/** Organizations that an agreement makes pairs of, at most. */
export const PAIRED = 20;

/** The pairs of all organizations, as `<organization>/<other>`. */
export const PAIRS = 'pair';
export const pairSort = (organization: string, other: string) => `${organization}/${other}`;

/** The counters of a pair: agreements; those for which a branch signed on behalf of one of the two; by kind; by date. */
export const PAIR_COUNT = 'n';
export const PAIR_BEHALF = 'behalf';
export const PAIR_KIND = 'kind:';
export const PAIR_DATE = 'date:';

/** Who has signed an agreement that is a node of its own, as `<organization>/<agreement>`. */
export const LARGE = 'large';
export interface LargeEdge {
  /** The agreement. */
  readonly id: string;
  readonly kind?: string;
  readonly on?: PartialDate;
  /** Whether a branch signed on behalf of the organization. */
  readonly behalf?: true;
}

/** Somebody in whose name an agreement is signed: who signed itself, or whom a branch signed for. */
interface Participant {
  readonly organization: string;
  /** The parties of which it is one, by their places among those that have signed. */
  readonly seats: ReadonlySet<number>;
  readonly on: PartialDate | undefined;
  readonly isRepresented: boolean;
}

function participantsIn(signers: readonly SignedParty[]): Participant[] {
  const found = new Map<string, Participant>();
  const add = (organization: string, seat: number, on: PartialDate | undefined, isRepresented: boolean): void => {
    const before = found.get(organization);
    found.set(organization, {
      organization,
      seats: new Set([...(before?.seats ?? []), seat]),
      on: before === undefined ? on : firstOf(before.on, on),
      isRepresented: isRepresented && (before?.isRepresented ?? true),
    });
  };
  for (const [seat, { organization, onBehalfOf = organization, on }] of signers.entries()) {
    add(organization, seat, on, false);
    if (onBehalfOf !== organization) add(onBehalfOf, seat, on, true);
  }
  return [...found.values()];
}

const firstOf = (one: PartialDate | undefined, other: PartialDate | undefined): PartialDate | undefined =>
  one === undefined || (other !== undefined && daysOf(other).earliest < daysOf(one).earliest) ? other : one;

/** When both had signed: unknown where the date of one of them is. */
function bothBy(one: PartialDate | undefined, other: PartialDate | undefined): PartialDate | undefined {
  if (one === undefined || other === undefined) return undefined;
  return daysOf(one).latest < daysOf(other).latest ? other : one;
}

/** A branch and the legal entity that it signs for are one party of the agreement: they do not sign with each other. */
const isOneParty = (one: Participant, other: Participant): boolean =>
  [...one.seats].some((seat) => other.seats.has(seat));

const participantsOf = (record: FoldedRecord): Participant[] =>
  participantsIn(record.aggregate.signers?.(record) ?? []);

function sums({ record }: Parameters<Projection['rows']>[0]): SummedRow[] {
  const all = participantsOf(record);
  if (all.length > PAIRED) return [];
  const { kind } = indexFieldsOf(record);
  return all.flatMap((one) =>
    all.flatMap((other): SummedRow[] => {
      if (one === other || isOneParty(one, other)) return [];
      const on = bothBy(one.on, other.on);
      const add = {
        [PAIR_COUNT]: 1,
        ...((one.isRepresented || other.isRepresented) && { [PAIR_BEHALF]: 1 }),
        ...(kind !== undefined && { [`${PAIR_KIND}${kind}`]: 1 }),
        ...(on !== undefined && { [`${PAIR_DATE}${on}`]: 1 }),
      };
      return [{ partition: PAIRS, sort: pairSort(one.organization, other.organization), add }];
    }),
  );
}

function rows({ record }: Parameters<Projection['rows']>[0]): Row[] {
  const all = participantsOf(record);
  if (all.length <= PAIRED) return [];
  const { id } = record;
  const { kind } = indexFieldsOf(record);
  return all.map(({ organization, on, isRepresented }) => {
    const value: LargeEdge = {
      id,
      ...(kind !== undefined && { kind }),
      ...(on !== undefined && { on }),
      ...(isRepresented && { behalf: true as const }),
    };
    return { partition: LARGE, sort: pairSort(organization, id), value };
  });
}

export const relations: Projection = { name: 'relations', revision: 1, rows, sums };
