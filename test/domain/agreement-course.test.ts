import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreement } from '../../domain/agreement/agreement.ts';
import { registerAgreement } from '../../domain/agreement/commands/register.ts';
import type { AgreementFact } from '../../domain/agreement/events.ts';
import { partyIndex } from '../../domain/agreement/parties.ts';
import { factsByParty } from '../../domain/agreement/standing.ts';
import type { AgreementState } from '../../domain/agreement/state.ts';
import { termFacts } from '../../domain/agreement/term.ts';
import { lookupIn } from '../../domain/kernel/aggregate.ts';
import type { Party } from '../../domain/values/party.ts';
import { idOf } from '../support/decider.ts';
import { days, organizations } from './histories/history.ts';
import { historiesOf, rawFacts, rawRecord } from './raw-histories.ts';
import * as slow from './slow/agreement.ts';

const histories = historiesOf('agreement');
const asked = [...days, '0001-01-01', '2023-03-01', '2025-01-01', '9999-12-31'].sort();

/** Branches that sign for others, one organization twice, parties without a name: registers may hold them. */
const party: fc.Arbitrary<Party> = fc.oneof(
  fc.record({ organization: fc.constantFrom(...organizations.slice(0, 4)) }),
  fc.record({
    organization: fc.constantFrom(...organizations.slice(0, 4)),
    onBehalfOf: fc.constantFrom(...organizations.slice(0, 5)),
  }),
  fc.constant({ unidentified: 'A bank', lang: 'en' }),
);

const states = fc
  .tuple(rawFacts(histories, 14), fc.array(party, { minLength: 2, maxLength: 4 }), fc.boolean())
  .map(([[opening, ...facts], parties, isKept]): AgreementState => {
    const [type, data] = opening;
    return rawRecord('agreement', [[type, isKept ? data : { ...data, parties }], ...facts]).state as AgreementState;
  });

const RUNS = { seed: 3, numRuns: 1_500 };

describe('an agreement', () => {
  it('finds its parties, and what is told of each, as is defined', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(factsByParty(state)).toEqual(slow.factsByParty(state));
        for (const reference of [...organizations, 1, 2, 3, 9]) {
          expect(partyIndex(state.parties, reference)).toBe(slow.partyIndex(state.parties, reference));
        }
      }),
      RUNS,
    );
  });

  it('runs from day to day as is defined', () => {
    const { statusOn, days: daysOf, due } = agreement.lifecycle;
    fc.assert(
      fc.property(states, (state) => {
        expect(daysOf?.(state)).toEqual(slow.days(state));
        for (const reading of ['possible', 'certain'] as const) {
          expect(asked.map((day) => statusOn(state, day, reading))).toEqual(
            asked.map((day) => slow.statusOn(state, day, reading)),
          );
        }
        const named = [...new Set([...asked, ...slow.days(state)])];
        expect(named.map((day) => due?.(state, day))).toEqual(named.map((day) => slow.due(state, day)));
      }),
      RUNS,
    );
  });
});

describe('the term of an agreement', () => {
  const stated = fc.constantFrom(
    '2023',
    '2023-02-23',
    '2023-02-23?',
    '2023-02-23/..',
    '../2024',
    '2024-01-31',
    '2024',
    '2022',
  );
  const fact = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('agreement.renewed'), until: stated }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('agreement.expired') }) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constantFrom('agreement.terminated', 'agreement.annulled', 'agreement.resumed', 'agreement.amended'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('agreement.suspended'), until: stated }) },
  );
  const dated = fc.tuple(fact, fc.option(stated, { nil: undefined }));
  /** Facts in the order of nothing, or of their days, as they mostly arrive. */
  const lists = fc
    .tuple(fc.array(dated, { maxLength: 14 }), fc.boolean())
    .map(([facts, inOrder]) =>
      (inOrder ? facts.toSorted(([, a = ''], [, b = '']) => a.localeCompare(b)) : facts).map(
        ([one, on], index) => ({ ...one, ...(on !== undefined && { on }), version: index + 2 }) as AgreementFact,
      ),
    );

  it('brings about what is defined, made at once or as the list grows', () => {
    fc.assert(
      fc.property(lists, fc.option(stated, { nil: undefined }), (facts, until) => {
        expect(termFacts({ until, facts: [...facts] })).toEqual(slow.termFacts(until, facts));
        const list: AgreementFact[] = [];
        for (const one of facts) {
          list.push(one);
          expect(termFacts({ until, facts: list })).toEqual(slow.termFacts(until, list));
        }
      }),
      { ...RUNS, numRuns: 5_000 },
    );
  });
});

describe('the parties of a registration', () => {
  const areOne = (one: Party, other: Party): boolean =>
    'organization' in one &&
    'organization' in other &&
    (one.organization === other.organization ||
      (one.onBehalfOf ?? one.organization) === (other.onBehalfOf ?? other.organization));

  it('stand there once', () => {
    const id = idOf('agreement');
    const lookup = lookupIn(() => undefined);
    const context = { id, today: '2023-03-01', opened: '2023-03-01', actor: { client: 'gzde' }, lookup };
    fc.assert(
      fc.property(fc.array(party, { minLength: 2, maxLength: 6 }), (parties) => {
        const decision = registerAgreement.decide(
          { kind: 'other', parties, evidence: [] },
          undefined as never,
          context,
        );
        const refused = decision.ok ? [] : decision.refusals.map(({ pointer }) => pointer);
        const repeated = parties.flatMap((one, index) =>
          parties.slice(0, index).some((other) => areOne(one, other)) ? [`/parties/${index}`] : [],
        );
        expect(refused).toEqual(repeated);
      }),
      { ...RUNS, numRuns: 10_000 },
    );
  });
});
