import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Ended, mountSmall, NOBODY, runStart, skip, whyNoMount, whyNoOtherUser } from './machine.ts';
import { registryCommand, temporaryDirectory } from './registry.ts';

const directory = await temporaryDirectory();
afterAll(() => directory.remove());
const inside = (...names: string[]) => join(directory.path, ...names);

/** A start that fails says why in one line, and nothing else. */
const saying = (line: string | RegExp, code: 1 | 2 = 2): Ended => ({
  code,
  stdout: '',
  stderr: expect.stringMatching(typeof line === 'string' ? new RegExp(`^${RegExp.escape(line)}\n$`) : line),
});

test('a data directory that is a file, or is under one, is named', async () => {
  writeFileSync(inside('file'), 'text');
  for (const path of [inside('file'), inside('file', 'below')]) {
    expect(await runStart(['--data', path])).toEqual(
      saying(`${path} is not a directory: choose another with --data DIR`),
    );
  }
});

test('a directory that several users share is not taken over', async () => {
  mkdirSync(inside('shared', 'of-another'), { recursive: true });
  chmodSync(inside('shared'), 0o1777);
  expect(await runStart(['--data', inside('shared')])).toEqual(
    saying(`${inside('shared')} is shared by several users: choose a directory of its own with --data DIR`),
  );
});

test('a data directory of another user is named', async (context) => {
  const path = inside('foreign');
  const uid = process.getuid?.() === 0 ? NOBODY : undefined;
  const reason = uid && whyNoOtherUser();
  if (reason) return skip(context, reason);
  mkdirSync(path);
  chmodSync(directory.path, 0o711);
  chmodSync(path, uid === undefined ? 0o500 : 0o700);
  for (const data of [path, join(path, 'below')]) {
    expect(await runStart(['--data', data], uid === undefined ? {} : { uid })).toEqual(
      saying(
        `the data directory ${data} cannot be read and written by this user: change its owner, or choose another with --data DIR`,
      ),
    );
  }
});

test('a read-only file system is named, by the doctor too', async (context) => {
  const reason = whyNoMount(inside('mount'));
  if (reason) return skip(context, reason);
  const mount = mountSmall(inside('mount'), '1m');
  try {
    mkdirSync(inside('mount', 'old'));
    writeFileSync(inside('mount', 'old', 'origin'), 'localhost/aaaaaaaa\n');
    mount.readOnly();
    const line = (path: string) =>
      `the data directory ${path} is on a read-only file system: make it writable, or choose another with --data DIR`;
    for (const path of [inside('mount', 'old'), inside('mount', 'new')]) {
      expect(await runStart(['--data', path])).toEqual(saying(line(path)));
    }
    const old = inside('mount', 'old');
    expect(await registryCommand('doctor', '--data', old)).toEqual(saying(line(old)));
  } finally {
    mount.remove();
  }
});

test('a full disk is named', async (context) => {
  const reason = whyNoMount(inside('small'));
  if (reason) return skip(context, reason);
  const mount = mountSmall(inside('small'), '64k');
  try {
    expect(await runStart(['--data', inside('small')])).toEqual(
      saying(
        `the disk under ${inside('small')} is full: free some space and start again; what was acknowledged is kept`,
        1,
      ),
    );
  } finally {
    mount.remove();
  }
});

test('a machine without an engine is told where to get one', async () => {
  const other = `Object.defineProperty(process, 'arch', { value: 'sparc' })`;
  const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(other)}` };
  expect(await runStart(['--memory'], { env })).toEqual(
    saying(
      `there is no DynamoDB for ${process.platform}-sparc here. One of these gives it: dynoxide 1.2.1 or a later 1.x on the path; ` +
        'Java 17 and npm start -- --install-engine, for DynamoDB Local; DYNAMODB_ENDPOINT with the address of any DynamoDB',
    ),
  );
});

test('a database that does not answer is named', async () => {
  const line = (endpoint: string) =>
    `nothing answers at ${endpoint} (DYNAMODB_ENDPOINT): start it, or unset the variable`;
  for (const endpoint of ['http://127.0.0.1:1', 'http://nowhere.invalid:8000', 'nonsense']) {
    expect(await runStart(['--memory'], { env: { DYNAMODB_ENDPOINT: endpoint } })).toEqual(saying(line(endpoint)));
  }
});

test('a link that leads nowhere is no data directory', async () => {
  symlinkSync(inside('missing', 'place'), inside('link'));
  expect(await runStart(['--data', inside('link')])).toEqual(
    saying(`${inside('link')} is not a directory: choose another with --data DIR`),
  );
});
