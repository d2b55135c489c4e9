import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningRegistry, registryCommand, startRegistry, temporaryDirectory } from './registry.ts';

describe('a registry without events', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let registry: RunningRegistry;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    registry = await startRegistry('--data', join(directory.path, 'data'), '--empty');
  });
  afterAll(async () => {
    await registry?.kill();
    await directory?.remove();
  });

  it('has signed that, once it is ready', async () => {
    const [checkpoint, vkey, tile, health] = await Promise.all(
      ['checkpoint', 'vkey', 'tile/0/000.p/1', 'health?strict'].map((path) => fetch(`${registry.url}/${path}`)),
    );
    expect([checkpoint, vkey, tile, health].map((response) => response?.status)).toEqual([200, 200, 404, 200]);
    // SHA-256 of nothing (RFC 6962 section 2.1).
    expect(await checkpoint?.text()).toMatch(/^\S+\n0\n47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— /);
  });

  it('verifies, at its address and as a copy', async () => {
    const copy = join(directory.path, 'copy');
    const verified = await registryCommand('verify', '--url', registry.url, '--state', join(directory.path, 'state'));
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('It is empty')]);
    expect((await registryCommand('export', copy, '--url', registry.url)).code).toBe(0);
    expect((await registryCommand('verify', '--offline', copy, '--vkey', join(copy, 'vkey'))).code).toBe(0);
  });

  it('holds for the doctor, and goes on with what was signed', async () => {
    const before = await (await fetch(`${registry.url}/checkpoint`)).text();
    await registry.kill();
    expect((await registryCommand('doctor', '--data', join(directory.path, 'data'))).code).toBe(0);
    registry = await startRegistry('--data', join(directory.path, 'data'), '--empty');
    expect(await (await fetch(`${registry.url}/checkpoint`)).text()).toBe(before);
  });
});
