import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../support/registry.ts';
import { submitted } from './submitted.ts';

const files = ['artemis-1-organizations.json', 'artemis-2-signatures.json'].map(
  (name) => `${import.meta.dirname}/${name}`,
);

/** Who signed on the day of the opening, as the source has them, and when the others did. */
const first = [
  'Australia (Artemis)',
  'Canada (Artemis)',
  'Italy (Artemis)',
  'Japan (Artemis)',
  'Luxembourg (Artemis)',
  'United Arab Emirates (Artemis)',
  'United Kingdom (Artemis)',
  'United States (Artemis)',
];
/** The source counts the others: their names stand for their numbers alone. */
const others = Array.from({ length: 44 }, (_, index) => `Signatory ${index + 9}`);

const signatories = [
  ...first.map((name) => ({ name, on: '2020-10-13', mode: 'definitive', joined: undefined })),
  ...others.map((name) => ({ name, on: '2021/2024-12-20', mode: undefined, joined: 'by-signature' })),
];

let engine: TestEngine;
let registry: TestRegistry;
let path = '';
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  const { code, out, err } = await submitted(registry, files);
  const { ids, ...sum } = JSON.parse(out);
  expect(sum, err).toMatchObject({ recorded: 52 + 45, alreadyThere: 0, refused: 0, notSent: 0, refusals: [] });
  expect(code).toBe(0);
  await registry.seal();
  expect(await registry.projector().deliver()).toEqual([]);
  path = `/v1/agreements/${ids.artemis}`;
});
afterAll(() => engine?.stop());

describe('the Artemis Accords', () => {
  it('have 52 signatories, of whom eight signed on 2020-10-13', async () => {
    const { titles, state, parties, signatures, references, more } = await bodyOf(registry.get(path));
    expect([titles[0].value, state, more]).toEqual(['The Artemis Accords', 'signed', undefined]);
    const nameOf = (organization: string) => references[organization].names[0].value;
    const shown = parties.map(({ organization, joined }: { organization: string; joined?: string }) => {
      const own = signatures.filter(({ party }: { party: string }) => party === organization);
      expect(own).toHaveLength(1);
      return { name: nameOf(organization), on: own[0].on, mode: own[0].mode, joined };
    });
    expect(shown).toEqual(signatories);
  });

  it.each([
    ['2020-10-12', 'open-for-signature', 'certain'],
    ['2020-10-13', 'signed', 'certain'],
    // Who else had signed by then is open.
    ['2022-01-01', 'signed', 'possible'],
    ['2024-12-20', 'signed', 'certain'],
  ])('were on %s: %s, %s', async (day, state, certainty) => {
    expect(await bodyOf(registry.get(`${path}?validOn=${day}`))).toMatchObject({ state, certainty });
  });
});
