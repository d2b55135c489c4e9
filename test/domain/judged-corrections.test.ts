import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../domain/kernel/aggregate.ts';
import { correctionFaults } from '../../domain/record/correction.ts';
import { patched } from '../../domain/record/record.ts';
import { allHistories, lookupBeside, rawFacts, rawRecord } from './raw-histories.ts';
import { historyFaults } from './slow/correction.ts';

const on = fc.constantFrom('2020', '2023', '2023-02-23', '2023-02-23?', '../2024', '2024-01-31', '2025', null);
const set = fc.oneof(
  { weight: 6, arbitrary: on.map((day) => ({ on: day })) },
  { weight: 1, arbitrary: fc.constantFrom('2023', '2024-01-31', null).map((until) => ({ until })) },
  { weight: 1, arbitrary: fc.constant({ notes: [{ text: 'Doubtful', lang: 'en' }] }) },
);

describe.each(allHistories)('a correction of $name', ({ name, histories }) => {
  it('breaks what deciding both histories again from the beginning finds', () => {
    let [judged, refused] = [0, 0];
    fc.assert(
      fc.property(rawFacts(histories, 12), fc.nat(12), set, (facts, place, changed) => {
        const record = rawRecord(name, facts);
        const corrects = record.events[place % record.events.length]?.streamversion ?? 1;
        const correction = { corrects, set: changed as object as Record<string, never> };
        const lookup = lookupBeside(record, histories);
        const actor = { client: 'gzde', isRegistrar: true };
        const context: Context = { id: record.id, today: '2030-01-01', opened: '2023-02-27', actor, lookup };
        const faults = correctionFaults(record, correction, context);
        // What comes before the history: the schema, the identity, whether anything is changed.
        if (faults.some(({ rule }) => rule !== 'contradicts-history')) return;
        judged += 1;
        if (faults.length > 0) refused += 1;
        const [before, state] = [JSON.stringify(record.state), record.state];
        expect(faults).toEqual(historyFaults(record, patched(record, correction), context));
        expect(JSON.stringify(state)).toBe(before);
      }),
      { seed: 13, numRuns: 600 },
    );
    expect(judged).toBeGreaterThan(100);
    if (!['organization', 'award-programme'].includes(name)) expect(refused).toBeGreaterThan(0);
  });
});
