import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { leafHash } from '../../domain/log/merkle.ts';
import { formatProof } from '../../domain/log/proof-file.ts';
import { createSigner, eventAt, eventsUpTo, noteOf, publishedLog, sha256 } from '../clients/support/published.ts';
import { temporary } from '../clients/support/run.ts';
import { objectsOf, type Route, serve } from '../clients/support/server.ts';
import { has, runPrinted, snippetsOf } from '../system/printed.ts';

const [signature = '', leaf = ''] = snippetsOf('docs/audit.md').slice(-2);
/** The event of which the page computes the leaf, put in the place of another one. */
const [, documented = ''] = /^event=(\S+)$/m.exec(leaf) ?? [];
const event = eventAt(0, documented);
const hash = leafHash(sha256, Buffer.from(event));

const lacking = [
  ['curl', '--version'],
  ['openssl', 'version'],
].filter(([command = '', version = '']) => !has(command, version));
const skips = lacking.length > 0 && !process.env.CI;
if (skips) console.warn(`skipped: docs/audit.md by hand, because this machine lacks ${lacking.join(', ')}`);

interface Served {
  readonly vkey: string;
  readonly objects: Map<string, Uint8Array>;
  readonly proof: string;
}

async function logOf(size: number, position: number): Promise<Served> {
  const log = publishedLog(eventsUpTo(size).with(position, event));
  return { vkey: log.signer.vkey, objects: log.objects, proof: await log.proof(position) };
}

/** As much of a log of 256,001 entries as is asked for of the last one, whose tile has two groups of digits. */
function largeLog(): Served {
  const signer = createSigner();
  const checkpoint = noteOf(signer, 256_001, sha256(hash));
  const objects = new Map<string, Uint8Array>([
    ['checkpoint', Buffer.from(checkpoint)],
    ['tile/0/x001/000.p/1', hash],
  ]);
  return { vkey: signer.vkey, objects, proof: formatProof({ index: 256_000, path: [], checkpoint }) };
}

describe.skipIf(skips)('what docs/audit.md prints to do by hand', async () => {
  const directory = await temporary();
  afterAll(() => directory[Symbol.asyncDispose]());

  async function expectToHold({ vkey, objects, proof }: Served): Promise<void> {
    const api: Route = ({ path }) =>
      new Map([
        [`/v1/events/${documented}`, { body: event }],
        [`/v1/events/${documented}/proof`, { body: proof }],
      ]).get(path);
    await using server = await serve(api, objectsOf({ objects }));
    await mkdir(directory.file('audit-copy'), { recursive: true });
    await writeFile(directory.file('audit-copy/vkey'), `${vkey}\n`);
    const place = { url: server.url, data: directory.path, folder: directory.path };
    expect(await runPrinted(signature, place)).toBe('Signature Verified Successfully\n');
    const [computed = '', ...inTile] = (await runPrinted(leaf, place)).split('\n');
    expect(computed.slice(0, 64)).toBe(Buffer.from(hash).toString('hex'));
    expect(inTile.join('').replaceAll(' ', '')).toBe(Buffer.from(hash).toString('hex'));
  }

  it.each([255, 256, 257, 1000])('holds with %i entries, of the first and of the last', async (size) => {
    await expectToHold(await logOf(size, 0));
    await expectToHold(await logOf(size, size - 1));
  });

  it('holds for a tile of which the number has more than three digits', () => expectToHold(largeLog()));

  it('fails, and hashes no error page, where something is not there', async () => {
    const { objects, ...log } = largeLog();
    objects.delete('tile/0/x001/000.p/1');
    await expect(expectToHold({ ...log, objects })).rejects.toThrow('404');
  });
});
