import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import canonicalize from 'canonicalize';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidence, REGISTRAR, tokenFor } from '../support/api.ts';
import { scanAll } from '../support/check-log.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { type TestRegistry, testRegistry } from '../support/registry.ts';
import { signedAgreement } from '../system/signed-agreement.ts';
import { forwardTo } from './support/forward.ts';
import { type Directory, run, temporary } from './support/run.ts';
import { type Server, serve } from './support/server.ts';

let engine: TestEngine;
let registry: TestRegistry;
let server: Server;
let directory: Directory;
let token: string;

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  server = await serve(forwardTo(registry));
  directory = await temporary();
  token = await tokenFor('gzde');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
  await engine.stop();
});

/** Submits a file in which a person of this name signs. */
async function submit(name: string, mark: string) {
  await writeFile(directory.file('signed.json'), JSON.stringify({ commands: signedAgreement(name, mark) }));
  return run(['submit', directory.file('signed.json'), '--url', server.url, '--token', token]);
}
const recorded = async () => {
  await registry.seal();
  return (await registry.log.readHead())?.size ?? 0;
};

describe('a file that was sent', () => {
  it('by the first version of the client is known again', async () => {
    const commands = signedAgreement('Chen Example-Person', 'Old');
    const hash = createHash('sha256')
      .update(canonicalize({ commands }) ?? '')
      .digest('hex')
      .slice(0, 32);
    const { status } = await registry.post('/v1/submissions', { commands }, { key: `${hash}-1` });
    expect(status).toBe(201);
    const before = await recorded();
    const { code, out } = await submit('Chen Example-Person', 'Old');
    expect([code, out]).toEqual([0, expect.stringContaining('0 recorded, 3 already there, 0 refused')]);
    expect(await recorded()).toBe(before);
  });

  it('again with another name is refused, until the name is erased', async () => {
    expect((await submit('Chen Example-Person', 'New')).out).toContain('3 recorded');
    const before = await recorded();
    const other = await submit('Ana Example-Person', 'New');
    expect([other.code, other.err]).toEqual([
      1,
      expect.stringContaining('key-reused: what differs from this in nothing but'),
    ]);
    expect((await submit('Chen Example-Person', 'New')).out).toContain('3 already there');
    expect(await recorded()).toBe(before);

    const erasing = { legalBasis: 'Article 17(1)(c)', evidence };
    for (const { pk, of } of await scanAll(engine.documents, registry.tables.people)) {
      if (of !== undefined) continue;
      expect((await registry.post(`/v1/people/${pk}/erase`, erasing, { client: REGISTRAR })).status).toBe(200);
    }
    expect((await submit('Ana Example-Person', 'New')).out).toContain('3 already there');
    expect(await scanAll(engine.documents, registry.tables.people)).toHaveLength(4);
  });
});
