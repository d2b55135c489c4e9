import { createHash } from 'node:crypto';
import * as z from 'zod';
import { failureOf, type Http, jsonOf } from '../http.ts';

const entry = z.object({ client: z.string(), organization: z.string(), since: z.string() });
const page = z.object({ items: z.array(entry), next: z.string().optional() });

/** That a client acts for an organization. */
export type ActingFor = z.infer<typeof entry>;

/** For which organization a client acts; undefined when for none. @throws Failure */
export async function appointmentOf(http: Http, client: string, token: string): Promise<ActingFor | undefined> {
  for (let cursor: string | undefined; ; ) {
    const path = `/v1/clients?${new URLSearchParams({ limit: '100', ...(cursor !== undefined && { cursor }) })}`;
    const answer = await http.send(path, { headers: { Authorization: `Bearer ${token}` } });
    if (answer.status !== 200) throw failureOf(answer, `${http.url}${path}`);
    const { items, next } = jsonOf(page, answer, `${http.url}${path}`);
    const found = items.find((one) => one.client === client);
    if (found || next === undefined) return found;
    cursor = next;
  }
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
