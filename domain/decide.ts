import type { CommandDefinition, Context, Decision, FoldedRecord } from './aggregate.ts';
import { aggregateByName, definitionOf } from './catalog.ts';
import type { CeremonyState } from './ceremony/state.ts';
import { isCancelled } from './ceremony/whole.ts';
import type { EventDraft } from './event.ts';
import { apply, facetsOf } from './record.ts';
import { accepted, type Refusal, type Result, refused } from './refusal.ts';
import { rightLacking, speaksAs } from './rights.ts';
import { unknownEvidence } from './unknown-evidence.ts';
import { aggregateOf, referencesIn } from './values/ids.ts';
import { certainlyBefore, type PartialDate } from './values/partial-date.ts';

/** References to records that do not exist. A record may name itself in the command that opens it. */
function unknownReferences(data: unknown, { id, lookup }: Context): Refusal[] {
  return referencesIn(data)
    .filter((found) => found.id !== id && lookup(found.id) === undefined)
    .map(({ pointer, id: unknown }) => ({
      rule: 'unknown-reference',
      pointer,
      detail: `no record ${unknown} exists`,
    }));
}

/** Nothing new is recorded of what was registered in error, and nothing that refers to it. */
const retractedReferences = (data: object, { id: own, lookup }: Context): Refusal[] =>
  subjectsOf(data)
    .filter(({ id }) => id !== own && lookup(id)?.isRetracted)
    .map(({ pointer, id }) => ({ rule: 'record-retracted', pointer, detail: `${id} was registered in error` }));

/** What a command refers to, but for what its evidence rests on. */
const subjectsOf = (data: object) => referencesIn({ ...data, evidence: undefined });

/** Nothing new is recorded at a cancelled ceremony, nor at a part of one. */
function atCancelledCeremonies(data: object, { id: own, lookup }: Context): Refusal[] {
  const cancelled = (id: string) => isCancelled(lookup(id)?.state as CeremonyState, { lookup });
  return subjectsOf(data)
    .filter(({ id }) => aggregateOf(id) === 'ceremony' && id !== own && cancelled(id))
    .map(({ pointer, id }) => ({ rule: 'ceremony-cancelled', pointer, detail: `${id} was cancelled` }));
}

/** No fact is dated after the closing of what it is about or refers to. */
function afterClosing(
  data: object,
  record: FoldedRecord | undefined,
  drafts: readonly EventDraft[],
  { id: own, lookup }: Context,
): Refusal[] {
  const about = [own, ...(record?.aggregate.reads?.(record.state) ?? [])].map((id) => ({ pointer: '/on', id }));
  return [...about, ...subjectsOf(data)].flatMap(({ pointer, id }): Refusal[] => {
    const closed = lookup(id);
    const closedOn = closed && facetsOf(closed).closedOn;
    if (closedOn === undefined) return [];
    const late = drafts.some(({ data: fact }) => {
      const { on } = fact as { on?: PartialDate };
      const isAbout = pointer === '/on' || subjectsOf(fact).some((subject) => subject.id === id);
      return on !== undefined && isAbout && certainlyBefore(closedOn, on);
    });
    return late ? [{ rule: 'after-closing', pointer, detail: `${id} was closed on ${closedOn}` }] : [];
  });
}

/** The record as the drafts would leave it: what capacity the submitter speaks in is judged on that. */
function preview(record: FoldedRecord | undefined, drafts: readonly EventDraft[], context: Context): FoldedRecord {
  const aggregate = aggregateByName(aggregateOf(context.id) ?? '');
  const { client, organization } = context.actor;
  const first = (record?.version ?? 0) + 1;
  const after = drafts.reduce<FoldedRecord | undefined>(
    (before, draft, index) =>
      apply(aggregate, before, {
        ...draft,
        specversion: '1.0',
        id: `${context.id}/${first + index}`,
        source: '',
        subject: context.id,
        time: '',
        datacontenttype: 'application/json',
        dataschema: '',
        streamversion: first + index,
        actor: client,
        ...(organization === undefined ? {} : { onbehalfof: organization }),
        commandid: '',
      }),
    record,
  );
  if (!after) throw new Error(`${context.id}: a decision without events opens nothing`);
  return after;
}

/**
 * Decides one command on validated data: references and evidence exist, the actor has the right, the aggregate's own
 * rules hold. The answer's drafts carry `speaksAs` and satisfy the schemas of their types.
 */
export function decide(
  definition: CommandDefinition,
  data: object,
  record: FoldedRecord | undefined,
  context: Context,
): Result<Decision> {
  const broken = [
    ...unknownReferences(data, context),
    ...retractedReferences(data, context),
    ...(definition.judgesHistory ? [] : unknownEvidence(data, data)),
  ];
  if (broken.length > 0) return refused(...broken);
  const right = record && rightLacking(definition, record, context);
  if (right !== undefined) return refused({ rule: 'right-lacking', pointer: '', detail: right });
  const isRetracted = record?.isRetracted && definition.act !== undefined && definition.by !== 'anyone';
  if (isRetracted) {
    return refused({ rule: 'record-retracted', pointer: '', detail: 'it was registered in error' });
  }
  const cancelled = atCancelledCeremonies(data, context);
  if (cancelled.length > 0) return refused(...cancelled);
  // What was retracted as a whole may be opened anew, where its identity allows that.
  const state = record?.isRetracted && definition.act === undefined ? undefined : record?.state;
  const decision = definition.decide(data as never, state, context);
  if (!decision.ok) return decision;
  const { events, others = [] } = decision.value;
  const late = afterClosing(data, record, events, context);
  if (late.length > 0) return refused(...late);
  const complete = (after: FoldedRecord, drafts: readonly EventDraft[]) => {
    const capacity = speaksAs(after, context.actor, context.lookup);
    return drafts.map(({ type, data: payload }) => ({
      type,
      data: definitionOf(type).schema.parse({ ...payload, speaksAs: capacity }) as object,
    }));
  };
  return accepted({
    ...decision.value,
    events: complete(preview(record, events, context), events),
    others: others.map((other) => {
      const before = context.lookup(other.id);
      if (!before) throw new Error(`${context.id}: a decision about ${other.id}, which is not there`);
      return { id: other.id, events: complete(before, other.events) };
    }),
  });
}
