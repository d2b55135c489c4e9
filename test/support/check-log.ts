import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { Commit } from '../../functions/stores/commits.ts';
import type { AcceptedEntry } from './bus.ts';

interface Item {
  readonly pk: string;
  readonly sk: number;
  readonly [attribute: string]: unknown;
}

/** Every item of a table. */
export async function scanAll(documents: DynamoDBDocumentClient, table: string): Promise<Item[]> {
  const items: Item[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const input = { TableName: table, ConsistentRead: true, ExclusiveStartKey: start };
    const answer = await documents.send(new ScanCommand(input));
    items.push(...((answer.Items ?? []) as Item[]));
    start = answer.LastEvaluatedKey;
  } while (start);
  return items;
}

/** Items as lines, the same whichever engine they come from and in whatever order it gives them. */
export const linesOf = (items: readonly object[]): string[] => items.map((item) => JSON.stringify(plain(item))).sort();

/** Bytes as hexadecimal, and fields in one order. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([key, inner]) => [key, plain(inner)]));
}

const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The Merkle tree hash exactly as RFC 6962 section 2.1 defines it, by recursion: nothing shared with the product. */
export function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

/** The roots of the perfect subtrees that the leaves fill, largest first. */
function naiveFrontier(leaves: readonly Uint8Array[]): Uint8Array[] {
  const frontier: Uint8Array[] = [];
  let at = 0;
  for (let width = 2 ** 30; width >= 1; width /= 2) {
    if (leaves.length - at < width) continue;
    frontier.push(naiveRoot(leaves.slice(at, at + width)));
    at += width;
  }
  return frontier;
}

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

export interface CheckOptions {
  documents: DynamoDBDocumentClient;
  tables: { events: string; log: string };
  /** Everything the bus accepted; then all that is sealed has to be among it. */
  accepted?: readonly AcceptedEntry[];
  /** Streams whose commits may stand in the table without being sealed. */
  waiting?: ReadonlySet<string>;
  /** HEADs that somebody has seen: the log must still begin with what they stood for. */
  seen?: readonly { size: number; root: Uint8Array }[];
}

/** Reads both tables whole and holds them to everything that the log promises. Answers the events in sealed order. */
export async function checkLog({ documents, tables, accepted, waiting = new Set(), seen = [] }: CheckOptions) {
  const commits = (await scanAll(documents, tables.events)) as unknown as Commit[];
  const items = await scanAll(documents, tables.log);
  const of = (pk: string) => items.filter((item) => item.pk === pk).sort((a, b) => Number(a.sk) - Number(b.sk));
  const [head] = of('head') as unknown as {
    size: number;
    root: Uint8Array;
    frontier: Uint8Array[];
    sealedAt: string;
  }[];
  const byKey = new Map(commits.map((commit) => [`${commit.stream}/${commit.version}`, commit]));

  const sealed: { id: string; stream: string; version: number; event: string; position: number }[] = [];
  const leaves: Uint8Array[] = [];
  const expectedMarkers = new Map<string, { position: number; count: number; hash: string }>();
  let sealedAt = '';
  for (const page of of('page') as unknown as PageItem[]) {
    expect(page.sk, 'a page begins where the one before ends').toBe(leaves.length);
    expect(page.sealedAt >= sealedAt, 'the time of sealing never decreases').toBe(true);
    sealedAt = page.sealedAt;
    const bytes = Buffer.from(page.leaves);
    let at = 0;
    for (const [stream, version, count, requestHash] of page.commits) {
      const commit = byKey.get(`${stream}/${version}`);
      expect(commit, `${stream}/${version} is sealed, so it exists`).toBeDefined();
      if (!commit) continue;
      expect([count, requestHash]).toEqual([commit.events.length, commit.requestHash]);
      const own = commit.events.map((event) => sha256(Uint8Array.of(0), Buffer.from(event)));
      expect(hex(bytes.subarray(at * 32, (at + count) * 32))).toBe(hex(Buffer.concat(own)));
      const marker = { position: leaves.length, count, hash: hex(sha256(...own)) };
      expect(expectedMarkers.has(`${stream}/${version}`), `${stream}/${version} is sealed once`).toBe(false);
      expectedMarkers.set(`${stream}/${version}`, marker);
      for (const [index, event] of commit.events.entries()) {
        sealed.push({
          id: `${stream}/${version + index}`,
          stream,
          version: version + index,
          event,
          position: leaves.length,
        });
        leaves.push(own[index] as Uint8Array);
      }
      at += count;
    }
    expect([page.size, bytes.length]).toEqual([leaves.length, at * 32]);
    expect(hex(page.root), `the root of ${page.size} leaves`).toBe(hex(naiveRoot(leaves)));
    expect(Buffer.byteLength(JSON.stringify(page.commits)) + bytes.length).toBeLessThan(400_000);
  }

  expect(head?.size ?? 0).toBe(leaves.length);
  if (head) {
    expect(hex(head.root)).toBe(hex(naiveRoot(leaves)));
    expect(head.frontier.map(hex)).toEqual(naiveFrontier(leaves).map(hex));
    expect(head.sealedAt).toBe(sealedAt);
  }
  for (const { size, root } of seen) expect(hex(naiveRoot(leaves.slice(0, size))), 'no fork').toBe(hex(root));

  const versions = new Map<string, number>();
  for (const { stream, version } of sealed) {
    expect(version, `${stream} is sealed in the order of its versions`).toBe((versions.get(stream) ?? 0) + 1);
    versions.set(stream, version);
  }
  const own = /^(head|page|announced|scan|sealing|sealed\/.*)$/;
  const markers = items.filter(({ pk }) => !own.test(pk)) as (Item & { hash: Uint8Array })[];
  const found = markers.map((m) => [`${m.pk}/${m.sk}`, { position: m.position, count: m.count, hash: hex(m.hash) }]);
  expect(new Map(found as [string, unknown][])).toEqual(expectedMarkers);
  for (const key of byKey.keys()) {
    const stream = key.slice(0, key.lastIndexOf('/'));
    if (!waiting.has(stream)) expect(expectedMarkers.has(key), `${key} is sealed`).toBe(true);
  }
  checkInstants(items, of('page') as unknown as PageItem[]);
  if (accepted)
    checkAnnounced(accepted, sealed, Number((of('announced')[0] as { next?: number } | undefined)?.next ?? 0));
  return sealed;
}

interface PageItem {
  sk: number;
  size: number;
  root: Uint8Array;
  sealedAt: string;
  commits: [string, number, number, string][];
  leaves: Uint8Array;
}

/** The index by instant holds the last position of every instant at which something was sealed. */
function checkInstants(items: readonly Item[], pages: readonly PageItem[]) {
  const expected = new Map(pages.map(({ sealedAt, size }) => [sealedAt, size - 1]));
  const found = items.filter(({ pk }) => String(pk).startsWith('sealed/')) as unknown as {
    pk: string;
    sk: number;
    last: number;
  }[];
  const instants = found.map(({ pk, sk, last }): [string, number] => {
    const instant = new Date(sk).toISOString();
    expect(pk).toBe(`sealed/${instant.slice(0, 10)}`);
    return [instant, last];
  });
  expect(new Map(instants)).toEqual(expected);
}

/** The bus has accepted every sealed event as it was sealed and nothing else, and `log.sealed` messages for all positions. */
function checkAnnounced(
  accepted: readonly AcceptedEntry[],
  sealed: readonly { event: string; position: number }[],
  announced: number,
) {
  expect(announced, 'the cursor is at the end').toBe(sealed.length);
  const reported = new Set<number>();
  const positions = new Set<number>();
  for (const { type, detail } of accepted) {
    if (type === 'log.sealed') {
      for (let position = detail.from; position < detail.to; position += 1) reported.add(position);
      continue;
    }
    const { position, ...event } = detail;
    expect(event).toEqual(JSON.parse(sealed[position]?.event ?? 'null'));
    expect(type).toBe(event.type);
    positions.add(position);
  }
  expect(positions.size, 'every event was announced').toBe(sealed.length);
  expect(reported.size, 'log.sealed was sent for every position').toBe(sealed.length);
}
