import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutOpenings } from '../../clients/cli/submission/cut-openings.ts';
import { submitted } from '../cases/submitted.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../support/registry.ts';
import { temporary } from './support/run.ts';

const evidence = [{ source: { title: 'The treaty' }, basis: 'stated' }];
const NAMED = 60;
const named = Array.from({ length: NAMED }, (_, index) => `state${index}`);
const organizations = named.map((as) => ({
  command: 'register-organization',
  as,
  data: { kind: 'state', names: [{ value: as, lang: 'en' }], evidence },
}));
const parties = [
  ...named.map((as) => ({ organization: `#${as}` })),
  ...Array.from({ length: 1_000 - NAMED }, (_, index) => ({ unidentified: `delegation ${index}`, lang: 'en' })),
];
const opening = {
  command: 'register-agreement',
  as: 'treaty',
  data: {
    kind: 'treaty',
    parties,
    signatures: [
      ...named.map((as) => ({ party: `#${as}`, mode: 'definitive', on: '1998-07-17' })),
      ...Array.from({ length: 100 }, (_, index) => ({ party: 901 + index, mode: 'definitive', on: '1998-07-18' })),
    ],
    entryIntoForce: { on: '2002-07-01' },
    evidence,
  },
};

describe('an agreement of a thousand parties, submitted as one command', () => {
  let engine: TestEngine;
  let registry: TestRegistry;
  let path = '';
  beforeAll(async () => {
    engine = await startEngine();
    registry = await testRegistry(engine);
    await using directory = await temporary();
    const file = directory.file('treaty.json');
    await writeFile(file, JSON.stringify({ commands: [...organizations, opening] }));
    const { code, out, err } = await submitted(registry, [file]);
    const { ids, refusals, refused, notSent } = JSON.parse(out);
    expect({ code, refusals, refused, notSent }, err).toEqual({ code: 0, refusals: [], refused: 0, notSent: 0 });
    path = `/v1/agreements/${ids.treaty}`;
    const again = JSON.parse((await submitted(registry, [file])).out);
    expect(again.recorded, 'again nothing is recorded').toBe(0);
    await registry.seal();
    expect(await registry.projector().deliver()).toEqual([]);
  });
  afterAll(() => engine?.stop());

  it('has all of them in their order, with every signature', async () => {
    const all: object[] = [];
    for (let at: string | undefined = `${path}/parties?limit=100`; at; ) {
      const page: { items: object[]; total: number; next?: string } = await bodyOf(registry.get(at));
      expect(page.total).toBe(1_000);
      all.push(...page.items);
      at = page.next && `${path}/parties?limit=100&cursor=${page.next}`;
    }
    expect(all.slice(NAMED)).toMatchObject(parties.slice(NAMED));
    expect(all.slice(0, NAMED).every((party) => 'organization' in party)).toBe(true);
    const { state, signatures, more } = await bodyOf(registry.get(path));
    expect(state).toBe('in-force');
    expect(signatures).toHaveLength(100);
    expect(Object.keys(more).sort()).toEqual(expect.arrayContaining(['facts', 'parties']));
  });

  it('answers within what Lambda sends, also when it is escaped once more', async () => {
    const text = await (await registry.get(path)).text();
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThan(1_000_000);
  });

  it('takes one more act of one party by reading that party alone', async () => {
    const answer = await registry.post(`${path}/sign`, { party: 61, mode: 'definitive', on: '1998-07-19', evidence });
    expect(answer.status, answer.text).toBe(200);
    const over = await registry.post(`${path}/add-party`, {
      parties: [{ unidentified: 'one more', lang: 'en' }],
      evidence,
    });
    expect([over.status, over.body.errors[0].rule]).toEqual([422, 'cap-parties']);
  });
});

describe('cutting an opening', () => {
  const line = (command: object) => ({ line: 7, command }) as never;
  const cut = (data: object, as?: string) =>
    cutOpenings([line({ command: 'register-agreement', ...(as && { as }), data })]).map(({ command }) => command);
  const crowd = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ unidentified: `party ${n}`, lang: 'en' }));

  it('leaves one of fifty parties, and of more than the registry takes, as it is', () => {
    for (const count of [2, 50, 1_001]) {
      const data = { kind: 'other', parties: crowd(count), evidence };
      expect(cut(data)).toEqual([{ command: 'register-agreement', data }]);
    }
  });
  it('keeps as many parties in it as an event takes, and adds fifty at a time', () => {
    const cuts = cut({ kind: 'other', parties: crowd(400), evidence });
    expect(cuts.map(({ command }) => command)).toEqual([
      'register-agreement',
      ...Array.from({ length: 4 }, () => 'add-party'),
    ]);
    expect(cuts.map(({ data }) => (data.parties as object[]).length)).toEqual([200, 50, 50, 50, 50]);
    expect(cuts[0]?.as).toBe('line-7');
    expect(cuts.slice(1).every(({ target }) => target === '#line-7')).toBe(true);
    const long = cut({ kind: 'other', parties: crowd(60).map((one) => ({ ...one, role: 'x'.repeat(200) })), evidence });
    expect(long.length).toBeGreaterThan(1);
  });
  it('puts the entry into force behind all signatures, and those behind all parties', () => {
    const signatures = Array.from({ length: 120 }, (_, n) => ({ party: n + 1 }));
    const cuts = cut({ kind: 'other', parties: crowd(120), signatures, entryIntoForce: { on: '2020' }, evidence }, 'x');
    expect(cuts.map(({ command }) => command)).toEqual([
      'register-agreement',
      ...Array.from({ length: 40 }, () => 'sign-agreement'),
      'enter-into-force',
    ]);
    expect(cuts[0]?.data).not.toHaveProperty('entryIntoForce');
    expect(cuts.at(-1)?.data).toEqual({ on: '2020', evidence });
  });
});
