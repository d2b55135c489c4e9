import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateByName, aggregates } from '../../domain/catalog.ts';
import type { Aggregate, FoldedRecord } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { evidenceOf } from '../../domain/record/evidence.ts';
import { apply, fold } from '../../domain/record/record.ts';
import type { Evidence } from '../../domain/values/evidence.ts';
import { eventsOf, type Fact, idOf, Ledger } from '../support/decider.ts';
import { date, type Histories, organizations } from './histories/history.ts';

const files = await Promise.all(
  aggregates.map(async ({ name }) => {
    const { histories } = (await import(`./histories/${name}.ts`)) as { histories: Histories };
    return { name, histories };
  }),
);

const piece = (title: string) => ({ source: { title }, basis: 'stated' });
const sources = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e').map(piece), { minLength: 1, maxLength: 3 });

/** What a fact that any record may have says: of any version, also where no command would let it be said. */
const anyFact = (name: string): fc.Arbitrary<Fact> => {
  const version = fc.integer({ min: 1, max: 12 });
  const fact = (type: string, data: fc.Arbitrary<object>) => data.map((said): Fact => [`${name}.${type}`, said]);
  const corrected = fc.record({ corrects: version, set: date.map((on) => ({ on: on ?? null })) });
  const resourced = fc.record({ corrects: version, set: sources.map((evidence) => ({ evidence })) });
  return fc.oneof(
    { weight: 3, arbitrary: fact('corrected', corrected) },
    fact('corrected', resourced),
    fact('retracted', fc.record({ period: version })),
    fact('retracted', fc.constant({})),
    fact('retraction-withdrawn', fc.record({ period: version })),
    fact('retraction-withdrawn', fc.constant({})),
    fact('evidence-added', fc.record({ evidence: sources })),
    fact('disputed', fc.constant({ grounds: 'No', speaksAs: 'host' })),
    fact('corroborated', fc.constant({ speaksAs: 'party' })),
  );
};

const oneByOne = (aggregate: Aggregate, events: readonly RegistryEvent[]) =>
  events.reduce<FoldedRecord | undefined>((record, event) => apply(aggregate, record, event), undefined);

/** Events of one record, own ones as commands made them, and facts that any record may have between them. */
const historyOf = (name: string, { opening, act, beside = {} }: Histories): fc.Arbitrary<RegistryEvent[]> => {
  const spoken = fc.record({ evidence: sources, speaker: fc.constantFrom(...organizations) });
  const said = fc.oneof(act, anyFact(name));
  return fc.tuple(opening, fc.array(fc.tuple(said, spoken), { maxLength: 14 })).map(([first, rest]) => {
    const ledger = new Ledger(idOf(name), { beside, today: '2030-01-01' });
    const events: RegistryEvent[] = [];
    const record = ([type, data]: Fact, speaker = organizations[0] as string) => {
      const facts: Fact[] = [...events.map((one): Fact => [one.type, one.data]), [type, data]];
      events.push({ ...(eventsOf(idOf(name), facts).at(-1) as RegistryEvent), onbehalfof: speaker });
    };
    ledger.submit(...first);
    for (const { type, data } of ledger.events) record([type, data]);
    for (const [[type, data], { evidence, speaker }] of rest) {
      const known = ledger.events.length;
      if (type.startsWith(`${name}.`)) record([type, { evidence, ...data }], speaker);
      else if (ledger.submit(type, data).ok) {
        const [opened] = events;
        // What was retracted as a whole is opened again before anything else happens to it.
        if (opened && oneByOne(aggregateByName(name), events)?.isRetracted) record([opened.type, opened.data]);
        for (const added of ledger.events.slice(known)) record([added.type, { ...added.data, evidence }], speaker);
      }
    }
    return events;
  });
};

describe.each(files)('a history of $name', ({ name, histories }) => {
  const aggregate = aggregateByName(name);

  it('folds at once into what it folds into event by event, at every point, and from every point on', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(historyOf(name, histories), fc.nat(), (events, cut) => {
        for (const { type } of events) seen.add(type);
        for (let end = 0; end <= events.length; end += 1) {
          const expected = oneByOne(aggregate, events.slice(0, end));
          expect(fold(aggregate, events.slice(0, end))).toEqual(expected);
          const begun = fold(aggregate, events.slice(0, cut % (end + 1)));
          const until = structuredClone(begun?.state);
          expect(fold(aggregate, events.slice(cut % (end + 1), end), begun)).toEqual(expected);
          expect(begun?.state).toEqual(until);
        }
      }),
      { numRuns: 120, seed: 12 },
    );
    for (const type of ['corrected', 'retracted', 'retraction-withdrawn', 'evidence-added'])
      expect(seen).toContain(`${name}.${type}`);
  });

  it('has each piece of evidence once, as it was first recorded', () => {
    fc.assert(
      fc.property(historyOf(name, histories), (events) => {
        const record = fold(aggregate, events);
        if (!record) return;
        const added = events.filter(({ type }) => type === `${name}.evidence-added`);
        const stated = [...record.events, ...added]
          .sort((a, b) => a.streamversion - b.streamversion)
          .map(({ data }) => (data as { evidence: Evidence }).evidence);
        const isKnown = (one: object, before: Evidence) => before.some((other) => isDeepStrictEqual(one, other));
        expect(evidenceOf(record)).toEqual(
          stated.flatMap((pieces, index) => pieces.filter((one) => !isKnown(one, stated.slice(0, index).flat()))),
        );
      }),
      { numRuns: 60, seed: 12 },
    );
  });
});
