import type { CommandDefinition, Context, Decision, FoldedRecord } from './aggregate.ts';
import { aggregateByName, definitionOf } from './catalog.ts';
import type { EventDraft } from './event.ts';
import { apply } from './record.ts';
import { accepted, type Refusal, type Result, refused } from './refusal.ts';
import { mayAct, speaksAs } from './rights.ts';
import { aggregateOf, escapePointer, referencesIn } from './values/ids.ts';

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

/** Parts of a payload may point to a piece of its evidence; the piece has to be there. */
function unknownEvidence(data: unknown, known: ReadonlySet<string>, pointer = ''): Refusal[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]): Refusal[] => {
    const at = `${pointer}/${escapePointer(key)}`;
    if (key !== 'evidence' || typeof value !== 'string') return unknownEvidence(value, known, at);
    if (known.has(value)) return [];
    return [{ rule: 'unknown-evidence', pointer: at, detail: `no evidence of this command has the id "${value}"` }];
  });
}

const evidenceIds = (data: { evidence?: readonly { id?: string }[] }) =>
  new Set((data.evidence ?? []).flatMap(({ id }) => (id === undefined ? [] : [id])));

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
  const broken = [...unknownReferences(data, context), ...unknownEvidence(data, evidenceIds(data))];
  if (broken.length > 0) return refused(...broken);
  // A fact that opens a record is anybody's to record, also where the record is there already.
  const isAct = definition.act !== undefined && definition.scope === 'registry/submit';
  if (record && isAct && !mayAct(record, context.actor, context.lookup)) {
    return refused({
      rule: 'right-lacking',
      pointer: '',
      detail: 'only the submitter of a record, its host or a party to it may act on it',
    });
  }
  const decision = definition.decide(data as never, record?.state, context);
  if (!decision.ok) return decision;
  const capacity = speaksAs(preview(record, decision.value.events, context), context.actor, context.lookup);
  const complete = (drafts: readonly EventDraft[]) =>
    drafts.map(({ type, data: payload }) => ({
      type,
      data: definitionOf(type).schema.parse({ ...payload, speaksAs: capacity }) as object,
    }));
  const { events, others = [] } = decision.value;
  return accepted({
    ...decision.value,
    events: complete(events),
    others: others.map((other) => ({ id: other.id, events: complete(other.events) })),
  });
}
