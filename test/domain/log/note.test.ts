import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../../domain/log/bytes.ts';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from '../../../domain/log/checkpoint.ts';
import { leafHash, nodeHash } from '../../../domain/log/merkle.ts';
import {
  formatNote,
  formatVerifierKey,
  keyId,
  type NoteSignature,
  openNote,
  parseNote,
  parseVerifierKey,
  type VerifySignature,
  verifierKey,
} from '../../../domain/log/note.ts';
import { formatProof, parseProof, verifyProof } from '../../../domain/log/proof-file.ts';
import { unwrap } from '../../../domain/log/read.ts';

const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** Web Crypto, as a browser has it. */
const verify: VerifySignature = async (publicKey, message, signature) => {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(message));
};

/** C2SP signed-note, "Example" (https://c2sp.org/signed-note). */
const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
const key = verifierKey(hash, 'registry.example.org', raw);
const signatureOf = (text: string, by = key): NoteSignature => ({
  name: by.name,
  id: by.id,
  signature: new Uint8Array(sign(null, Buffer.from(text), privateKey)),
});
const signed = (text: string, by = key) => formatNote({ text, signatures: [signatureOf(text, by)] });

describe('a signed note', () => {
  it('opens: the example of C2SP signed-note, with its verifier key', async () => {
    const example = unwrap(parseVerifierKey(hash, VKEY));
    expect(formatVerifierKey(example)).toBe(VKEY);
    expect(await openNote(NOTE, example, verify)).toEqual({ value: 'This is an example message.\n' });
  });

  it('opens when it was signed here, and when others have signed it too', async () => {
    const note = signed('One\n\nTwo\n');
    expect(await openNote(note, key, verify)).toEqual({ value: 'One\n\nTwo\n' });
    const stranger = verifierKey(hash, 'witness.example', raw);
    const signatures = [signatureOf('One\n\nTwo\n'), { ...stranger, signature: new Uint8Array(64) }];
    const witnessed = formatNote({ text: 'One\n\nTwo\n', signatures });
    expect(witnessed.startsWith(note)).toBe(true);
    expect(await openNote(witnessed, key, verify)).toEqual({ value: 'One\n\nTwo\n' });
  });

  it('keeps signatures of any keys and types, in their order, and judges none but those of its key', async () => {
    const text = 'Text\n';
    const { name } = key;
    const signatures: NoteSignature[] = [
      { name: 'witness.example', id: keyId(hash, 'witness.example', 0x04, raw), signature: new Uint8Array(72) },
      { name, id: keyId(hash, name, 0x06, new Uint8Array(1312)), signature: new Uint8Array(2420).fill(1) },
      signatureOf(text),
      { name, id: keyId(hash, name, 0xff, raw), signature: Uint8Array.of(1) },
    ];
    const note = formatNote({ text, signatures });
    expect(parseNote(note)).toEqual({ value: { text, signatures } });
    expect(await openNote(note, key, verify)).toEqual({ value: text });
  });

  it('does not open when one of several signatures by its key is wrong', async () => {
    const text = 'Text\n';
    const wrong = { ...signatureOf(text), signature: new Uint8Array(64) };
    const note = formatNote({ text, signatures: [signatureOf(text), wrong] });
    expect(await openNote(note, key, verify)).toHaveProperty('fault');
  });

  it('does not open with any character of the published example changed', async () => {
    const example = unwrap(parseVerifierKey(hash, VKEY));
    for (let at = 0; at < NOTE.length; at += 1) {
      const other = NOTE[at] === 'x' ? 'y' : 'x';
      const changed = NOTE.slice(0, at) + other + NOTE.slice(at + 1);
      expect(await openNote(changed, example, verify), `character ${at}`).toHaveProperty('fault');
    }
  });

  it.each([
    ['no signature', 'Text\n'],
    ['no newline at its end', signed('Text\n').slice(0, -1)],
    ['a line among the signatures that is none', `${signed('Text\n')}something\n`],
    ['a control character', signed('Te\txt\n')],
    ['only a stranger’s signature', signed('Text\n', verifierKey(hash, 'stranger.example', raw))],
  ])('does not open with %s', async (_, note) => {
    expect(await openNote(note, key, verify)).toHaveProperty('fault');
  });
});

describe('a verifier key', () => {
  it.each([
    ['another id', VKEY.replace('530d903a', '530d903b')],
    ['upper case', VKEY.replace('530d903a', '530D903A')],
    ['another algorithm', VKEY.replace('+Aeky', '+Auky')],
    ['a short key', VKEY.slice(0, -4)],
    ['no name', VKEY.slice('example.com/foo'.length)],
    ['a name with a space', VKEY.replace('/foo', ' foo')],
  ])('is not read with %s', (_, text) => {
    expect(parseVerifierKey(hash, text)).toHaveProperty('fault');
  });
});

describe('a checkpoint', () => {
  const checkpoint = { origin: 'registry.example.org', size: 20_852_163, root: hash(Buffer.from('root')) };

  it('reads: the example of C2SP tlog-checkpoint', () => {
    const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
    const read = unwrap(parseCheckpoint(text));
    expect(read).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 });
    expect(formatCheckpoint(read)).toBe(text);
  });

  it('opens with the log’s key only, and only for the log of the key’s name', async () => {
    expect(await openCheckpoint(signed(formatCheckpoint(checkpoint)), key, verify)).toEqual({ value: checkpoint });
    const other = signed(formatCheckpoint({ ...checkpoint, origin: 'other.example' }));
    expect(await openCheckpoint(other, key, verify)).toHaveProperty('fault');
  });

  it.each([
    ['a leading zero', 'a\n01\nROOT\n'],
    ['a negative size', 'a\n-1\nROOT\n'],
    ['a size that no number holds', 'a\n99999999999999999\nROOT\n'],
    ['a short root', `a\n1\n${toBase64(new Uint8Array(31))}\n`],
    ['an extension line', 'a\n1\nROOT\nmore\n'],
    ['a missing line', 'a\n1\n'],
    ['no origin', '\n1\nROOT\n'],
  ])('is not read with %s', (_, text) => {
    const root = toBase64(checkpoint.root);
    expect(parseCheckpoint(text.replace('ROOT', root))).toHaveProperty('fault');
  });
});

describe('a proof in a file', () => {
  const entries = ['first', 'second', 'third'].map((text) => new Uint8Array(Buffer.from(text)));
  const [first, second, third] = entries.map((entry) => leafHash(hash, entry)) as [Uint8Array, Uint8Array, Uint8Array];
  const left = nodeHash(hash, first, second);
  const checkpoint = signed(
    formatCheckpoint({ origin: 'registry.example.org', size: 3, root: nodeHash(hash, left, third) }),
  );
  const file = formatProof({ index: 1, path: [first, third], checkpoint });
  const entry = entries[1] as Uint8Array;

  it('is written as C2SP tlog-proof has it', () => {
    expect(file).toBe(`c2sp.org/tlog-proof@v1\nindex 1\n${toBase64(first)}\n${toBase64(third)}\n\n${checkpoint}`);
  });

  it('proves the entry with nothing but the file, the entry and the key', async () => {
    expect(await verifyProof(file, entry, key, { hash, verify })).toMatchObject({
      value: { index: 1, checkpoint: { size: 3 } },
    });
    const extra = file.replace('index 1', 'extra YWdl\nindex 1');
    expect(await verifyProof(extra, entry, key, { hash, verify })).toHaveProperty('value');
    const alone = formatProof({
      index: 0,
      path: [],
      checkpoint: signed(formatCheckpoint({ origin: 'registry.example.org', size: 1, root: first })),
    });
    expect(await verifyProof(alone, entries[0] as Uint8Array, key, { hash, verify })).toHaveProperty('value');
  });

  it('proves nothing with any character changed', async () => {
    for (let at = 0; at < file.length; at += 1) {
      const changed = file.slice(0, at) + (file[at] === 'x' ? 'y' : 'x') + file.slice(at + 1);
      expect(await verifyProof(changed, entry, key, { hash, verify }), `character ${at}`).toHaveProperty('fault');
    }
  });

  it('proves no other entry, and nothing under another key', async () => {
    expect(await verifyProof(file, entries[0] as Uint8Array, key, { hash, verify })).toHaveProperty('fault');
    const other = unwrap(parseVerifierKey(hash, VKEY));
    expect(await verifyProof(file, entry, other, { hash, verify })).toHaveProperty('fault');
  });

  it.each([
    '',
    'c2sp.org/tlog-proof@v1\n',
    'c2sp.org/tlog-proof@v2\nindex 1\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 01\n\nx',
  ])('is not read from %j', (text) => {
    expect(parseProof(text)).toHaveProperty('fault');
  });
});
