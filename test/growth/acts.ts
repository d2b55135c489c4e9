import { commandsByName, schemaVersionOf } from '../../domain/catalog.ts';
import { decide } from '../../domain/decide.ts';
import { type FoldedRecord, lookupIn } from '../../domain/kernel/aggregate.ts';
import { stamp } from '../../domain/kernel/event.ts';
import { nextDue } from '../../domain/record/due.ts';
import { apply } from '../../domain/record/record.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { evidence, idOf, recordOf } from '../support/decider.ts';
import type { GrownRecord } from './grown.ts';
import { type Act, BEFORE_ALL, dayAfterStart } from './kinds.ts';

/** Every organization that a record names is there. */
const anyone = recordOf(idOf('organization'), [
  ['organization.registered', { kind: 'company', names: [{ value: 'Any', lang: 'en' }] }],
]);

const TODAY = '2030-01-01';

function decided(record: FoldedRecord, [command, data]: Act) {
  const definition = commandsByName.get(command)?.definition;
  if (!definition) throw new Error(`the catalog has no command ${command}`);
  const { id } = record;
  const lookup = lookupIn((other) =>
    other === id ? { record } : aggregateOf(other) === 'organization' ? { record: anyone } : undefined,
  );
  const actor = { ...record.submitter, isRegistrar: definition.act === 'correct' };
  return decide(definition, { evidence, ...data }, record, { id, today: TODAY, opened: TODAY, actor, lookup });
}

function accepted(record: FoldedRecord, act: Act) {
  const decision = decided(record, act);
  if (!decision.ok) throw new Error(`${act[0]} is refused: ${JSON.stringify(decision.refusals)}`);
  return decision.value.events;
}

/** The record after one more act, as a submission of several sees it. */
function after(record: FoldedRecord, act: Act): FoldedRecord {
  const by = { source: 'registry.test', stream: record.id, version: record.version + 1, time: record.changedAt };
  const events = stamp(accepted(record, act), { ...by, actor: { client: 'gzde' }, commandId: '' }, schemaVersionOf);
  return events.reduce((before, event) => apply(record.aggregate, before, event), record);
}

const correction = ({ id }: FoldedRecord, corrects: number, set: object): Act => [
  `correct-${aggregateOf(id)}`,
  { corrects, set, reason: 'clerical' },
];

type OnRecord = (record: FoldedRecord, grown: GrownRecord & { act: NonNullable<GrownRecord['act']> }) => unknown;

const onRecord = (work: OnRecord) => async (grown: GrownRecord) => {
  const { act, folded } = grown;
  const sealed = await folded();
  if (!sealed || !act) throw new Error(`${grown.id}: nothing can be done with it`);
  return work(sealed.record, { ...grown, act });
};

/** What is done to a record after reading it. */
export const acts: Readonly<Record<string, (record: GrownRecord) => Promise<unknown>>> = {
  'to act on it': onRecord((record, { act, size }) => accepted(record, act(dayAfterStart(size + 1), 0))),
  'to act on it before all that is recorded': onRecord((record, { act }) => decided(record, act(BEFORE_ALL, 0))),
  'to act on it 99 times in one submission': onRecord((record, { act, size }) =>
    Array.from({ length: 99 }).reduce<FoldedRecord>(
      (before, _, index) => after(before, act(dayAfterStart(size + 1 + index), index)),
      record,
    ),
  ),
  'to correct its first fact': onRecord((record, { opening, set }) =>
    accepted(record, correction(record, opening, set ?? { on: BEFORE_ALL })),
  ),
  'to correct its last fact': onRecord((record, { opening, size, set }) =>
    // What is said of the first fact is refused of the last.
    (set ? decided : accepted)(record, correction(record, size, set ?? { on: dayAfterStart(size - opening) })),
  ),
  'to find the day that is due next': onRecord((record) => nextDue(record)),
};
