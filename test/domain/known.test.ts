import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CohortFact, identificationsIn, knownAs, recordKey } from '../../domain/cohort/identifications.ts';
import { identifiedIn } from '../../domain/cohort/state.ts';
import { type FoldedRecord, lookupIn } from '../../domain/kernel/aggregate.ts';
import { keptBeside } from '../../domain/kernel/beside.ts';
import { countFirst } from '../../domain/kernel/bisect.ts';
import { heapOf } from '../../domain/kernel/heap.ts';
import { type LaunchFact, type LaunchState, namesBefore, namesOf, present } from '../../domain/launch/state.ts';
import { areSame, knownTo } from '../../domain/record/merges.ts';
import { referencesIn } from '../../domain/values/ids.ts';
import { type Name, nameKey, sameName } from '../../domain/values/names.ts';
import { type Fact, idOf, recordOf } from '../support/decider.ts';
import { date, organizations } from './histories/history.ts';
import { allHistories, rawFacts, rawRecord } from './raw-histories.ts';
import { inOrderOfRanks } from './slow/lifecycle.ts';

const RUNS = { seed: 17, numRuns: 10_000 };

describe('what is kept beside a list', () => {
  const sum = keptBeside(
    () => ({ sum: 0, items: 0 }),
    (known, item: number) => {
      known.sum += item;
      known.items += 1;
    },
  );
  it('is learnt of each item once, also of one that is added later', () => {
    const list = [1, 2];
    expect(sum(list)).toEqual({ sum: 3, items: 2 });
    expect(sum(list)).toEqual({ sum: 3, items: 2 });
    list.push(4);
    expect(sum(list)).toEqual({ sum: 7, items: 3 });
    expect(sum([1])).toEqual({ sum: 1, items: 1 });
  });
  it('is learnt anew of a list that has become shorter', () => {
    const list = [1, 2];
    sum(list);
    list.pop();
    expect(sum(list)).toEqual({ sum: 1, items: 1 });
  });
});

describe('a heap', () => {
  it('gives what was put into it in order', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(9), { nil: undefined })), (steps) => {
        const heap = heapOf<number>((one, other) => one < other);
        const left: number[] = [];
        for (const step of steps) {
          if (step === undefined) expect(heap.takeFirst()).toBe(left.shift());
          else {
            heap.put(step);
            left.push(step);
            left.sort();
          }
          expect(heap.first()).toBe(left[0]);
        }
      }),
      RUNS,
    );
  });
});

describe('the first places of a list', () => {
  it('are counted', () => {
    for (let length = 0; length < 9; length += 1) {
      for (let first = 0; first <= length; first += 1) {
        expect(countFirst(length, (place) => place < first)).toBe(first);
      }
    }
  });
});

describe('the names of a launch', () => {
  const names = fc.array(
    fc.record({ value: fc.constantFrom('A', 'B', 'a b', 'en A'), lang: fc.constantFrom('en', 'zh') }),
    { maxLength: 3 },
  );
  const renaming = fc.tuple(names, date).map(([some, on]) => ({ names: some, ...(on !== undefined && { on }) }));
  const launches = fc.tuple(names, fc.array(renaming, { maxLength: 10 })).map(([opening, renamings]): LaunchState => {
    const facts = renamings.map(
      ({ names: some, on }, index): LaunchFact => ({
        type: 'launch.renamed',
        names: some,
        version: index + 2,
        ...(on !== undefined && { on }),
      }),
    );
    return {
      kind: 'platform',
      facts: [{ type: 'launch.performed', version: 1, names: opening }, ...facts],
    } as LaunchState;
  });

  /** One set after the other: those of its opening, then those of each renaming by its day. */
  const namings = ([opening, ...facts]: LaunchState['facts']): (readonly Name[])[] => [
    opening.names ?? [],
    ...inOrderOfRanks(facts as readonly (LaunchFact & { names: Name[] })[], ['launch.renamed']).map(
      (fact) => fact.names,
    ),
  ];

  it('are those of its last renaming, and those before it former ones, each once', () => {
    fc.assert(
      fc.property(launches, (state) => {
        const now = namings(state.facts).at(-1) ?? [];
        expect(namesOf(state)).toEqual(now);
        const { names: borne = [] } = present(state) as { names?: Name[] };
        expect(borne.map(({ since: _, ...name }) => name)).toEqual(now);
        const former = namings(state.facts)
          .flat()
          .filter((name) => !now.some((one) => sameName(one, name)));
        const once = former.filter((name, place) => former.findIndex((other) => sameName(other, name)) === place);
        const { formerNames = [] } = present(state) as { formerNames?: Name[] };
        // One that comes back was borne before, where its renaming is dated; and one may have been borne twice.
        const shown = formerNames.filter((name) => !now.some((one) => sameName(one, name)));
        expect(new Set(shown.map(nameKey))).toEqual(new Set(once.map(nameKey)));
        expect(new Set(formerNames.map((name) => JSON.stringify(name))).size).toBe(formerNames.length);
      }),
      RUNS,
    );
  });

  it('give way to a renaming at its place', () => {
    fc.assert(
      fc.property(launches, names, date, (state, others, on) => {
        const added = {
          type: 'launch.renamed',
          names: others,
          version: Number.MAX_SAFE_INTEGER,
          ...(on !== undefined && { on }),
        } as const;
        const borne = namings([...state.facts, added]);
        expect(namesBefore(state, added)).toEqual(borne[borne.indexOf(others) - 1] ?? []);
      }),
      RUNS,
    );
  });

  it('have one key each', () => {
    fc.assert(
      fc.property(names, (some) => {
        for (const one of some)
          for (const other of some) expect(nameKey(one) === nameKey(other)).toBe(sameName(one, other));
      }),
      { ...RUNS, numRuns: 1_000 },
    );
  });
});

describe('whom a cohort knows', () => {
  const records = ['a', 'b', 'c'].map((letter) => idOf('award', letter));
  const identified = fc
    .record({
      organization: fc.option(fc.constantFrom(...organizations), { nil: undefined, freq: 4 }),
      record: fc.option(fc.constantFrom(...records), { nil: undefined, freq: 2 }),
    })
    .filter(({ organization, record }) => organization !== undefined || record !== undefined);
  const facts = fc.array(identified, { maxLength: 10 }).map((some) =>
    some.map(
      ({ organization, record }, index): CohortFact => ({
        type: 'cohort.identified',
        version: index + 2,
        ...(organization !== undefined && { organization }),
        ...(record !== undefined && { record }),
      }),
    ),
  );
  /** Which organizations are one, told by the last of them, and by those which have come into it. */
  const families = fc.array(fc.nat(2), { minLength: organizations.length, maxLength: organizations.length });
  const read = fc.subarray(organizations);

  it('is found under all ids of an organization, whichever of them were read', () => {
    let found = 0;
    fc.assert(
      fc.property(facts, families, read, fc.constantFrom(...organizations), (list, family, wasRead, asked) => {
        const lookup = lookupIn((id) => {
          if (!wasRead.includes(id)) return { record: undefined };
          const all = organizations.filter((_, index) => family[index] === family[organizations.indexOf(id)]);
          const into = all.at(-1);
          const registered: Fact = [
            'organization.registered',
            { kind: 'company', names: [{ value: 'Any', lang: 'en' }] },
          ];
          const merges: Fact[] =
            into === id
              ? all.slice(0, -1).map((organization) => ['organization.absorbed', { organization }])
              : [['organization.merged', { into, reason: 'One' }]];
          return { record: recordOf(id, [registered, ...merges]) };
        });
        const known = identifiedIn({ facts: list });
        const same = known.filter((one) => areSame(asked, one.organization, lookup));
        if (same.length > 0) found += 1;
        const has = knownAs(list, asked, lookup);
        expect(has.length > 0).toBe(same.length > 0);
        expect(has.some(({ hasRecord }) => hasRecord)).toBe(same.some(({ record }) => record !== undefined));
        expect(identificationsIn(list).count).toBe(known.length);
        expect([...identificationsIn(list).records].sort()).toEqual(
          [
            ...new Set(
              known.flatMap(({ record, organization }) =>
                record === undefined ? [] : recordKey(record, organization),
              ),
            ),
          ].sort(),
        );
      }),
      { ...RUNS, numRuns: 4_000 },
    );
    expect(found).toBeGreaterThan(500);
  });
});

describe.each(allHistories)('the organizations that a record of $name knows', ({ name, histories }) => {
  it('are those that its state names, but for what is merged with itself', () => {
    fc.assert(
      fc.property(rawFacts(histories), (facts) => {
        const record: FoldedRecord = rawRecord(name, facts);
        const state = { ...(record.state as object), evidence: undefined, absorbed: undefined, mergedInto: undefined };
        const named = referencesIn(state).flatMap(({ id }) => (id.startsWith('organization-') ? [id] : []));
        expect([...knownTo(record)].sort()).toEqual([...new Set(named)].sort());
      }),
      { ...RUNS, numRuns: 300 },
    );
  });
});
