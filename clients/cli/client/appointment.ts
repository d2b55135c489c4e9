import { createHash } from 'node:crypto';
import type { Registry } from '../../typescript/api.ts';
import type { Acts, ClientEntry } from '../../typescript/types.ts';

/** For which organization a client acts; undefined when for none. @throws RegistryProblem */
export async function appointmentOf(registry: Registry, client: string): Promise<ClientEntry | undefined> {
  for await (const entry of registry.clients({ limit: 100 })) if (entry.client === client) return entry;
  return undefined;
}

/** Ends the appointment. Trying again sends the same key. @throws RegistryProblem */
export async function dismiss(
  registry: Registry,
  { client, organization, since }: ClientEntry,
  because: Omit<Acts['organizations']['dismiss-client'], 'client'>,
): Promise<void> {
  const key = createHash('sha256')
    .update(JSON.stringify([client, organization, since]))
    .digest('hex');
  const data = { client, ...because };
  await registry.act('organizations', organization, 'dismiss-client', data, { key: `dismiss-${key}` });
}
