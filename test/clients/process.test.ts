import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { visible } from '../../clients/cli/visible.ts';
import { records } from '../../domain/projections/records.ts';
import { createSigner, eventsUpTo, publishedLog } from './support/published.ts';
import { temporary } from './support/run.ts';
import { objectsOf, type Route, serve } from './support/server.ts';

const main = fileURLToPath(new URL('../../clients/cli/main.ts', import.meta.url));

const start = (args: string[], env: Record<string, string> = {}) =>
  spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });

const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.on('close', resolve));

describe('the process', () => {
  it('lets no server write to the terminal what it obeys', async () => {
    const key = createSigner('evil\u001b]0;pwned\u0007\u009b31m');
    const objects = new Map(publishedLog(eventsUpTo(3)).objects).set('vkey', Buffer.from(key.vkey));
    await using server = await serve(objectsOf({ objects }));
    const child = start(['verify', '--url', server.url, '--no-feed']);
    const err = await text(child.stderr);
    expect(err).toContain('evil\\u001b]0;pwned\\u0007\\u009b31m');
    expect(err).toBe(visible(err));
  });

  it('does not answer 0 to a fault of which nobody reads', async () => {
    const log = publishedLog(eventsUpTo(3));
    const objects = new Map(log.objects);
    objects.delete('tile/0/000.p/3');
    await using server = await serve(objectsOf({ objects }));
    const child = start(['verify', '--url', server.url, '--vkey', log.signer.vkey, '--no-feed', '--json']);
    child.stdout.destroy();
    expect(await ended(child)).toBe(141);
  });

  it.runIf(existsSync('/dev/full'))('does not answer 0 when what it found cannot be written', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    const err = text(child.stderr as Readable);
    expect(await ended(child)).toBe(1);
    expect(await err).toBe('ENOSPC: no space left on device, write\n');
  });

  it('ends with the fault, and not with the answers that are still to come', async () => {
    const log = publishedLog(eventsUpTo(3000));
    const objects = new Map(log.objects);
    objects.delete('tile/0/000');
    const never: Route = ({ path }) => (path === '/tile/entries/003' ? new Promise(() => {}) : undefined);
    await using server = await serve(never, objectsOf({ objects }));
    const child = start(['verify', '--url', server.url, '--vkey', log.signer.vkey, '--no-feed']);
    const err = text(child.stderr);
    expect(await ended(child)).toBe(1);
    expect(await err).toContain('FAULT at tile/0/000');
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const log = publishedLog(eventsUpTo(300));
    let asked = false;
    const never: Route = ({ path }) => {
      asked ||= path.startsWith('/tile/');
      return path.startsWith('/tile/') ? new Promise(() => {}) : undefined;
    };
    const model: Route = ({ path }) =>
      path === '/v1/projections/records'
        ? { body: JSON.stringify({ revision: records.revision, position: 299, lag: 0, digest: 'f'.repeat(64) }) }
        : undefined;
    await using server = await serve(never, model, objectsOf(log));
    await using directory = await temporary();
    const child = start(['replay', '--compare', '--url', server.url], { TMPDIR: directory.path });
    while (!asked) await sleep(20);
    expect(await readdir(directory.path)).toHaveLength(1);
    child.kill('SIGINT');
    expect(await ended(child)).toBe(130);
    expect(await readdir(directory.path)).toEqual([]);
  });
});
