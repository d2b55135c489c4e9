import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidence, leiOf, organization, type TestApi, testApi } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { fillRecord } from '../../support/fill.ts';

/** Clients that have lost what gave them a right. */

let engine: TestEngine;
let api: TestApi;
beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
});
afterAll(() => engine?.stop());

const post = (path: string, body: object, client: string) => api.post(`/v1/${path}`, { evidence, ...body }, { client });
const landed = async (path: string, body: object, client: string): Promise<string> => {
  const answer = await post(path, body, client);
  expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body.id;
};
const company = (name: string, client: string) => landed('organizations', organization(name), client);
const appoint = (id: string, client: string) => landed(`organizations/${id}/appoint-client`, { client }, 'registrar');
const dismiss = (id: string, client: string) => landed(`organizations/${id}/dismiss-client`, { client }, 'registrar');
const outcome = async (path: string, body: object, client: string) => {
  const answer = await post(path, body, client);
  return answer.status === 200 ? 200 : [answer.status, answer.body.type];
};
const lacking = [403, '/problems/right-lacking'];

describe('a client that acts for an organization no longer', () => {
  it('takes nothing of what it submitted for it, and its successor may', async () => {
    const [one, other] = [await company('One', 'founder'), await company('Other', 'founder')];
    await appoint(one, 'first');
    const parties = [one, other].map((id) => ({ organization: id }));
    const [spokenOn, untouched] = [
      await landed('agreements', { kind: 'project', parties }, 'first'),
      await landed('launches', { kind: 'platform', names: [{ value: 'Platform', lang: 'en' }], by: [other] }, 'first'),
    ];
    await dismiss(one, 'first');
    await appoint(one, 'second');
    await landed(`agreements/${spokenOn}/corroborate`, {}, 'second');
    const reason = { reason: 'Registered twice' };
    expect(await outcome(`agreements/${spokenOn}/retract`, reason, 'first')).toEqual(lacking);
    expect(await outcome(`launches/${untouched}/retract`, reason, 'first')).toEqual(lacking);
    expect(await outcome(`launches/${untouched}/retract`, reason, 'second')).toBe(200);
    expect(await outcome(`agreements/${spokenOn}/retract`, reason, 'second')).toBe(200);
  });
});

describe('who registered an organization', () => {
  it('has no part in what was merged into it', async () => {
    const [known, duplicate] = [await company('Known', 'founder'), await company('Known again', 'stranger')];
    const identifier = { scheme: 'lei', value: leiOf(90) };
    await landed(`organizations/${known}/link-identifier`, { identifier }, 'founder');
    await appoint(known, 'own');
    await dismiss(known, 'own');
    await landed(`organizations/${known}/merge`, { into: duplicate }, 'registrar');
    expect(await outcome(`organizations/${duplicate}/unlink-identifier`, { identifier }, 'stranger')).toEqual(lacking);
    expect(await outcome(`organizations/${duplicate}/close`, { on: '2023' }, 'stranger')).toEqual(lacking);
    expect(await outcome(`organizations/${duplicate}/unlink-identifier`, { identifier }, 'registrar')).toBe(200);
  });

  it('fills a quarter of its record once that was in its own hands, and no more after a dismissal', async () => {
    const id = await company('Once in its own hands', 'founder');
    await appoint(id, 'own-once');
    await dismiss(id, 'own-once');
    await landed(`organizations/${id}/add-evidence`, {}, 'founder');
    await fillRecord(engine, engine.tables.events, id, { events: 1_250 });
    const more = await outcome(`organizations/${id}/add-evidence`, {}, 'founder');
    expect(more).toEqual([422, '/problems/cap-record-events']);
  });
});

describe('a submission of somebody without a right', () => {
  it('is told so, though what anybody may do comes before', async () => {
    const id = await company('Another’s', 'founder');
    const commands = [
      { command: 'add-evidence', target: id, data: { evidence } },
      { command: 'retract', target: id, data: { reason: 1 } },
    ];
    const { status, body } = await api.post('/v1/submissions', { commands }, { client: 'stranger' });
    expect([status, body.type]).toEqual(lacking);
  });
});
