import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchStart } from './machine.ts';
import { registryCommand, temporaryDirectory, tokenFor } from './registry.ts';

const evidence = [{ source: { title: 'Test' }, basis: 'stated' }];

const directory = await temporaryDirectory();
const token = (client: string) => registryCommand('token', '--client', client, '--data', directory.path);
let registry: ReturnType<typeof launchStart>;
let url: string;

async function start(): Promise<void> {
  registry = launchStart(['--data', directory.path]);
  url = await registry.ready;
}
async function stop(): Promise<void> {
  registry.signal('SIGTERM');
  expect((await registry.ended).code).toBe(0);
}

beforeAll(start);
afterAll(async () => {
  registry?.signal('SIGKILL');
  await registry?.ended;
  await directory.remove();
});

async function post(path: string, bearer: string, body: object) {
  const response = await fetch(`${url}/v1/${path}`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${bearer}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': `${Math.random()}`,
      Prefer: 'wait=10',
    },
    body: JSON.stringify({ ...body, evidence }),
  });
  return { status: response.status, body: (await response.json()) as { id: string } };
}
const company = (value: string) => ({ kind: 'company', names: [{ value, lang: 'en' }] });

test('whoever a registrar has appointed gets a token, and acts for its organization; nobody else does', async () => {
  const { body } = await post('organizations', await tokenFor('gzde', directory.path), company('An Exchange'));
  const before = await token('my-exchange');
  expect([before.code, before.stdout]).toEqual([2, '']);
  expect(before.stderr).toBe(
    'Nobody has appointed the client "my-exchange". The local issuer knows gzde, gdgje, registrar; appointed is no other client. ' +
      `A registrar appoints it: POST ${url}/v1/organizations/<id>/appoint-client with { "client": "my-exchange", "evidence": … }.\n`,
  );

  const registrar = await tokenFor('registrar', directory.path);
  const appointed = await post(`organizations/${body.id}/appoint-client`, registrar, { client: 'my-exchange' });
  expect(appointed.status).toBe(200);
  const mine = await tokenFor('my-exchange', directory.path);
  const answer = await post('organizations', mine, company('A Company'));
  expect(answer.status).toBe(201);
  const record = await (await fetch(`${url}/v1/organizations/${answer.body.id}`)).json();
  expect(record).toMatchObject({ submittedBy: { client: 'my-exchange', organization: body.id } });
  expect((await token('my-exchang')).stderr).toContain('appointed is my-exchange. ');
});

test('a token outlives a restart on another port', async () => {
  const before = await tokenFor('gzde', directory.path);
  const first = url;
  await stop();
  const offline = await token('my-exchange');
  expect(offline).toMatchObject({ code: 2, stdout: '' });
  expect(offline.stderr).toMatch(
    /^Only the running registry tells .* itself knows gzde, gdgje, registrar\. .* cannot be reached/,
  );

  await start();
  expect(url).not.toBe(first);
  expect((await post('organizations', before, company('After a restart'))).status).toBe(201);
});

test('a token that the last release made, whose issuer was named by a port, outlives the update', async () => {
  await stop();
  const file = join(directory.path, 'issuer.json');
  const { url: _, ...content } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...content, issuer: 'http://localhost:65000' }));
  const before = await tokenFor('gzde', directory.path);
  const [, claims = ''] = before.split('.');
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString()).iss).toBe('http://localhost:65000');
  await start();
  expect((await post('organizations', before, company('After an update'))).status).toBe(201);
  await stop();
  await start();
  expect((await post('organizations', before, company('After both'))).status).toBe(201);
});
