import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { type RunningRegistry, registryCommand, startRegistry, temporaryDirectory } from './registry.ts';

const directory = await temporaryDirectory();
let registry: RunningRegistry | undefined;
afterAll(async () => {
  await registry?.kill();
  await directory.remove();
});

/** Everything in the data directory, and itself. */
const everything = (): string[] => [
  directory.path,
  ...readdirSync(directory.path, { recursive: true, encoding: 'utf8' }).map((name) => join(directory.path, name)),
];

/** What somebody else could read or write, with its mode. Files come and go while a registry runs. */
const open = (): string[] =>
  everything().flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return [];
    const mode = found.mode & 0o777;
    return mode === (found.isDirectory() ? 0o700 : 0o600) ? [] : [`${path} ${mode.toString(8)}`];
  });

/** As a release left it that kept nobody out. */
function openToAll(): void {
  for (const path of everything()) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
  const state = new DatabaseSync(join(directory.path, 'local.sqlite'));
  state.exec(`DELETE FROM notes WHERE name = 'modes'`);
  state.close();
}

test('nobody but its owner may look into a data directory, running or stopped, new or of an older release', async () => {
  chmodSync(directory.path, 0o755);
  registry = await startRegistry('--data', directory.path);
  const files = everything().map((path) => path.slice(directory.path.length + 1));
  for (const name of [
    'registry.sqlite',
    'registry.sqlite-wal',
    'local.sqlite',
    'issuer.json',
    'functions.log',
    'lock',
  ]) {
    expect(files).toContain(name);
  }
  expect(files.some((name) => name.startsWith('buckets/') && name.endsWith('checkpoint'))).toBe(true);
  expect(open()).toEqual([]);
  await registry.end('SIGTERM');
  expect(open()).toEqual([]);

  openToAll();
  registry = await startRegistry('--data', directory.path);
  expect(open()).toEqual([]);
  await registry.end('SIGTERM');

  openToAll();
  expect((await registryCommand('doctor', '--data', directory.path)).code).toBe(0);
  expect(open()).toEqual([]);
});
