import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, scanAll } from '../../support/check-log.ts';
import { rawStream } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { checkWorld, createWorld, inMemory, worldWithHistory } from '../../support/restores.ts';

describe('the doctor, on a real engine', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine?.stop());

  it('does the same as on the one in memory', async () => {
    const { people: _, ...names } = await engine.freshTables();
    const diagnoses: unknown[] = [];
    const tables: unknown[] = [];
    for (const documents of [engine.documents, inMemory(names)]) {
      const world = await worldWithHistory([100, 100, 60], await createWorld(documents, names, 0));
      await world.restore('events', world.backups.old.events);
      await world.restore('log', world.backups.old.log);
      await world.seal(rawStream('g', [1, 2]));
      await world.publisher().wake();
      await world.project();
      const diagnosis = await world.repair();
      expect(diagnosis.remains).toEqual([]);
      diagnoses.push(diagnosis);
      const items = await Promise.all(Object.values(names).map((table) => scanAll(documents, table)));
      tables.push(items.map(linesOf));
      await checkWorld(world);
    }
    expect(diagnoses[1]).toEqual(diagnoses[0]);
    // Streams are sealed in the order in which a scan finds them, and another engine has an order of its own.
    if (!process.env.DYNAMODB_ENDPOINT) expect(tables[1]).toEqual(tables[0]);
  });
});
