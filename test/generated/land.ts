import { execute } from '../../functions/commands/execute.ts';
import { isRejection } from '../../functions/commands/rejection.ts';
import { submission } from '../../functions/commands/submission.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import { REGISTRAR } from '../support/api.ts';
import { ORIGIN } from '../support/commits.ts';
import type { TestEngine } from '../support/engine.ts';
import type { TestRegistry } from '../support/registry.ts';
import { plausibleHistory } from './history.ts';

const CLIENT = 'gzde';
const LANDED_AT = '2026-02-03T04:05:06.789Z';

/** Lands a generated history in a registry, past HTTP, and seals it. Answers how many events that made, and the ids by name. */
export async function landHistory(
  registry: TestRegistry,
  { documents }: Pick<TestEngine, 'documents'>,
  { records, seed }: { readonly records: number; readonly seed: number },
): Promise<{ events: number; ids: ReadonlyMap<string, string> }> {
  const { store, vault, views, tables } = registry;
  const log = createLogStore({ documents, table: tables.log });
  const ids = new Map<string, string>();
  const idOf = (name: string): string => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`nothing is called ${name}`);
    return id;
  };
  const deps = {
    store,
    vault,
    views,
    log,
    salt: () => new Uint8Array(32),
    origin: ORIGIN,
    clock: () => new Date(LANDED_AT),
    pause: async () => {},
    applied: async () => -1,
    sleep: async () => {},
    tables: { events: tables.events, log: tables.log },
    registrars: [REGISTRAR],
    dryRun: false,
    authorize: () => {},
  };
  let submitted = 0;
  let events = 0;
  for (const { commands, isRegistrar } of plausibleHistory(records, seed, idOf)) {
    submitted += 1;
    const client = isRegistrar ? REGISTRAR : CLIENT;
    const request = { client, key: `generated-${seed}-${submitted}`, method: 'POST', path: '/v1/submissions' };
    const asked = submission({ ...request, body: { commands } });
    const done = await execute(asked, { client, ...(isRegistrar && { isRegistrar }) }, deps);
    if (isRejection(done)) throw new Error(`submission ${submitted} is refused: ${JSON.stringify(done)}`);
    for (const [name, id] of Object.entries(asked.ids)) ids.set(name, id);
    events += done.outcomes.reduce((sum, { count }) => sum + count, 0);
  }
  await registry.seal();
  return { events, ids };
}
