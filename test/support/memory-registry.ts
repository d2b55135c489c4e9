import type { TestEngine } from './engine.ts';
import { memoryEngine } from './memory.ts';

const tables = { events: 'events', log: 'log', views: 'views', people: 'people' };

/**
 * The tables of one registry in the memory of this process, for tests that ask nothing of the engine itself, or much of
 * the registry: an answer costs a twentieth of what it costs over HTTP.
 */
export function engineInMemory(): TestEngine {
  const documents = memoryEngine({
    events: ['stream', 'version'],
    log: ['pk', 'sk'],
    views: ['pk', 'sk'],
    people: ['pk'],
  });
  return { documents, endpoint: 'memory', tables, freshTables: async () => tables, stop: async () => {} };
}
