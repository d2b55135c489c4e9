import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../support/scheduler.ts';
import { inOrder, type MadeRow } from './made.ts';
import {
  EMPTIED,
  honestOpening,
  MODEL,
  mutants,
  PAGE,
  PARTITIONS,
  type ProvenOpening,
  rows,
  wholeProof,
} from './mutants.ts';
import { buildGoVerifier, type GoVerifier, missingGo } from './program.ts';

const timeline = inOrder(rows).filter(([partition]) => partition === 'timeline');
const [, middle = ''] = timeline[12] ?? [];
const [, , , last] = PARTITIONS;

describe.skipIf(missingGo)('a verifier in Go that knows the format alone', () => {
  let go: GoVerifier;
  beforeAll(async () => {
    go = await buildGoVerifier();
  });
  afterAll(() => go?.[Symbol.asyncDispose]());

  async function said(opening: ProvenOpening): Promise<string | undefined> {
    const { vkey, model, question, answer, seen, note } = opening;
    const asked = { vkey, question: `model=${model}&${question}`, answer, seen, note };
    return (await go.verify([wholeProof(opening)], asked))[0];
  }

  it.each([
    ['a page', PAGE],
    ['a further page', `${PAGE}&before=${encodeURIComponent(middle)}`],
    ['the last page', `partition=timeline&limit=50&before=${encodeURIComponent(middle)}`],
    ['the last partition', `partition=${encodeURIComponent(last)}&limit=3`],
    ['the first partition, whole', `partition=${PARTITIONS[0]}`],
    ['that a partition has no rows', 'partition=nothing&limit=25'],
    ['that one before all others has none', 'partition=a&limit=25'],
    ['that one behind all others has none', 'partition=z&limit=25'],
    ['a row', `partition=timeline&sort=${encodeURIComponent(middle)}`],
    ['that there is no such row', 'partition=timeline&sort=0500/b'],
    ['that there is no row in an unknown partition', 'partition=nothing&sort=0500/b'],
    ['a number of rows', 'partition=record&count'],
    ['that there are none', 'partition=nothing&count'],
  ])('takes %s', async (_, question) => {
    expect(await said(await honestOpening(question))).toMatch(/^proven as of 300 by the statement at 301 of 303: /);
  });

  it('takes the answer of an empty read model', async () => {
    const proven = 'proven as of 300 by the statement at 302 of 303: {"more":false,"rows":[]}';
    expect(await said(await honestOpening(PAGE, [], EMPTIED))).toBe(proven);
  });

  it('refuses each lie for a reason of its own', async () => {
    const reasons: Record<string, string | undefined> = {};
    for (const [lie, make] of Object.entries(mutants)) reasons[lie] = await said(await make());
    expect(reasons).toEqual({
      'the first row is left out': 'refused: the answer: row 0 is not [0978/a map[n:62]]',
      'a row in the middle is left out': 'refused: the answer: row 2 is not [0922/a map[n:38]]',
      'the last row is left out': 'refused: the answer: row 4 is not [0866/a map[n:14]]',
      'a row is added': expect.stringMatching(/^refused: the answer: rows is .*, and not /),
      'a row is altered': 'refused: the answer: row 1 is not [0950/a map[n:50]]',
      'a row is hidden behind its true hash': 'refused: the rows: the value of "timeline" "0950/a" is hidden',
      'the next page is cut off': 'refused: the answer: more is false, and not true',
      'a total is false': 'refused: the answer: count is 29, and not 30',
      'the statement is old': 'refused: the statement: the one at 160 is old, as there is one at 301',
      'another revision is shown': `refused: the rows: they are not those of ${MODEL}`,
      'the root is a foreign one': "refused: the log's proof: the statement is not entry 301 of 303",
      'the checkpoint is forked': 'refused: the checkpoint: another one of 303 entries was signed too',
      'a neighbour is altered': 'refused: the rows: their root is not the one stated',
    } satisfies Record<keyof typeof mutants, unknown>);
  });

  it('refuses a tree that was made anew without a row, and one with a value that nobody recorded', async () => {
    const timeline = rows.filter(([partition]) => partition === 'timeline');
    for (const row of timeline.slice(-5)) {
      const altered = rows.map((one): MadeRow => (one === row ? [row[0], row[1], '{"n":-1}'] : one));
      expect(
        await said(
          await honestOpening(
            PAGE,
            rows.filter((one) => one !== row),
          ),
        ),
      ).toBe('refused: the rows: 120 are stated, and not 119');
      expect(await said(await honestOpening(PAGE, altered))).toBe(
        'refused: the rows: their root is not the one stated',
      );
    }
  });

  it('refuses a thousand proofs with one bit flipped', async () => {
    const random = seeded(17);
    const honest = await honestOpening(PAGE);
    const bytes = Buffer.from(wholeProof(honest));
    const flipped = Array.from({ length: 1000 }, () => {
      const altered = Buffer.from(bytes);
      const at = Math.floor(random() * bytes.length);
      altered.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
      return altered;
    });
    const { vkey, model, question, answer } = honest;
    const told = await go.verify(flipped, { vkey, question: `model=${model}&${question}`, answer });
    expect(told).toHaveLength(flipped.length);
    expect(told.filter((line) => !line.startsWith('refused: '))).toEqual([]);
  });

  it('is short', () => {
    expect(readFileSync(new URL('verify.go', import.meta.url), 'utf8').split('\n').length - 1).toBeLessThanOrEqual(250);
  });
});
