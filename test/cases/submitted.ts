import { forwardTo } from '../clients/support/forward.ts';
import { type Ran, run } from '../clients/support/run.ts';
import { serve } from '../clients/support/server.ts';
import { tokenFor } from '../support/api.ts';
import type { TestRegistry } from '../support/registry.ts';

/** Submits files to a registry as `registry submit` does, by the client `gzde`. */
export async function submitted(registry: TestRegistry, files: readonly string[]): Promise<Ran> {
  await using server = await serve(forwardTo(registry));
  const ran = await run(['submit', ...files, '--url', server.url, '--token', await tokenFor('gzde'), '--json']);
  if (ran.out === '') throw new Error(ran.err);
  return ran;
}
