import { aggregateByName, definitionOf } from './catalog.ts';
import type { CommandDefinition, Context, Decision, FoldedRecord } from './kernel/aggregate.ts';
import type { EventDraft } from './kernel/event.ts';
import { accepted, type Refusal, type Result, refused } from './kernel/refusal.ts';
import { userInfoInAddresses } from './record/addresses.ts';
import { afterClosing, atCancelledCeremonies, retractedReferences } from './record/common-rules.ts';
import { endingTooEarly, inTheFuture, seldomRead } from './record/dates.ts';
import { subtagsRepeated } from './record/language-tags.ts';
import { asKnownTo, finalOf, inWordsOf } from './record/merges.ts';
import { nameFaults } from './record/names.ts';
import { apply, indexFieldsOf, periodsOf } from './record/record.ts';
import { mayAct, ONLY_WHO_MAY_ACT, rightLacking, speaksAs } from './record/rights.ts';
import { unknownEvidence } from './record/unknown-evidence.ts';
import { unknownReferences } from './record/unknown-references.ts';
import { aggregateOf } from './values/ids.ts';

/** An opening that adds to a period which is there acts on the record; one that begins a period of its own is anybody's. */
const joinsPeriod = (before: FoldedRecord, after: FoldedRecord): boolean =>
  before.aggregate.periods !== undefined && periodsOf(after).length <= periodsOf(before).length;

/** The facts that each period consists of, by their versions, whatever the order of the periods. */
const periodFacts = (record: FoldedRecord): string =>
  periodsOf(record)
    .map(({ facts }) => facts.map(({ version }) => version).sort((a, b) => a - b))
    .map(String)
    .sort()
    .join(';');

/** A correction that makes other facts stand together in a period acts on the record, whoever said what it corrects. */
const movesPeriods = (before: FoldedRecord, after: FoldedRecord): boolean =>
  before.aggregate.periods !== undefined && periodFacts(before) !== periodFacts(after);

const lacking = (detail: string): Refusal => ({ rule: 'right-lacking', pointer: '', detail });

/** The record as the drafts would leave it: what capacity the submitter speaks in is judged on that. */
function preview(record: FoldedRecord | undefined, drafts: readonly EventDraft[], context: Context): FoldedRecord {
  const aggregate = aggregateByName(aggregateOf(context.id) ?? '');
  const { client, organization } = context.actor;
  const first = (record?.version ?? 0) + 1;
  const after = drafts.reduce<FoldedRecord | undefined>(
    (before, draft, index) =>
      apply(aggregate, before, {
        ...draft.attributes,
        type: draft.type,
        data: draft.data,
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
 * Decides one command on validated data: the actor has the right, references and evidence exist, the aggregate's own
 * rules hold. The answer's drafts carry `speaksAs` and satisfy the schemas of their types.
 */
export function decide(
  definition: CommandDefinition,
  given: object,
  record: FoldedRecord | undefined,
  context: Context,
): Result<Decision> {
  const unnamed = record && rightLacking(definition, record, context);
  if (unnamed !== undefined) return refused(lacking(unnamed));
  const broken = [
    ...unknownReferences(given, context),
    ...retractedReferences(given, context),
    ...userInfoInAddresses(given, record),
    ...subtagsRepeated(given, record),
    ...nameFaults(given, record),
    ...endingTooEarly(given),
    ...(definition.judgesHistory ? [] : unknownEvidence(given, given)),
  ];
  if (broken.length > 0) return refused(...broken);
  const data = inWordsOf(given, record, context);
  const concerned = record && definition.concerns?.(data, record.state);
  const right = record && rightLacking(definition, record, context, { concerned });
  if (right !== undefined) return refused(lacking(right));
  if (record && indexFieldsOf(record).mergedInto !== undefined) {
    const detail = `${record.id} was merged into ${finalOf(record.id, context.lookup)}`;
    return refused({ rule: 'target-merged', pointer: '', detail });
  }
  const isRetracted = record?.isRetracted && definition.act !== undefined && !definition.onRetracted;
  if (isRetracted) {
    return refused({ rule: 'record-retracted', pointer: '', detail: 'it was registered in error' });
  }
  const cancelled = atCancelledCeremonies(data, context);
  if (cancelled.length > 0) return refused(...cancelled);
  // A record that was retracted as a whole may be opened again, where its identity allows that.
  const state = record?.isRetracted && definition.act === undefined ? undefined : record?.state;
  const decision = definition.decide(data, state, context);
  if (!decision.ok) return decision;
  const early = inTheFuture(definition, data, context);
  if (early.length > 0) return refused(...early);
  const { events, others = [], warnings = [], restsOn = [] } = decision.value;
  const after = preview(record, events, context);
  if (record && !mayAct(record, context.actor, context.lookup)) {
    const adds = definition.act === undefined && joinsPeriod(record, after);
    const moves = definition.by === 'author' && !context.actor.isRegistrar && movesPeriods(record, after);
    if (adds || moves) return refused(lacking(ONLY_WHO_MAY_ACT));
  }
  // Judged under the ids that were given: these were read.
  const concernedAsGiven = record && definition.concerns?.(given, record.state);
  const late = afterClosing({ data: given, record, concerned: concernedAsGiven }, events, context);
  if (late.length > 0) return refused(...late);
  const result = after.aggregate.result?.judge(record, after, { data, lookup: context.lookup });
  if (result && result.refusals.length > 0) return refused(...result.refusals);
  const complete = (about: FoldedRecord, drafts: readonly EventDraft[]) => {
    const capacity = speaksAs(about, context.actor, context.lookup);
    return drafts.map(({ type, data: payload, ...draft }) => ({
      ...draft,
      type,
      data: definitionOf(type).schema.parse({ ...payload, speaksAs: capacity }) as object,
    }));
  };
  return accepted({
    ...decision.value,
    events: complete(after, events),
    warnings: [...warnings, ...(result?.warnings ?? []), ...seldomRead(given, context)],
    restsOn: [...restsOn, ...(result?.restsOn ?? [])],
    speaker: asKnownTo(after, context.actor, context.lookup),
    others: others.map((other) => {
      const before = context.lookup(other.id);
      if (!before) throw new Error(`${context.id}: a decision about ${other.id}, which is not there`);
      const speaker = asKnownTo(before, context.actor, context.lookup);
      return { id: other.id, events: complete(before, other.events), speaker };
    }),
  });
}
