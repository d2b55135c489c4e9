import { createPrivateKey, sign } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCheckpoint, openCheckpoint } from '../../domain/log/checkpoint.ts';
import { formatNote, parseVerifierKey } from '../../domain/log/note.ts';
import { unwrap } from '../../domain/log/read.ts';
import { documentClient } from '../../functions/runtime/clients.ts';
import { verifyEd25519 } from '../../functions/runtime/ed25519.ts';
import { sha256 } from '../../functions/runtime/sha256.ts';
import { putCommits, rawStream } from '../support/commits.ts';
import { seeded } from '../support/scheduler.ts';
import {
  checkpointOf,
  type RunningRegistry,
  registryCommand,
  startRegistry,
  temporaryDirectory,
  tokenFor,
} from './registry.ts';
import { buildProgram, missingForProgram, type ReadLog } from './tlog/program.ts';

/** How the tree grows, and how many tiles and bundles it has then (C2SP tlog-tiles). */
const SIZES = [
  { size: 0, tiles: 0, bundles: 0 },
  { size: 1, tiles: 1, bundles: 1 },
  { size: 255, tiles: 1, bundles: 1 },
  { size: 256, tiles: 2, bundles: 1 },
  { size: 257, tiles: 3, bundles: 2 },
  { size: 1000, tiles: 5, bundles: 4 },
  { size: 70_000, tiles: 277, bundles: 274 },
];
const EVENTS_PER_COMMIT = 100;

const missing = missingForProgram();
if (missing && process.env.CI) throw new Error(missing);
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing)('the published log, read by the tools of the Go checksum database', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let registry: RunningRegistry;
  let readLog: ReadLog;
  let vkey: string;
  /** Files with the checkpoints seen so far. */
  const notes: string[] = [];

  beforeAll(async () => {
    directory = await temporaryDirectory();
    await mkdir(join(directory.path, 'notes'));
    [readLog, registry] = await Promise.all([
      buildProgram(directory.path),
      startRegistry('--data', directory.path, '--empty'),
    ]);
  });
  afterAll(async () => {
    await registry?.kill();
    await directory?.remove();
  });

  async function text(path: string): Promise<string | undefined> {
    const response = await fetch(`${registry.url}/${path}`);
    return response.ok ? response.text() : undefined;
  }

  /** The first one comes as anybody's would; the others straight into the events table, past the commands. */
  async function growTo(size: number, from: number): Promise<void> {
    if (size === 0) return;
    if (size === 1) await register(registry.url, await tokenFor('gzde', directory.path));
    else await putEvents(registry, `ledger-${size}`, size - from);
  }

  async function keep(note: string, name: string): Promise<string> {
    const file = join(directory.path, 'notes', name);
    await writeFile(file, note);
    return file;
  }

  for (const [step, { size, tiles, bundles }] of SIZES.entries()) {
    it(`holds with ${size} events, and begins with every tree before`, async () => {
      await growTo(size, SIZES[step - 1]?.size ?? 0);
      const note = await checkpointOf(registry.url, size);
      vkey ??= (await text('vkey'))?.trim() ?? '';
      const { code, output } = await readLog(registry.url, vkey, notes);
      notes.push(await keep(note, String(size)));
      const counts = `size ${size}: ${tiles} tiles, ${bundles} bundles, ${size} entries, `;
      expect(output).toMatch(new RegExp(`^${counts}\\d+ record proofs, ${step} earlier checkpoints\n$`));
      expect(code).toBe(0);
    });
  }

  it('does not hold for one who saw another tree of the same log', async () => {
    const key = unwrap(parseVerifierKey(sha256, vkey));
    const privateKey = createPrivateKey(await readFile(join(directory.path, 'log-key.pem')));
    const seen = await readFile(notes[3] as string, 'utf8');
    const { root, ...tree } = unwrap(await openCheckpoint(seen, key, verifyEd25519));
    const fork = formatCheckpoint({ ...tree, root: sha256(root) });
    const signature = sign(null, Buffer.from(fork), privateKey);
    const forked = await keep(formatNote({ text: fork, signatures: [{ ...key, signature }] }), 'forked');
    const { code, output } = await readLog(registry.url, vkey, [...notes, forked]);
    expect(output).toMatch(/^earlier checkpoint \S+\/forked: its 256 entries are not the first of the newest: .*\n$/);
    expect(code).toBe(1);
  });

  describe('with one bit flipped', () => {
    interface Flip {
      readonly object: string;
      /** Which one; from the end when it is negative. */
      readonly byte: number | ((bytes: Buffer) => number);
      readonly bit?: number;
    }

    /** What is said of a flip names its object, and of an entry its position too. */
    const FLIPS: readonly (Flip & { readonly what: string; readonly position?: number })[] = [
      { what: 'a full tile of level 0', object: 'tile/0/000', byte: 0 },
      { what: 'the last full tile of level 0', object: 'tile/0/272', byte: -1 },
      { what: 'the partial tile of level 0', object: 'tile/0/273.p/112', byte: 1000 },
      { what: 'the full tile of level 1', object: 'tile/1/000', byte: 4097 },
      { what: 'the partial tile of level 1', object: 'tile/1/001.p/17', byte: 17 },
      { what: 'the tile of level 2', object: 'tile/2/000.p/1', byte: 31 },
      { what: 'an entry', object: 'tile/entries/100', byte: 300, position: 25_600 },
      { what: 'the last entry', object: 'tile/entries/273.p/112', byte: -2, position: 69_999 },
      { what: 'the length of an entry', object: 'tile/entries/000', byte: 1 },
      { what: 'the upper byte of a length', object: 'tile/entries/272', byte: 0 },
      { what: 'the origin of the checkpoint', object: 'checkpoint', byte: 3 },
      { what: 'the size of the checkpoint', object: 'checkpoint', byte: (note) => lineOf(note, 1) },
      { what: 'the root of the checkpoint', object: 'checkpoint', byte: (note) => lineOf(note, 2) + 7 },
      { what: 'the key id of the signature', object: 'checkpoint', byte: -90 },
      { what: 'the signature', object: 'checkpoint', byte: -30 },
    ];

    function lineOf(text: Buffer, line: number): number {
      return line === 0 ? 0 : text.indexOf('\n', lineOf(text, line - 1)) + 1;
    }

    /** Where the local run keeps the published log. */
    const objects = async () => {
      const buckets = await readdir(join(directory.path, 'buckets'));
      const bucket = String(buckets.find((name) => name.includes('publishedlog')));
      return join(directory.path, 'buckets', bucket);
    };

    /** Flips it where the log is stored, under the running registry, and back again afterwards. */
    async function whileFlipped<Value>({ object, byte, bit = 0 }: Flip, look: () => Promise<Value>): Promise<Value> {
      const file = join(await objects(), object);
      const bytes = await readFile(file);
      const flipped = Buffer.from(bytes);
      const place = typeof byte === 'number' ? byte : byte(bytes);
      const index = place < 0 ? bytes.length + place : place;
      flipped.writeUInt8(bytes.readUInt8(index) ^ (1 << bit), index);
      await writeFile(file, flipped);
      try {
        return await look();
      } finally {
        await writeFile(file, bytes);
      }
    }

    async function expectFound(flip: Flip, position?: number): Promise<void> {
      const [others, own] = await whileFlipped(flip, () =>
        Promise.all([
          readLog(registry.url, vkey, notes),
          registryCommand('verify', '--url', registry.url, '--vkey', vkey, '--no-feed', '--json'),
        ]),
      );
      // Partial bundles are cut from the widest: one that cannot be read is met in any of its parts.
      expect(others.output.replaceAll(/^(tile\/entries\/[x\d/]+)\.p\/\d+(?=: the answer is 500)/gm, '$1')).toContain(
        `${flip.object}: `,
      );
      if (position !== undefined) expect(others.output).toContain(`(position ${position})`);
      expect(others.code).toBe(1);
      const { fault } = JSON.parse(own.stdout) as { fault: { place: string; position?: number } };
      expect(fault.place).toBe(flip.object);
      if (position !== undefined) expect(fault.position).toBe(position);
      expect(own.code).toBe(1);
    }

    for (const { what, position, ...flip } of FLIPS) {
      it(`in ${what}, both say where`, () => expectFound(flip, position));
    }

    it('anywhere, both say where', async () => {
      const random = seeded(70_000);
      const below = (count: number) => Math.floor(random() * count);
      const found = await readdir(join(await objects(), 'tile'), { recursive: true, withFileTypes: true });
      const full = found.filter((entry) => entry.isFile() && !entry.parentPath.endsWith('.p'));
      for (let count = 0; count < 4; count += 1) {
        const { parentPath, name } = full[below(full.length)] as Dirent;
        const object = relative(await objects(), join(parentPath, name));
        const { size } = await stat(join(parentPath, name));
        await expectFound({ object, byte: below(size), bit: below(8) });
      }
    });

    it('and flipped back, the log holds', async () => {
      expect(await readLog(registry.url, vkey, notes)).toMatchObject({ code: 0 });
      expect(await registryCommand('verify', '--url', registry.url, '--vkey', vkey)).toMatchObject({ code: 0 });
    });
  });
});

async function register(url: string, token: string): Promise<void> {
  const response = await fetch(`${url}/v1/organizations`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'the-first' },
    body: JSON.stringify({
      kind: 'company',
      names: [{ value: 'Company', lang: 'en' }],
      evidence: [{ source: { title: 'Test' }, basis: 'stated' }],
    }),
  });
  expect(response.status).toBe(201);
}

/** So many events of a stream that is no record's, in commits that are as full as they may be. */
async function putEvents({ lines }: RunningRegistry, stream: string, count: number): Promise<void> {
  const [, endpoint = ''] = lines.map((line) => /\(dynoxide, (\S+)\)/.exec(line)).find((found) => found !== null) ?? [];
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const [table = ''] = TableNames.filter((name) => /-Events[0-9A-F]{8}-/.test(name));
  const counts = Array.from({ length: Math.floor(count / EVENTS_PER_COMMIT) }, () => EVENTS_PER_COMMIT);
  const rest = count % EVENTS_PER_COMMIT;
  await putCommits(documentClient(client), table, rawStream(stream, rest > 0 ? [...counts, rest] : counts));
  client.destroy();
}
