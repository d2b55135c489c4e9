import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyAnswer } from '../../../clients/cli/proven/verify-answer.ts';
import { aggregateByName, aggregates } from '../../../domain/catalog.ts';
import { measures } from '../../../domain/kernel/counted.ts';
import { verifierKey } from '../../../domain/log/note.ts';
import { aggregateOf } from '../../../domain/values/ids.ts';
import { canonical } from '../../../functions/runtime/canonical.ts';
import { sha256 } from '../../../functions/runtime/sha256.ts';
import type { Commit } from '../../../functions/stores/commits.ts';
import { historiesOf, rawFacts } from '../../domain/raw-histories.ts';
import { ORIGIN, putCommits } from '../../support/commits.ts';
import { eventsOf, type Fact, idOf } from '../../support/decider.ts';
import { engineInMemory } from '../../support/memory-registry.ts';
import { logKey } from '../../support/publisher.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

const key = verifierKey(sha256, ORIGIN, logKey);
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const registered = (value: string): Fact => [
  'organization.registered',
  { kind: 'bank', names: [{ value, lang: 'en' }] },
];
const [own, other] = [idOf('organization', 'b'), idOf('organization', 'c')];

type Histories = readonly (readonly [id: string, facts: readonly Fact[]])[];

/** `c` was merged into `b`; the others are what they are. */
const organizations: Histories = [
  [own, [registered('Bank of B'), ['organization.absorbed', { organization: other }]]],
  [other, [registered('Bank of C'), ['organization.merged', { into: own, reason: 'Twice' }]]],
  ...[...'defg'].map((letter): [string, Fact[]] => [idOf('organization', letter), [registered(`Bank ${letter}`)]]),
];

const others = aggregates.map(({ name }) => name).filter((name) => name !== 'organization');
const record = (place: number) =>
  fc
    .constantFrom(...others)
    .chain((name) =>
      rawFacts(historiesOf(name), 6).map((facts) => [idOf(name, letters[place] ?? 'z'), facts] as const),
    );
const registers = fc
  .integer({ min: 4, max: 14 })
  .chain((size) => fc.tuple(...letters.slice(0, size).map((_, at) => record(at))));

/** Each event is a commit of its own. */
const commitsOf = ([id, facts]: Histories[number]): Commit[] =>
  eventsOf(id, facts)
    .map((event, at) => ({ ...event, commandid: `${at}`.padStart(26, 'a') }))
    .map((event, at) => ({
      stream: id,
      version: at + 1,
      previous: at,
      events: [canonical(event)],
      commandId: event.commandid,
      requestHash: `hash of ${event.id}`,
      recordedAt: event.time,
    }));

async function registryOf(histories: Histories): Promise<TestRegistry> {
  const engine = engineInMemory();
  const registry = await testRegistry(engine);
  await putCommits(engine.documents, registry.tables.events, histories.flatMap(commitsOf));
  await registry.sequencer.run({ source: 'aws.events' } as never);
  await registry.project();
  return registry;
}

async function stated(registry: TestRegistry): Promise<void> {
  await registry.prove();
  await registry.publish();
}

/** The reads of a registry with these records: each operation, with some of its parameters. */
function readsOf(ids: readonly string[]): string[] {
  const pathOf = (id: string) => `/v1/${aggregateByName(aggregateOf(id) ?? '').collection}/${id}`;
  const ofRecord = (id: string) => [
    pathOf(id),
    `${pathOf(id)}?validOn=2023-02-23`,
    ...['evidence', 'facts', 'parties'].map((list) => `${pathOf(id)}/${list}?limit=2`),
    ...(id.startsWith('organization')
      ? ['activity', 'members?on=2023-02-23'].map((part) => `${pathOf(id)}/${part}`)
      : []),
    ...(id.startsWith('ceremony') ? [`${pathOf(id)}/programme`] : []),
  ];
  const lists = aggregates.flatMap(({ collection, states }) => [
    `/v1/${collection}?limit=2`,
    `/v1/${collection}?organization=${own}`,
    `/v1/${collection}?state=${states[0]}&from=2023-02-23`,
  ]);
  const figures = measures.flatMap((measure) => [
    `/v1/statistics?measure=${measure}`,
    `/v1/statistics?measure=${measure}&by=month,standing&limit=3`,
    `/v1/statistics?measure=${measure}&by=organization`,
  ]);
  return [
    ...ids.flatMap(ofRecord),
    ...lists,
    ...figures,
    '/v1/agreements?measure=signings&year=2023',
    '/v1/timeline?limit=3',
    '/v1/overview',
    '/v1/relations?limit=2',
    `/v1/relations?organization=${own}`,
    '/v1/search?q=bank&limit=2',
    '/v1/search?q=nothing+is+called+so',
    `/v1/search?q=${own}`,
    ...[0, 3, 17].flatMap((position) => ['O', 'M'].map((letter) => `/v1/search?q=${letter}-${position}`)),
    `/v1/agreements/${idOf('agreement', 'z')}`,
  ];
}

const withProof = (path: string) => `${path}${path.includes('?') ? '&' : '?'}proof=true`;

/** What is wrong with the proven answers of a path and of its further pages. */
async function expectProven(registry: TestRegistry, path: string): Promise<void> {
  const [plain, proven] = [await registry.unheld.request(path), await registry.unheld.request(withProof(path))];
  const [expected, { proof, ...body }] = [await bodyOf(plain), await bodyOf(proven)];
  expect([path, proven.status]).toEqual([path, plain.status]);
  if (proven.status === 400) return;
  expect([path, body]).toEqual([path, expected]);
  expect(proven.headers.get('Registry-Position')).toBe(plain.headers.get('Registry-Position') ?? expect.anything());
  const told = { path, status: proven.status, body: { ...body, proof } };
  const verified = await verifyAnswer(told, key).catch((error: Error) => error.message);
  expect([path, typeof verified === 'string' ? verified : 'verified']).toEqual([path, 'verified']);
  if (body.next === undefined) return;
  const url = new URL(path, 'http://localhost');
  url.searchParams.set('cursor', body.next);
  await expectProven(registry, `${url.pathname}${url.search}`);
}

describe('an answer with its proof', () => {
  it('is the answer without it at that position, and follows from the proof alone', async () => {
    await fc.assert(
      fc.asyncProperty(registers, async (some) => {
        const histories = [...organizations, ...some];
        const registry = await registryOf(histories);
        await stated(registry);
        for (const path of readsOf(histories.map(([id]) => id))) await expectProven(registry, path);
        expect(registry.errors()).toEqual([]);
      }),
      { numRuns: 3, seed: 17, endOnFailure: true },
    );
  }, 120_000);
});
