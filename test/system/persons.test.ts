import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchHeld as fetch } from '../support/contract.ts';
import { checkpointOf, type RunningRegistry, startRegistry, temporaryDirectory, tokenFor } from './registry.ts';
import { evidence, signedAgreement } from './signed-agreement.ts';

const NAME = 'Chen Example-Person';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let registry: RunningRegistry;

beforeAll(async () => {
  directory = await temporaryDirectory();
  registry = await startRegistry('--empty', '--data', directory.path);
});
afterAll(async () => {
  await registry.kill();
  await directory.remove();
});

async function send(client: string, path: string, body?: object) {
  const headers = {
    Authorization: `Bearer ${await tokenFor(client, directory.path)}`,
    'Content-Type': 'application/json',
    'Idempotency-Key': path,
    Prefer: 'wait=10',
  };
  const request = body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers };
  let response = await fetch(registry.url + path, request);
  // A busy registry may not have sealed it within the wait; the same request again goes on waiting.
  while (body && response.ok && !response.headers.has('preference-applied')) {
    response = await fetch(registry.url + path, request);
  }
  // biome-ignore lint/suspicious/noExplicitAny: the test asserts what it is
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

/**
 * What files of the data directory hold, as bytes: logs, queues with their dead letters, the bucket with the published log.
 * Of the engine's own nothing: it overwrites what it has freed when it likes.
 */
async function kept(within = ''): Promise<string> {
  const files = (await readdir(directory.path, { recursive: true, withFileTypes: true })).filter(
    (file) => file.isFile() && !file.name.startsWith('registry.sqlite') && file.parentPath.includes(within),
  );
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')));
  return texts.join('\n');
}

test('a registry as `npm start` brings it up names a signatory until the name is erased', async () => {
  const commands = signedAgreement(NAME);
  const landed = await send('gzde', '/v1/submissions', { commands });
  expect([landed.status, landed.headers.get('preference-applied')]).toEqual([201, 'wait=10']);
  const path = `/v1/agreements/${landed.body.ids.agreement}`;
  const before = await send('gzde', path);
  expect(before.headers.get('cache-control')).toBe('no-store');
  const [{ signatory }] = before.body.signatures;
  expect(signatory).toEqual({ person: expect.any(String), name: NAME });
  expect((await send('registrar', `/v1/people/${signatory.person}`)).body).toMatchObject({ name: NAME });

  const erased = await send('registrar', `/v1/people/${signatory.person}/erase`, {
    legalBasis: 'Article 17',
    evidence,
  });
  expect([erased.status, erased.headers.get('preference-applied')]).toEqual([200, 'wait=10']);
  expect((await send('gzde', path)).body.signatures).toMatchObject([
    { signatory: { person: signatory.person, erased: true } },
  ]);
  expect((await send('gzde', '/v1/submissions', { commands })).headers.get('idempotency-replayed')).toBe('true');
  expect((await send('registrar', `/v1/people/${signatory.person}`)).body.name).toBeUndefined();

  // The published log holds the signature and the erasure, and the name no more than anything else does.
  await checkpointOf(registry.url, erased.body.position + 1);
  expect(await kept('tile/entries')).toContain(signatory.person);
  expect([...registry.lines, await kept()].join('\n')).not.toContain(NAME);
});
