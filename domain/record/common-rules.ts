import type { CeremonyState } from '../ceremony/state.ts';
import { isCancelled } from '../ceremony/whole.ts';
import type { Context, FoldedRecord, IndexFields } from '../kernel/aggregate.ts';
import type { EventDraft } from '../kernel/event.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { aggregateOf, referencesIn } from '../values/ids.ts';
import { certainlyBefore, type PartialDate } from '../values/partial-date.ts';
import { areSame, finalOf } from './merges.ts';
import { indexFieldsOf } from './record.ts';

/** Rules that hold for every command, whatever its aggregate. */

/** Nothing new is recorded of what was registered in error, and nothing that refers to it. */
export const retractedReferences = (data: object, { id: own, lookup }: Context): Refusal[] =>
  subjectsOf(data)
    .filter(({ id }) => id !== own && lookup(finalOf(id, lookup))?.isRetracted)
    .map(({ pointer, id }) => ({ rule: 'record-retracted', pointer, detail: `${id} was registered in error` }));

/** What a command refers to, but for what its evidence rests on. */
const subjectsOf = (data: object) => referencesIn({ ...data, evidence: undefined });

/** Nothing new is recorded at a cancelled ceremony, nor at a part of one. */
export function atCancelledCeremonies(data: object, { id: own, lookup }: Context): Refusal[] {
  const cancelled = (id: string) => isCancelled(lookup(id)?.state as CeremonyState, { lookup });
  return subjectsOf(data)
    .filter(({ id }) => aggregateOf(id) === 'ceremony' && id !== own && cancelled(id))
    .map(({ pointer, id }) => ({ rule: 'ceremony-cancelled', pointer, detail: `${id} was cancelled` }));
}

interface Submitted {
  readonly data: object;
  readonly record: Pick<FoldedRecord, 'aggregate' | 'state'> | undefined;
  /** The organization whose act it is, also where the data name it by its place. */
  readonly concerned: string | undefined;
}

/** What opens again what was closed is dated after its closing. */
const reopens = ({ type }: EventDraft): boolean => type === 'organization.restored';

/** When something was certainly closed on a day. */
function closedAt({ closedOn, closedBetween = [] }: IndexFields, on: PartialDate): string | undefined {
  if (closedOn !== undefined && certainlyBefore(closedOn, on)) return `on ${closedOn}`;
  const between = closedBetween.find(([from, to]) => certainlyBefore(from, on) && certainlyBefore(on, to));
  return between && `from ${between[0]} until ${between[1]}`;
}

/** What a fact says of an organization that may be closed: it has given up its place to another one. */
const subjectsOfDraft = ({ type, data }: EventDraft) =>
  subjectsOf(data).filter(({ pointer }) => !(type === 'agreement.party-succeeded' && pointer === '/party'));

/** No fact is dated after the closing of what it is about or refers to, unless that was restored by then. */
export function afterClosing(
  { data, record, concerned }: Submitted,
  drafts: readonly EventDraft[],
  context: Context,
): Refusal[] {
  const { id: own, lookup } = context;
  const looked = record?.aggregate.reads?.(record.state) ?? [];
  const about = [own, ...looked, ...(concerned === undefined ? [] : [concerned])].map((id) => ({
    pointer: '/on',
    id,
    everywhere: true,
  }));
  const named = subjectsOf(data).map((subject) => ({ ...subject, everywhere: false }));
  const refusals = [...named, ...about].flatMap(({ pointer, id, everywhere }): (Refusal & { id: string })[] => {
    const record = lookup(finalOf(id, lookup));
    const fields = record && indexFieldsOf(record);
    if (!fields) return [];
    const [closed] = drafts.flatMap((draft) => {
      const { on, effectiveOn = on } = draft.data as { on?: PartialDate; effectiveOn?: PartialDate };
      if (effectiveOn === undefined || reopens(draft)) return [];
      const isAbout = everywhere || subjectsOfDraft(draft).some((subject) => areSame(id, subject.id, lookup));
      return isAbout ? (closedAt(fields, effectiveOn) ?? []) : [];
    });
    return closed === undefined ? [] : [{ rule: 'after-closing', pointer, detail: `${id} was closed ${closed}`, id }];
  });
  return [...new Map(refusals.reverse().map(({ id, ...refusal }) => [id, refusal])).values()].reverse();
}
