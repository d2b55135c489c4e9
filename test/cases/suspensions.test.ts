import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { expectNothingInvented, type LandedCase, landCase, rosterOf, stateOn } from './case.ts';

let engine: TestEngine;
let landed: LandedCase;

beforeAll(async () => {
  engine = await startEngine();
  landed = await landCase(engine, 'suspensions');
});
afterAll(() => engine?.stop());

describe('suspensions of which no source tells the admission', () => {
  it('are recorded as they are told, and nothing else is', () => expectNothingInvented(landed));

  it.each([
    // Suspended in July 2015: a member before, since when nobody says.
    ['x1', '2015-06-30', 'member possible'],
    ['x1', '2015-07-15', 'suspended possible'],
    ['x1', '2015-07-31', 'suspended certain'],
    ['x1', '2026-01-01', 'suspended certain'],
    // Suspended on 17 June 2011, and reinstated in the same month.
    ['x2', '2011-05-31', 'member possible'],
    ['x2', '2011-06-17', 'member possible'],
    ['x2', '2011-06-30', 'member certain'],
    ['x2', '2026-01-01', 'member certain'],
    // Suspended, nobody says when.
    ['x3', '1990-01-01', 'suspended possible'],
    ['x3', '2026-01-01', 'suspended possible'],
    ['x4', '2023-08-22', 'member possible'],
    ['x4', '2023-08-23', 'suspended certain'],
  ])('%s on %s is %s', async (membership, day, expected) => {
    expect(await stateOn(landed, membership, day)).toBe(expected);
  });

  it.each([
    ['bwf', '2015-06-30', ['slba member possible from unknown']],
    ['bwf', '2015-07-31', ['slba suspended certain from unknown']],
    ['fig', '2011-05-31', ['kpgf suspended possible from unknown', 'pgf member possible from unknown']],
    ['fig', '2011-06-30', ['kpgf suspended possible from unknown', 'pgf member certain from unknown']],
    ['uww', '2023-08-23', ['wfi suspended certain from unknown']],
    ['slba', '2023-08-23', []],
  ])('the roster of %s on %s', async (body, day, expected) => {
    expect((await rosterOf(landed, body, day)).sort()).toEqual(expected);
  });

  it('tell why, and on what evidence', async () => {
    const { facts, evidence } = await landed.page('x1');
    expect(facts).toEqual([
      {
        type: 'membership.suspended',
        version: 1,
        on: '2015-07',
        reason: 'Governance and autonomy, clauses 8.3, 8.10, 5.2, 5.3',
      },
    ]);
    expect(evidence).toMatchObject([{ source: { publisher: 'The News Tribe', publishedOn: '2015-07-23' } }]);
  });
});
