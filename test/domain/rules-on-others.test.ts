import { describe, expect, it } from 'vitest';
import { reservationKinds } from '../../domain/bookkeeping.ts';
import { commandsByName, rulesOnOthers } from '../../domain/catalog.ts';
import { lookupIn } from '../../domain/kernel/aggregate.ts';
import { problems, type Rule } from '../../domain/problems.ts';
import { evidence, type Fact, idOf, recordOf } from '../support/decider.ts';
import { brokenElsewhere } from '../support/elsewhere.ts';

// That no rule is missing is held by every test that breaks one: see `given` in test/support/decider.ts.
describe('the rules that look at other records', () => {
  it('are rules', () => {
    expect(Object.keys(problems)).toEqual(expect.arrayContaining(Object.keys(rulesOnOthers)));
  });

  it('have those among them that stand over reservations, which are written with the record: they are guarded', () => {
    for (const { taken } of Object.values(reservationKinds)) {
      expect(rulesOnOthers[taken]?.overtaken).toBe('guarded');
    }
  });

  it('are few where they are guarded beyond what is written: every other command stays one Put', () => {
    const commands = [...commandsByName.values()].filter(({ definition: { rules = [] } }) =>
      rules.some((rule) => ['both-members', 'already-member', 'conferred-already'].includes(rule)),
    );
    const names = commands.map(({ definition }) => definition.name).sort();
    expect(names).toEqual([
      'admit',
      'admit-member',
      'confer-award',
      'merge-organization',
      'reinstate-award',
      'reinstate-member',
      'withdraw-retraction-of-award',
      'withdraw-retraction-of-membership',
    ]);
  });
});

describe('the search for rules that another record has broken', () => {
  const [one, two] = [idOf('organization', 'a'), idOf('organization', 'b')];
  const registered: Fact = ['organization.registered', { kind: 'company', names: [{ value: 'Any', lang: 'en' }] }];
  const agreement = idOf('agreement');
  const registering = (rules: readonly Rule[], ...ofOne: Fact[]) => {
    const definition = commandsByName.get('register-agreement')?.definition;
    if (!definition) throw new Error('the catalog has no such command');
    const records = new Map([
      [one, recordOf(one, [registered, ...ofOne])],
      [two, recordOf(two, [registered])],
    ]);
    const lookup = lookupIn((id) => ({ record: records.get(id) }));
    const data = { kind: 'supply', parties: [{ organization: one }, { organization: two }], evidence };
    const today = '2023-03-01';
    const context = { id: agreement, today, opened: today, actor: { client: 'gzde' }, lookup };
    return { definition, data, record: undefined, context, rules };
  };

  it('finds one that a retraction broke', () => {
    const refused = registering(['record-retracted'], ['organization.retracted', { reason: 'In error' }]);
    expect(brokenElsewhere(refused, [one])).toEqual(['record-retracted']);
    expect(brokenElsewhere(refused, [two])).toEqual([]);
  });
});
