import type * as z from 'zod';
import { RETRACTED_PERIODS } from '../bounds.ts';
import {
  type Aggregate,
  type CommandDefinition,
  type Context,
  command,
  type Decision,
  type FoldedRecord,
} from '../kernel/aggregate.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Result, refused } from '../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { correctionFaults, correctionRules, inCurrentTerms } from './correction.ts';
import { corrected, corroborated, disputed, evidenceAdded, retracted } from './events.ts';

/** Commands that a record of any aggregate takes. What they decide on is the record as a whole, not its own state. */

const recordIn = ({ id, lookup }: Context): FoldedRecord => {
  const record = lookup(id);
  if (!record) throw new Error(`${id} was not read`);
  return record;
};

const has = (record: FoldedRecord, version: number) =>
  record.events.some(({ streamversion }) => streamversion === version);

function retractionOf(
  data: Pick<z.infer<typeof retracted>, 'period'>,
  record: FoldedRecord,
): Result<Decision> | undefined {
  const { period } = data;
  const { absorbed = [] } = record.state as { absorbed?: readonly string[] };
  if (absorbed.length > 0) {
    return refused({ rule: 'stands-for-others', pointer: '', detail: `it absorbed ${absorbed.join(', ')}` });
  }
  const retracted = record.retractions.filter((one) => one.period !== undefined).length;
  if (period !== undefined && retracted >= RETRACTED_PERIODS) {
    const detail = `${retracted} of its periods were retracted; at most ${RETRACTED_PERIODS}`;
    return refused({ rule: 'cap-retracted-periods', pointer: '/period', detail });
  }
  const periods = record.aggregate.periods?.of(record.state);
  if (periods === undefined && period !== undefined) {
    return refused({ rule: 'no-such-period', pointer: '/period', detail: `a ${record.aggregate.name} has no periods` });
  }
  if (periods && !periods.some(({ version }) => version === period)) {
    const known = periods.map(({ version }) => version).join(', ');
    return refused({ rule: 'no-such-period', pointer: '/period', detail: `its periods begin at version: ${known}` });
  }
  return undefined;
}

/** The commands of one aggregate; their names end in its name, their acts are the same for all. */
export function commandsOnAnyRecord(aggregate: Aggregate): CommandDefinition[] {
  const { name, periods } = aggregate;
  const correct = command({
    name: `correct-${name}`,
    records: `${name}.corrected`,
    act: 'correct',
    scope: 'registry/submit',
    registrarToo: true,
    by: 'author',
    judgesHistory: true,
    summary: 'Set right what an earlier event of the record says',
    rules: correctionRules,
    schema: submitted(corrected).omit({ schemaVersion: true }),
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
    registrarToo: true,
    by: 'submitter',
    summary: periods ? 'Retract a period that was registered in error' : 'Retract what was registered in error',
    rules: ['no-such-period', 'stands-for-others', ...(periods ? (['cap-retracted-periods'] as const) : [])],
    schema: submitted(retracted),
    example: { reason: 'Registered twice', ...(periods && { period: 1 }), evidence },
    decide: (data, _state: unknown, context: Context): Result<Decision> =>
      retractionOf(data, recordIn(context)) ?? accepted({ events: [{ type: `${name}.retracted`, data }] }),
  });
  const addEvidence = command({
    name: `add-evidence-to-${name}`,
    records: `${name}.evidence-added`,
    act: 'add-evidence',
    scope: 'registry/submit',
    by: 'anyone',
    summary: 'Add a further source for what is recorded',
    rules: ['no-such-event'],
    schema: submitted(evidenceAdded),
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
    schema: submitted(corroborated),
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
    schema: submitted(disputed),
    example: { grounds: 'We have not signed it', evidence },
    decide: (data): Result<Decision> => accepted({ events: [{ type: `${name}.disputed`, data }] }),
  });
  return [correct, retract, addEvidence, corroborate, dispute] as CommandDefinition[];
}
