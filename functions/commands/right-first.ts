import type { Actor } from '../../domain/kernel/aggregate.ts';
import { allWholesOf, rightLacking } from '../../domain/record/rights.ts';
import { idPattern } from '../../domain/values/ids.ts';
import type { ReadWork } from '../stores/unit-of-work.ts';
import { readActor, readTargets } from './read-records.ts';
import { brokenRules, type Rejection } from './rejection.ts';
import type { Submission } from './submission.ts';

/** Rejects what a request says. Who has no right on a record that it acts on is told that, and nothing of the reason. */
export async function rejectUnlessRight(
  reason: Rejection,
  { items }: Submission,
  caller: Pick<Actor, 'client' | 'isRegistrar'>,
  unit: ReadWork,
): Promise<Rejection> {
  const acts = items.filter(({ opens, aggregate, id }) => !opens && idPattern(aggregate.name).test(id));
  await readTargets(
    acts.map(({ id }) => id),
    caller.client,
    unit,
  );
  const actor = { ...caller, ...(await readActor(caller.client, unit)) };
  const changed = new Set<string>();
  for (const { definition, id, pointer } of acts) {
    const record = unit.record(id);
    if (!record) continue;
    // What an earlier command of the submission would do to these may give the right.
    const isOpen = [id, ...allWholesOf(record, unit.record)].some((one) => changed.has(one));
    const lacking = isOpen ? undefined : rightLacking(definition, record, { actor, lookup: unit.record });
    if (lacking !== undefined) return brokenRules([{ rule: 'right-lacking', pointer: '', detail: lacking }], pointer);
    if (definition.by !== 'anyone') changed.add(id);
  }
  return reason;
}
