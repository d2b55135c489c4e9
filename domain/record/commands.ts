import { type Aggregate, type Context, command, type Decision, type FoldedRecord } from '../kernel/aggregate.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Result, refused } from '../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { correctionFaults, correctionRules, inCurrentTerms } from './correction.ts';
import { corrected, corroborated, disputed, evidenceAdded, retracted, retractionWithdrawn } from './events.ts';
import { retractionFaults, retractionRules, withdrawalFaults, withdrawalRules } from './retraction.ts';

/** Commands that a record of any aggregate takes. What they decide on is the record as a whole, not its own state. */

/** What each takes, whatever the aggregate. */
export const bodiesOnAnyRecord = {
  correct: submitted(corrected).omit({ schemaVersion: true }),
  retract: submitted(retracted),
  'withdraw-retraction': submitted(retractionWithdrawn),
  'add-evidence': submitted(evidenceAdded),
  corroborate: submitted(corroborated),
  dispute: submitted(disputed),
};

const recordIn = ({ id, lookup }: Context): FoldedRecord => {
  const record = lookup(id);
  if (!record) throw new Error(`${id} was not read`);
  return record;
};

const has = (record: FoldedRecord, version: number) =>
  record.events.some(({ streamversion }) => streamversion === version);

/** The commands of one aggregate; their names end in its name, their acts are the same for all. */
export function commandsOnAnyRecord<const Name extends string>(aggregate: Aggregate & { readonly name: Name }) {
  const { name, periods } = aggregate;
  const correct = command({
    name: `correct-${name}`,
    records: `${name}.corrected`,
    act: 'correct',
    scope: 'registry/submit',
    registrarToo: 'on-any',
    by: 'author',
    judgesHistory: true,
    summary: 'Set right what an earlier event of the record says',
    rules: [...correctionRules, ...(aggregate.result?.rules ?? [])],
    ...(aggregate.follows && { follows: aggregate.follows }),
    schema: bodiesOnAnyRecord.correct,
    example: {
      corrects: 1,
      set: { notes: [{ text: 'The translation is doubtful', lang: 'en' }] },
      reason: 'translation',
      evidence,
    },
    decide(data, _state: unknown, context: Context): Result<Decision> {
      const correction = inCurrentTerms(recordIn(context), data);
      const faults = correctionFaults(recordIn(context), correction, context);
      return faults.length > 0
        ? refused(...faults)
        : accepted({ events: [{ type: `${name}.corrected`, data: correction }] });
    },
  });
  const retract = command({
    name: `retract-${name}`,
    records: `${name}.retracted`,
    act: 'retract',
    scope: 'registry/submit',
    registrarToo: 'on-any',
    by: 'owner',
    summary: periods ? 'Retract a period that was registered in error' : 'Retract what was registered in error',
    rules: retractionRules(aggregate),
    schema: bodiesOnAnyRecord.retract,
    example: { reason: 'Registered twice', ...(periods && { period: 1 }), evidence },
    decide(data, _state: unknown, context: Context): Result<Decision> {
      const faults = retractionFaults(data, recordIn(context));
      return faults.length > 0 ? refused(...faults) : accepted({ events: [{ type: `${name}.retracted`, data }] });
    },
  });
  const withdrawRetraction = command({
    name: `withdraw-retraction-of-${name}`,
    records: `${name}.retraction-withdrawn`,
    act: 'withdraw-retraction',
    scope: 'registry/registrar',
    onRetracted: true,
    summary: periods ? 'Take back the retraction of a period' : 'Take back the retraction of the record',
    rules: [...withdrawalRules(aggregate), ...(aggregate.result?.rules ?? [])],
    ...(aggregate.follows && { follows: aggregate.follows }),
    schema: bodiesOnAnyRecord['withdraw-retraction'],
    example: { reason: 'It was not registered twice', ...(periods && { period: 1 }), evidence },
    decide(data, _state: unknown, context: Context): Result<Decision> {
      const faults = withdrawalFaults(data, recordIn(context), context);
      return faults.length > 0
        ? refused(...faults)
        : accepted({ events: [{ type: `${name}.retraction-withdrawn`, data }] });
    },
  });
  const addEvidence = command({
    name: `add-evidence-to-${name}`,
    records: `${name}.evidence-added`,
    act: 'add-evidence',
    scope: 'registry/submit',
    by: 'anyone',
    onRetracted: true,
    summary: 'Add a further source for what is recorded',
    rules: ['no-such-event'],
    schema: bodiesOnAnyRecord['add-evidence'],
    example: { about: 1, evidence },
    decide(data, _state: unknown, context: Context): Result<Decision> {
      if (data.about !== undefined && !has(recordIn(context), data.about)) {
        return refused({ rule: 'no-such-event', pointer: '/about', detail: 'the record has no such event of its own' });
      }
      return accepted({ events: [{ type: `${name}.evidence-added`, data }] });
    },
  });
  const corroborate = command({
    name: `corroborate-${name}`,
    records: `${name}.corroborated`,
    act: 'corroborate',
    scope: 'registry/submit',
    by: 'host-or-party',
    summary: 'Say as a host or a party that what is recorded is so',
    schema: bodiesOnAnyRecord.corroborate,
    example: { evidence },
    decide: (data): Result<Decision> => accepted({ events: [{ type: `${name}.corroborated`, data }] }),
  });
  const dispute = command({
    name: `dispute-${name}`,
    records: `${name}.disputed`,
    act: 'dispute',
    scope: 'registry/submit',
    by: 'host-or-party',
    summary: 'Say as a host or a party that what is recorded is not so',
    schema: bodiesOnAnyRecord.dispute,
    example: { grounds: 'We have not signed it', evidence },
    decide: (data): Result<Decision> => accepted({ events: [{ type: `${name}.disputed`, data }] }),
  });
  return [correct, retract, withdrawRetraction, addEvidence, corroborate, dispute];
}
