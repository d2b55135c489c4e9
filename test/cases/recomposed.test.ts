import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withExampleIds } from '../../functions/openapi/example-records.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { recomposed, remembering } from '../support/recompose.ts';
import { testRegistry } from '../support/registry.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

/** Files of one case, which are numbered where there are several: later ones name records of earlier ones. */
const cases = Map.groupBy(
  readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.json')),
  (file) => file.replace(/(-\d-.*)?\.json$/, ''),
);

it('there are cases to be found again', () => {
  expect([...cases.keys()]).toEqual(['artemis', 'kimberley-process', 'rome-statute', 'suspensions']);
});

it.each([...cases.keys()])('every command of %s is found again in the events that it caused', async (name) => {
  const registry = await testRegistry(engine);
  const { post, sent } = remembering(registry.post);
  const ids = new Map<string, string>();
  for (const file of cases.get(name)?.toSorted() ?? []) {
    const { client, commands } = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
    const body = { commands: withExampleIds(commands, (one) => ids.get(one)) };
    const answer = await post('/v1/submissions', body, { client });
    expect(answer.status, answer.text).toBe(201);
    for (const [as, id] of Object.entries<string>(answer.body.ids)) ids.set(as, id);
  }
  expect(sent.length).toBeGreaterThan(0);
  for (const one of sent) {
    const found = await recomposed(one, registry);
    expect(found.recomposed).toEqual(found.said);
  }
});
