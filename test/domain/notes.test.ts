import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { commandsByName, definitionOf } from '../../domain/catalog.ts';
import { idOf, Ledger } from '../support/decider.ts';
import { allHistories } from './raw-histories.ts';

const notes = [{ text: 'The source leaves open which of the two houses.', lang: 'en' }];
const fieldsOf = (schema: z.ZodType) => Object.keys((schema as z.ZodObject).shape);

describe('notes', () => {
  it.each([...commandsByName.values()].map(({ definition }) => definition))(
    'are taken by $name, and held by its event',
    ({ schema, records }) => {
      expect(fieldsOf(schema)).toContain('notes');
      expect(fieldsOf(definitionOf(records).schema)).toContain('notes');
    },
  );

  it.each(allHistories)('stand in the events of $name as they were submitted', ({ name, histories }) => {
    const { opening, act, beside = {} } = histories;
    const recorded = new Set<string>();
    fc.assert(
      fc.property(fc.tuple(opening, fc.array(act, { maxLength: 6 })), ([first, acts]) => {
        const ledger = new Ledger(idOf(name), { beside, today: '2030-01-01' });
        for (const [command, data] of [first, ...acts]) {
          // An opening may be refused: then there is no record to act on.
          if (command !== first[0] && !ledger.record) continue;
          const outcome = ledger.submit(command, { ...data, notes });
          if (!outcome.ok) continue;
          expect(outcome.events[0]?.data).toMatchObject({ notes });
          recorded.add(command);
        }
      }),
      { numRuns: 60, seed: 9 },
    );
    expect(recorded.size).toBeGreaterThan(1);
  });
});
