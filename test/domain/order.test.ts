import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FoldedRecord } from '../../domain/aggregate.ts';
import { aggregates } from '../../domain/catalog.ts';
import { facetsOf } from '../../domain/record.ts';
import { type Fact, idOf, recordOf } from '../support/decider.ts';

const letters = [...'bcdefg'];
const organizations = letters.map((letter) => idOf('organization', letter));
const date = fc.constantFrom(
  undefined,
  '2023',
  '2023-02',
  '2023-02-23',
  '2023-02-23?',
  '2023~',
  '2023-02-23/..',
  '../2024',
  '2024-01-31',
);
const someDay = fc.constantFrom(
  '2022-12-31',
  '2023-01-01',
  '2023-02-22',
  '2023-02-23',
  '2023-02-24',
  '2024-01-31',
  '2030-01-01',
);
const dated = (facts: fc.Arbitrary<Fact>) =>
  fc.tuple(facts, date).map(([[type, data], on]): Fact => [type, on === undefined ? data : { ...data, on }]);

const signatures = fc.shuffledSubarray([...organizations, 2]).chain((signers) => {
  // One live signature a party: `2` is the second party by its place.
  const once = signers.filter((party) => party !== organizations[1] || !signers.includes(2));
  return fc.tuple(...once.map((party) => dated(fc.constant<Fact>(['agreement.signed', { party }]))));
});
const entries = fc.array(
  dated(fc.boolean().map((provisional): Fact => ['agreement.entered-into-force', { provisional }])),
  { maxLength: 3 },
);
const agreements = fc.tuple(fc.boolean(), signatures, entries).map(([openForSignature, signed, entered]) => ({
  aggregate: 'agreement',
  opening: [
    'agreement.registered',
    { kind: 'other', openForSignature, parties: organizations.slice(0, 3).map((organization) => ({ organization })) },
  ] as Fact,
  facts: [...signed, ...entered].filter(
    ([, data]) => openForSignature || !organizations.slice(3).includes((data as { party?: string }).party ?? ''),
  ),
}));
const ceremonies = fc
  .tuple(fc.constantFrom('ceremony.announced', 'ceremony.recorded'), fc.subarray(organizations), date)
  .map(([type, holders, on]) => ({
    aggregate: 'ceremony',
    opening: [type, { kind: 'forum', ...(on === undefined ? {} : { on }) }] as Fact,
    facts: holders.map((organization): Fact => ['ceremony.role-assigned', { organization, role: 'guest' }]),
  }));
const names = fc.subarray(letters).map((added) => ({
  aggregate: 'organization',
  opening: ['organization.registered', { kind: 'bank', names: [{ value: 'a', lang: 'en' }] }] as Fact,
  facts: added.map((value): Fact => ['organization.name-added', { name: { value, lang: 'en' } }]),
}));
const history = fc.oneof(agreements, ceremonies, names);

const foldOf = (aggregate: string, facts: readonly Fact[]) => recordOf(idOf(aggregate), facts) as FoldedRecord;

describe('facts that arrive in any order', () => {
  const inTwoOrders = history.chain(({ aggregate, opening, facts }) =>
    fc
      .shuffledSubarray(facts, { minLength: facts.length })
      .map((shuffled) => ({ aggregate, one: [opening, ...facts], other: [opening, ...shuffled] })),
  );

  it('leave the record in the same state on every day', () => {
    fc.assert(
      fc.property(inTwoOrders, someDay, ({ aggregate, one, other }, day) => {
        const [first, second] = [foldOf(aggregate, one), foldOf(aggregate, other)];
        expect(second.aggregate.statusOn(second.state, day)).toBe(first.aggregate.statusOn(first.state, day));
      }),
      { numRuns: 500 },
    );
  });
  it('date it alike and name the same organizations', () => {
    const seen = (record: FoldedRecord) => {
      const { on, parties, participants, hosts, names: known } = facetsOf(record);
      const sorted = [parties, participants, hosts, known.map(({ value }) => value)].map((list) => [...list].sort());
      return { on, sorted };
    };
    fc.assert(
      fc.property(inTwoOrders, ({ aggregate, one, other }) => {
        expect(seen(foldOf(aggregate, other))).toEqual(seen(foldOf(aggregate, one)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('folding', () => {
  it('gives the same record for the same events, and leaves them as they are', () => {
    fc.assert(
      fc.property(history, ({ aggregate, opening, facts }) => {
        const all = [opening, ...facts];
        const before = JSON.stringify(all);
        expect(JSON.stringify(foldOf(aggregate, all))).toBe(JSON.stringify(foldOf(aggregate, all)));
        expect(JSON.stringify(all)).toBe(before);
      }),
    );
  });
});

describe('states', () => {
  const seen = new Map(aggregates.map(({ name }) => [name, new Set<string>()]));
  it('are those that the aggregate lists', () => {
    fc.assert(
      fc.property(history, someDay, ({ aggregate, opening, facts }, day) => {
        const record = foldOf(aggregate, [opening, ...facts]);
        const state = record.aggregate.statusOn(record.state, day);
        seen.get(aggregate)?.add(state);
        expect(record.aggregate.states).toContain(state);
      }),
      { numRuns: 1000, seed: 7 },
    );
  });
  it('are all reached by some history', () => {
    for (const { name, states } of aggregates) expect([...(seen.get(name) ?? [])].sort()).toEqual([...states].sort());
  });
});
