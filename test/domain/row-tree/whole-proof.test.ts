import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { proofCrypto } from '../../../clients/cli/log/crypto.ts';
import { isFault, unwrap } from '../../../domain/log/read.ts';
import { rowsProof } from '../../../domain/row-tree/proof.ts';
import { treeReader } from '../../../domain/row-tree/reading.ts';
import { changedTree, emptyTree } from '../../../domain/row-tree/tree.ts';
import {
  formatWholeProof,
  parseWholeProof,
  verifyWholeProof,
  type WholeProof,
} from '../../../domain/row-tree/whole-proof.ts';
import { canonical } from '../../../functions/runtime/canonical.ts';
import { hex, packsInMemory, sha256 } from '../../support/row-tree.ts';
import { fixedKey, provenInLog } from '../../support/small-log.ts';

const key = fixedKey('registry.example.org');
const STATEMENT_AT = 4;
const rows = Array.from({ length: 60 }, (_, n) => ({
  partition: n % 3 === 0 ? 'record' : `word/${['钻石', 'Ａ', '𠮷'][n % 3]}`,
  sort: String(n).padStart(3, '0'),
  value: canonical({ name: `Алмаз ${n}`, n }),
}));
type Reader = Pick<ReturnType<typeof treeReader>, 'newest' | 'get' | 'count'>;

const QUERIES: Record<string, (reader: Reader) => Promise<unknown>> = {
  'newest("record", undefined, 2)': (reader) => reader.newest('record', undefined, 2),
  'newest("word/𠮷", "032", 3)': (reader) => reader.newest('word/𠮷', '032', 3),
  'newest("word/none", undefined, 5)': (reader) => reader.newest('word/none', undefined, 5),
  'get("record", "000")': async (reader) =>
    Object.fromEntries(await reader.get([{ partition: 'record', sort: '000' }])),
  'get("record", "001")': async (reader) =>
    Object.fromEntries(await reader.get([{ partition: 'record', sort: '001' }])),
  'get("zzz", "")': async (reader) => Object.fromEntries(await reader.get([{ partition: 'zzz', sort: '' }])),
  'count("word/Ａ")': (reader) => reader.count('word/Ａ'),
  'count("aaa")': (reader) => reader.count('aaa'),
};

async function stated(models: readonly object[], entry: object = {}) {
  const event = {
    specversion: '1.0',
    id: 'read-models/1',
    source: 'https://registry.example.org',
    type: 'read-models.stated',
    subject: 'read-models',
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: 'https://registry.example.org/schemas/read-models.stated/1',
    streamversion: 1,
    actor: 'registry',
    commandid: 'a',
    data: { models },
    ...entry,
  };
  const statement = canonical(event);
  const entries = Array.from({ length: 7 }, (_, n) => (n === STATEMENT_AT ? statement : `entry ${n}`));
  return { statement, log: await provenInLog(entries, STATEMENT_AT, key) };
}

async function proved() {
  const { deps } = packsInMemory();
  const tree = await changedTree(emptyTree(sha256), rows, deps);
  const model = { name: 'records', revision: 3, position: 3, rows: tree.rows, root: hex(tree.root) };
  const proofOf = async (query: (reader: Reader) => Promise<unknown>, id = { name: 'records', revision: 3 }) => {
    const reader = treeReader(tree, deps);
    const answer = await query(reader);
    return { answer, text: await rowsProof(id, tree, reader.opened, deps) };
  };
  return {
    tree,
    model,
    proofOf,
    empty: await rowsProof({ name: 'search', revision: 1 }, emptyTree(sha256), new Map(), deps),
  };
}

const page = QUERIES['newest("record", undefined, 2)'] ?? expect.fail();
const faultOf = async (proof: WholeProof, by = key) => {
  const read = await verifyWholeProof(proof, by.key, proofCrypto);
  return isFault(read) ? read.fault : 'no fault';
};

describe('a whole proof', () => {
  it('proves answers with the key of the log alone', async () => {
    const { model, proofOf, empty } = await proved();
    const other = {
      name: 'search',
      revision: 1,
      position: 2,
      rows: 0,
      root: hex(sha256(new Uint8Array())),
      setAside: [{ id: 'a', version: 0 }],
    };
    const log = await stated([model, other]);
    const { text, answer } = await proofOf(page);
    const written = formatWholeProof({ rows: [text, empty], ...log });
    const parsed = unwrap(parseWholeProof(written));
    expect(parsed).toEqual({ rows: [text, empty], ...log });
    const proven = unwrap(await verifyWholeProof(parsed, key.key, proofCrypto));
    expect(proven).toMatchObject({
      index: STATEMENT_AT,
      checkpoint: { size: 7 },
      statement: [model, other],
      models: [model, other],
    });
    expect(await page(proven.models[0]?.reader ?? expect.fail())).toEqual(answer);
    expect(await proven.models[1]?.reader.count('anything')).toBe(0);
  });

  it.each([
    '',
    'registry-rows@v1\n\n',
    '{}\n\nc2sp.org/tlog-proof@v1\n',
    'registry-rows@v1\nmodel a@1\n\n{}\n',
    '\n'.repeat(100_000),
  ])('is not %j', (text) => {
    expect(isFault(parseWholeProof(text))).toBe(true);
  });

  it('is refused for whatever does not fit together', async () => {
    const { model, proofOf } = await proved();
    const { text } = await proofOf(page);
    const { text: foreign } = await proofOf(page, { name: 'records', revision: 2 });
    const log = await stated([model]);
    const good = { rows: [text], ...log };
    expect(await faultOf(good)).toBe('no fault');
    expect(await faultOf(good, fixedKey('registry.example.org', 8))).toContain('it is not signed by');
    expect(await faultOf({ ...good, statement: log.statement.replace('"rows":60', '"rows":61') })).toBe(
      'the entry is not the one at index 4 of the tree of 7',
    );
    expect(await faultOf({ ...good, rows: [foreign] })).toBe('the statement says nothing of records@2');
    expect(await faultOf({ ...good, rows: [text, text] })).toBe('the rows of records are shown twice');
    expect(await faultOf({ ...good, rows: ['registry-rows@v1\n'] })).toBe(
      'the second line of a proof of rows names a model',
    );
    const withModels = async (models: readonly object[], entry?: object) =>
      faultOf({ ...good, ...(await stated(models, entry)) });
    const notOfRoot = 'the rows shown of records@3 are not of the root that is stated';
    expect(await withModels([{ ...model, rows: 59 }])).toBe(notOfRoot);
    expect(await withModels([{ ...model, root: 'a'.repeat(64) }])).toBe(notOfRoot);
    expect(await withModels([model, model])).toBe('the statement says two things of records@3');
    expect(await withModels([{ ...model, position: 4 }])).toBe('the statement at 4 tells of what came after it');
    expect(await withModels([])).toBe('the statement says nothing of records@3');
    const notStated = 'the entry of the log is no statement of read models';
    for (const entry of [{ type: 'award.made' }, { subject: 'award-a' }, { actor: 'client' }]) {
      expect(await withModels([model], entry)).toBe(notStated);
    }
    const unsaid = 'the statement does not say what read models hold';
    const malformed = [
      { root: 'A'.repeat(64) },
      { rows: -1 },
      { position: 1.5 },
      { name: 1 },
      { setAside: [{ id: 'a' }] },
      { setAside: 'a' },
    ];
    for (const one of malformed) expect(await withModels([{ ...model, ...one }]), JSON.stringify(one)).toBe(unsaid);
    for (const data of [null, 1, {}, { models: 'a' }, { models: [null] }]) {
      expect(await withModels([model], { data }), JSON.stringify(data)).toBe(unsaid);
    }
  });
});

describe('the vectors of proofs', () => {
  it('are what is made today, and hold', async () => {
    const { model, proofOf } = await proved();
    const log = await stated([model]);
    const vectors = [];
    for (const [query, ask] of Object.entries(QUERIES)) {
      const { answer, text } = await proofOf(ask);
      const proof = formatWholeProof({ rows: [text], ...log });
      vectors.push({ query, answer, proof });
      const { models } = unwrap(await verifyWholeProof(unwrap(parseWholeProof(proof)), key.key, proofCrypto));
      expect(await ask(models[0]?.reader ?? expect.fail())).toEqual(answer);
    }
    const shown = vectors.find(({ query }) => query === 'get("record", "001")')?.proof.split('\n\n')[0];
    expect(readFileSync('docs/proofs.md', 'utf8')).toContain(`\`\`\`\n${shown}\n\`\`\`\n`);
    const what = 'Rows as [partition, sort, value]; whole proofs of what queries of them answer, against the key';
    const all = rows.map(({ partition, sort, value }) => [partition, sort, value]);
    const file = { what, vkey: key.vkey, model, rows: all, vectors };
    await expect(`${JSON.stringify(file, undefined, 1)}\n`).toMatchFileSnapshot('proof-vectors.json');
  });
});
