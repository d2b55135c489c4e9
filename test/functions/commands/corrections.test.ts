import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { records } from '../../../domain/projections/records.ts';
import { canonical } from '../../../functions/runtime/canonical.ts';
import { createViews } from '../../../functions/stores/views.ts';
import { evidence, organization } from '../../support/api.ts';
import { scanAll } from '../../support/check-log.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { rowsIn } from '../../support/rows.ts';

let engine: TestEngine;
let registry: TestRegistry;
let [first, second, agreement, membership] = ['', '', '', ''];

const post = async (path: string, body: object, client?: string) => {
  const answer = await registry.post(path, { ...body, evidence }, client === undefined ? {} : { client });
  await registry.seal();
  await registry.projector().deliver();
  return answer;
};
const read = (path: string) => bodyOf(registry.get(path));
const commits = async () => {
  const all = await scanAll(engine.documents, registry.tables.events);
  return new Map(all.map((commit) => [`${commit.stream}/${commit.version}`, canonical(commit)]));
};

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine, { clock: () => Date.parse('2026-02-03T04:05:06.789Z') });
  first = (await post('/v1/organizations', organization('First'))).body.id;
  second = (await post('/v1/organizations', organization('Second'))).body.id;
  const parties = [{ organization: first }, { organization: second }];
  const signatures = [
    { party: first, on: '2025-01-10' },
    { party: second, on: '2025-01-12' },
  ];
  agreement = (await post('/v1/agreements', { kind: 'supply', parties, signatures })).body.id;
  await post(`/v1/agreements/${agreement}/enter-into-force`, { on: '2025-02-01' });
  membership = (await post('/v1/memberships', { body: first, organization: second, on: '2024-01-01' })).body.id;
});
afterAll(() => engine?.stop());

describe('corrections and retractions', () => {
  it('leave every commit that was there as it was, byte for byte', async () => {
    const before = await commits();
    const steps: [path: string, body: object][] = [
      [`/v1/agreements/${agreement}/correct`, { corrects: 2, set: { on: '2025-01-11' }, reason: 'date' }],
      [`/v1/agreements/${agreement}/correct`, { corrects: 1, set: { kind: 'service' }, reason: 'clerical' }],
      [`/v1/organizations/${second}/correct`, { corrects: 1, set: { country: 'CN' }, reason: 'clerical' }],
      [`/v1/memberships/${membership}/retract`, { reason: 'Never was', period: 1 }],
      [`/v1/organizations/${second}/add-evidence`, { about: 1 }],
    ];
    for (const [path, body] of steps) expect((await post(path, body)).status, path).toBe(200);
    const after = await commits();
    expect(after.size).toBe(before.size + steps.length);
    for (const [key, commit] of before) expect(after.get(key)).toBe(commit);
  });

  it('show in the record, in its list, and in the history with what they changed', async () => {
    expect(await read(`/v1/agreements/${agreement}`)).toMatchObject({
      kind: 'service',
      state: 'in-force',
      signatures: [{ on: '2025-01-11' }, {}],
      corrections: [
        { corrects: 2, reason: 'date' },
        { corrects: 1, reason: 'clerical' },
      ],
    });
    expect((await read('/v1/agreements?kind=service')).items).toHaveLength(1);
    expect((await read('/v1/agreements?kind=supply')).items).toHaveLength(0);
    const { items } = await read(`/v1/agreements/${agreement}/history`);
    const correction = items.find(({ type }: { type: string }) => type === 'agreement.corrected');
    expect(correction.changes).toContainEqual({ pointer: '/signatures/0/on', was: '2025-01-10', is: '2025-01-11' });
    expect(correction.data.evidence).toEqual(evidence);
    expect(items[1].data.on).toBe('2025-01-10');
  });

  it('take a retracted membership off the roster, not out of sight', async () => {
    expect((await read(`/v1/memberships/${membership}`)).state).toBe('retracted');
    expect((await read('/v1/memberships?state=retracted')).items).toMatchObject([{ id: membership }]);
    expect((await read(`/v1/organizations/${first}/members?on=2025-01-01`)).items).toEqual([]);
  });

  it('leave the rows of a clean rebuild', async () => {
    const { views } = await engine.freshTables();
    const rebuilt = createViews({ documents: engine.documents, table: views });
    expect(await registry.projector({ views: rebuilt }).deliver()).toEqual([]);
    expect(await rowsIn(engine, views)).toEqual(await rowsIn(engine, registry.tables.views));
    expect((await rebuilt.checkpoint(records)).digest).toBe((await registry.views.checkpoint(records)).digest);
  });

  it('are refused where a rule later in the history would break, with the version that would', async () => {
    const late = { corrects: 3, set: { on: '2025-03-01' }, reason: 'date' };
    const { status, body } = await post(`/v1/agreements/${agreement}/correct`, late);
    expect([status, body.type]).toEqual([422, '/problems/contradicts-history']);
    expect(body.detail).toContain('version 4');
  });

  it('give back a client that a retracted organization held', async () => {
    const third = (await post('/v1/organizations', organization('Third'))).body.id;
    const appoint = { client: 'theirs' };
    await post(`/v1/organizations/${third}/appoint-client`, appoint, 'registrar');
    const taken = await post(`/v1/organizations/${first}/appoint-client`, appoint, 'registrar');
    expect(taken.body.type).toBe('/problems/client-taken');
    await post(`/v1/organizations/${third}/retract`, { reason: 'Registered twice' }, 'registrar');
    expect((await post(`/v1/organizations/${first}/appoint-client`, appoint, 'registrar')).status).toBe(200);
  });
});

describe('a dispute', () => {
  it('lowers the standing of a record until whoever raised it corroborates', async () => {
    await post(`/v1/organizations/${second}/appoint-client`, { client: 'second' }, 'registrar');
    const standing = async () => (await read(`/v1/agreements/${agreement}`)).standing;
    expect(await standing()).toBe('reported');
    const denied = await post(`/v1/agreements/${agreement}/dispute`, { grounds: 'We never signed' }, 'second');
    expect(denied.status).toBe(200);
    expect(await standing()).toBe('disputed');
    expect((await read('/v1/agreements?standing=disputed')).items).toHaveLength(1);
    await post(`/v1/agreements/${agreement}/corroborate`, {}, 'second');
    expect(await standing()).toBe('reported');
  });
});
