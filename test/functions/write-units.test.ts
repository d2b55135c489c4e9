import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metered } from '../support/capacity.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { tapped } from '../support/faults.ts';
import { type TestRegistry, testRegistry } from '../support/registry.ts';

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
const meter = metered();

let engine: TestEngine;
let registry: TestRegistry;
let parties: string[];
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry({ ...engine, documents: tapped(engine.documents, meter.tap) });
  const names = ['Shanghai Diamond Exchange', 'A Bank', 'A Company'];
  const commands = names.map((value, index) => ({
    command: 'register-organization',
    as: `party-${index}`,
    data: { kind: 'company', names: [{ value, lang: 'en' }], evidence },
  }));
  const { body, text } = await registry.post('/v1/submissions', { commands });
  parties = names.map((_, index) => body.ids?.[`party-${index}`] ?? expect.fail(text));
  await registry.seal();
  await registry.project();
});
afterAll(() => engine?.stop());

/** Registers signings of three parties, seals them, brings them into every read model, and perhaps states that; answers the write units of each. */
async function unitsOf(signings: number, isStated = false): Promise<number> {
  const before = meter.counted.writeUnits;
  for (let left = signings; left > 0; left -= 1) {
    const { status, text } = await registry.post('/v1/agreements', {
      kind: 'cooperation',
      titles: [{ value: `Agreement on cooperation in trade, ${left} of ${signings}`, lang: 'en' }],
      parties: parties.map((organization) => ({ organization })),
      signatures: parties.map((party) => ({ party, mode: 'definitive', on: '2023-02-23' })),
      evidence,
    });
    expect(status, text).toBe(201);
  }
  await registry.seal();
  await registry.project();
  if (isStated) {
    await registry.prove();
    await registry.project();
  }
  return (meter.counted.writeUnits - before) / signings;
}

describe('a signing with three parties, sealed and in every read model', () => {
  it('takes at most 90 write units alone, and 55 among a hundred', async () => {
    const units = { alone: await unitsOf(1), amongHundred: await unitsOf(100) };
    console.log('write units of a signing with three parties', units);
    expect(units.alone).toBeLessThanOrEqual(90);
    expect(units.amongHundred).toBeLessThanOrEqual(55);
  });

  it('takes at most 1.3 times as many when it is stated alone, and 1.02 times among a hundred', async () => {
    await registry.prove();
    await registry.project();
    const stated = { alone: await unitsOf(1, true), amongHundred: await unitsOf(100, true) };
    const unstated = { alone: await unitsOf(1), amongHundred: await unitsOf(100) };
    console.log('write units with a statement and without', stated, unstated);
    expect(stated.alone / unstated.alone).toBeLessThanOrEqual(1.3);
    expect(stated.amongHundred / unstated.amongHundred).toBeLessThanOrEqual(1.02);
  });
});
