import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { landCase } from './case.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const cases = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.json'));

it.each(cases)('every command of %s is found again in the events that it caused', async (file) => {
  const landed = await landCase(engine, file.replace('.json', ''));
  for (const { said, recomposed } of await landed.recomposed()) expect(recomposed).toEqual(said);
});
