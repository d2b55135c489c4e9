import { type Ran, run } from '../clients/support/run.ts';
import { serve } from '../clients/support/server.ts';
import { tokenFor } from '../support/api.ts';
import type { TestRegistry } from '../support/registry.ts';

/** Submits files to a registry as `registry submit` does, by the client `gzde`. */
export async function submitted(registry: TestRegistry, files: readonly string[]): Promise<Ran> {
  await using server = await serve(async ({ method, path, headers, body }) => {
    const sent = new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const answer = await registry.apps.commands.request(path, { method, headers: sent, body });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  });
  const ran = await run(['submit', ...files, '--url', server.url, '--token', await tokenFor('gzde'), '--json']);
  if (ran.out === '') throw new Error(ran.err);
  return ran;
}
