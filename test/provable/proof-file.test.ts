import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { records } from '../../domain/projections/records.ts';
import { type Directory, run, runJson, temporary } from '../clients/support/run.ts';
import { seeded } from '../support/scheduler.ts';
import {
  EMPTIED,
  honestOpening,
  MODEL,
  mutants,
  OTHER,
  PAGE,
  PARTITIONS,
  type ProvenOpening,
  wholeProof,
} from './mutants.ts';

/** The file that `registry prove` writes of it. */
const fileOf = ({ model, question, answer, rows: proof, statement, log }: ProvenOpening): string =>
  JSON.stringify({
    path: `/v1/projections/${model.split('@')[0]}/proof?${question}`,
    status: 200,
    body: { ...answer, proof: { rows: [`${proof}\n`], statement, log } },
  });

async function argsFor(opening: ProvenOpening, { file }: Directory, text = fileOf(opening)): Promise<string[]> {
  await writeFile(file('answer'), text);
  const { seen, note } = opening;
  if (note !== undefined) await writeFile(file('note'), note);
  const known = [
    ...(seen === undefined ? [] : ['--seen', String(seen)]),
    ...(note === undefined ? [] : ['--note', file('note')]),
  ];
  return ['verify', '--proof-file', file('answer'), '--vkey', opening.vkey, ...known];
}

describe('registry verify --proof-file', () => {
  it.each([
    ['a page', PAGE],
    ['a further page', `${PAGE}&before=0600/a`],
    ['the first partition, whole', `partition=${PARTITIONS[0]}&limit=100`],
    ['that a partition has no rows', 'partition=nothing&limit=25'],
    ['that there is no such row', 'partition=timeline&sort=0500/b'],
    ['a number of rows', 'partition=record&count'],
    ['that there are none', 'partition=nothing&count'],
  ])('takes %s', async (_, question) => {
    await using directory = await temporary();
    const opening = await honestOpening(question);
    const { code, json } = await runJson(...(await argsFor(opening, directory)));
    const models = [{ name: 'records', revision: records.revision, position: 300, rows: 120 }];
    expect(json).toMatchObject({ holds: true, statement: 301, size: 303, models, body: opening.answer });
    expect(code).toBe(0);
  });

  it('takes a whole proof without a question, and says of what it is', async () => {
    await using directory = await temporary();
    const opening = await honestOpening(PAGE, [], EMPTIED);
    const { code, out } = await run(await argsFor(opening, directory, wholeProof(opening)));
    expect(out).toContain('of the statement at position 302');
    expect(out).toContain(`${MODEL}: 0 rows as of position 300`);
    expect(code).toBe(0);
  });

  it('refuses each lie for a reason of its own', async () => {
    await using directory = await temporary();
    const reasons: Record<string, unknown> = {};
    for (const [lie, make] of Object.entries(mutants)) {
      const { code, json } = await runJson(...(await argsFor(await make(), directory)));
      expect(code, lie).toBe(1);
      reasons[lie] = (json.fault as { detail: string }).detail;
    }
    expect(reasons).toEqual({
      'the first row is left out': '/rows/0/0 is told as "0950/a", and proven is "0978/a"',
      'a row in the middle is left out': '/rows/2/0 is told as "0894/a", and proven is "0922/a"',
      'the last row is left out': '/rows/4 is told as nothing, and proven is ["0866/a",{"n":14}]',
      'a row is added': '/rows/5 is told as ["0001/a",{"n":1000}], and proven is nothing',
      'a row is altered': '/rows/1/1/n is told as 1000, and proven is 50',
      'a row is hidden behind its true hash': 'the proof hides the value of "timeline" "0950/a"',
      'the next page is cut off': '/more is told as false, and proven is true',
      'a total is false': '/count is told as 29, and proven is 30',
      'the statement is old':
        'the answer is old: it follows from the statement at 160, and there is a later one at 301',
      'another revision is shown': `the rows are of ${OTHER}, and this release reads ${MODEL}`,
      'the root is a foreign one': 'the entry is not the one at index 301 of the tree of 303',
      'the checkpoint is forked': 'the log was forked: it has another root of the same 303 entries',
      'a neighbour is altered': `the rows shown of ${MODEL} are not of the root that is stated`,
    } satisfies Record<keyof typeof mutants, string>);
    expect(new Set(Object.values(reasons)).size).toBe(Object.keys(mutants).length);
  });

  it('refuses a thousand proofs with one bit flipped', async () => {
    await using directory = await temporary();
    const random = seeded(4);
    const opening = await honestOpening(PAGE);
    const whole = Buffer.from(fileOf(opening));
    const [from, to] = [whole.indexOf('"proof":'), whole.length - 2];
    for (let count = 0; count < 1000; count += 1) {
      const altered = Buffer.from(whole);
      const at = from + Math.floor(random() * (to - from));
      altered.writeUInt8(whole.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
      const args = await argsFor(opening, directory, altered as never);
      const { code, err } = await run(args);
      expect(err, `byte ${at}`).toMatch(/^FAULT at \S+: [^\n]+\.$/);
      expect(code).toBe(1);
    }
  });
});
