import { createHash } from 'node:crypto';
import * as z from 'zod';
import { failureOf, type Http } from '../http.ts';
import { listPages } from '../list-pages.ts';

const entry = z.object({ client: z.string(), organization: z.string(), since: z.string() });
const page = z.object({ items: z.array(entry), next: z.string().optional() });

/** That a client acts for an organization. */
export type ActingFor = z.infer<typeof entry>;

/** Which clients act for which organizations, last appointed first. @throws Failure */
export async function* appointments(http: Http, token: string): AsyncGenerator<ActingFor> {
  const headers = { Authorization: `Bearer ${token}` };
  for await (const { items } of listPages(http, '/v1/clients', page, { limit: 100, headers })) yield* items;
}

/** For which organization a client acts; undefined when for none. @throws Failure */
export async function appointmentOf(http: Http, client: string, token: string): Promise<ActingFor | undefined> {
  for await (const one of appointments(http, token)) if (one.client === client) return one;
  return undefined;
}

/** Ends the appointment. Trying again sends the same key. @throws Failure */
export async function dismiss(
  http: Http,
  { client, organization, since }: ActingFor,
  { token, because }: { readonly token: string; readonly because: object },
): Promise<void> {
  const path = `/v1/organizations/${organization}/dismiss-client`;
  const key = createHash('sha256')
    .update(JSON.stringify([client, organization, since]))
    .digest('hex');
  const answer = await http.send(path, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': `dismiss-${key}`,
    },
    body: JSON.stringify({ client, ...because }),
  });
  if (answer.status !== 200) throw failureOf(answer, `${http.url}${path}`);
}
