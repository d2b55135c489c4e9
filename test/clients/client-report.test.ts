import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registrar, wordsOf } from '../functions/merges/merged-registry.ts';
import { tokenFor } from '../support/api.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../support/registry.ts';
import { forwardTo } from './support/forward.ts';
import { run, runJson, temporary } from './support/run.ts';
import { type Server, serve } from './support/server.ts';

let engine: TestEngine;
let registry: TestRegistry;
let server: Server;
let words: ReturnType<typeof wordsOf>;
let token: string;
let now = Date.parse('2026-02-03T12:00:00.000Z');
const ids: Record<string, string> = {};
const leaked = { client: 'leaked' };

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine, { clock: () => now });
  server = await serve(forwardTo(registry));
  words = wordsOf(registry);
  token = await tokenFor('registrar');
  const opened = async (path: string, body: object, how: object = leaked) =>
    (await words.landed(`/v1/${path}`, body, how)).body.id as string;
  const company = (name: string, how?: object) =>
    opened('organizations', { kind: 'company', names: [{ value: name, lang: 'en' }] }, how);
  ids.other = await company('Other', {});
  ids.victim = await company('Victim', {});
  await words.appoint(ids.victim, 'leaked');
  ids.before = await company('Recorded by its owner');
  await words.show();
  // From the next day on the token is in other hands.
  now = Date.parse('2026-02-04T08:00:00.000Z');
  ids.forged = await company('Forged');
  ids.shared = await company('Shared');
  await words.landed(`/v1/organizations/${ids.shared}/add-evidence`, {}, { client: 'gdgje' });
  await words.landed(`/v1/organizations/${ids.before}/add-name`, { name: { value: 'New', lang: 'en' } }, leaked);
  ids.stoodOn = await company('Stood on');
  const parties = [ids.stoodOn, ids.other].map((organization) => ({ organization }));
  ids.standing = await opened('agreements', { kind: 'project', parties }, { client: 'gdgje' });
  ids.continued = await company('Continued');
  ids.member = await opened('memberships', { body: ids.victim, organization: ids.other, on: '2020' });
  ids.gone = await company('Gone');
  await words.landed(`/v1/organizations/${ids.gone}/retract`, { reason: 'Found at once' }, registrar);
  await words.show();
  now = Date.parse('2026-02-05T00:00:00.000Z');
  await words.landed(`/v1/organizations/${ids.continued}/add-name`, { name: { value: 'New', lang: 'en' } }, leaked);
  ids.after = await company('Recorded after all was found');
  await words.show();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await engine.stop();
});

const report = (...args: string[]) => run(['client', 'report', 'leaked', '--url', server.url, ...args]);
const reported = async (...args: string[]) =>
  (await runJson('client', 'report', 'leaked', '--url', server.url, ...args)).json as {
    records: { id: string; byHand?: string; retractions: object[]; events: object[] }[];
    commands: object[];
    dismissed?: object;
  };

describe('registry client report', () => {
  it('lists what a client recorded in a time, and what is to be done about it', async () => {
    const { records } = await reported('--from', '2026-02-04', '--to', '2026-02-04');
    const verdicts = Object.fromEntries(records.map(({ id, byHand, retractions }) => [id, byHand ?? retractions]));
    expect(verdicts).toEqual({
      [String(ids.forged)]: [{}],
      [String(ids.shared)]: '1 of its events were recorded by others, or at another time',
      [String(ids.stoodOn)]: `${ids.standing} stands on it`,
      [String(ids.continued)]: '1 of its events were recorded by others, or at another time',
      [String(ids.before)]: 'it was there before',
      [String(ids.member)]: [{ period: 1 }],
      [String(ids.gone)]: 'it is retracted already',
    });
    const { code, out } = await report('--from', '2026-02-04T00:00:00Z', '--to', '2026-02-04T23:59+00:00');
    expect(out).toContain(`${ids.before}: to be looked at: it was there before`);
    expect(out).toMatch(/^ {2}\d+ 2026-02-04T08:00:00\.000Z organization\.name-added$/m);
    expect(out).toContain('7 records: 2 retractions, 5 to be looked at.');
    expect(code).toBe(0);
  });

  it('takes each end of the time as it is given, or none', async () => {
    const idsIn = async (...args: string[]) => (await reported(...args)).records.map(({ id }) => id);
    expect(await idsIn('--from', '2026-02-05')).toEqual([ids.continued, ids.after]);
    expect(await idsIn('--to', '2026-02-03')).toEqual([ids.before]);
    expect(await idsIn()).toHaveLength(8);
    expect(await idsIn('--from', '2026-02-03T12:00:00.001Z', '--to', '2026-02-04T09:59:59+02:00')).toEqual([]);
  });

  it('prepares retractions that `registry submit` sends, the last recorded first', async () => {
    await using directory = await temporary();
    const file = directory.file('retractions.json');
    expect((await report('--from', '2026-02-04', '--to', '2026-02-04', '--out', file)).code).toBe(0);
    const { commands } = JSON.parse(await readFile(file, 'utf8')) as { commands: { target: string }[] };
    expect(commands.map(({ target }) => target).sort()).toEqual([ids.forged, ids.member].sort());
    const sent = await run(['submit', file, '--url', server.url, '--token', token]);
    expect(sent.out).toContain('2 recorded, 0 already there, 0 refused');
    await words.show();
    const stateOf = async (path: string) => (await bodyOf(registry.get(`/v1/${path}`))).state;
    expect(await stateOf(`organizations/${ids.forged}`)).toBe('retracted');
    expect(await stateOf(`memberships/${ids.member}`)).toBe('retracted');
    expect(await stateOf(`organizations/${ids.shared}`)).toBe('registered');
    const { records, commands: none } = await reported('--from', '2026-02-04', '--to', '2026-02-04');
    expect(records).toHaveLength(7);
    expect(none).toEqual([]);
  });

  it('ends the appointment when it is asked to, once', async () => {
    const acting = async () =>
      (await bodyOf(registry.get('/v1/clients', { Authorization: `Bearer ${token}` }))).items as object[];
    expect(await acting()).toMatchObject([{ client: 'leaked', organization: ids.victim }]);
    const dismissing = await report('--dismiss', '--token', token);
    expect(dismissing.out).toContain(
      `leaked acted for ${ids.victim} since 2026-02-03T12:00:00.000Z, and does no more.`,
    );
    await words.show();
    expect(await acting()).toEqual([]);
    const again = await report('--dismiss', '--token', token);
    expect(again.out).toContain('leaked acts for no organization.');
    const history = (await bodyOf(registry.get(`/v1/organizations/${ids.victim}/history`))).items as { type: string }[];
    expect(history.filter(({ type }) => type === 'organization.client-dismissed')).toHaveLength(1);
  });

  it('says what it needs', async () => {
    const refused = [
      [['client'], 'knows one act, report'],
      [['client', 'report'], 'Name one client.'],
      [['client', 'report', 'x', '--from', 'yesterday'], '--from takes a day or an instant'],
      [['client', 'report', 'x', '--to', '2026-02-30'], '--to takes a day or an instant'],
      [['client', 'report', 'x', '--from', '2026-02-04', '--to', '2026-02-03'], '--to is before --from'],
      [['client', 'report', 'x', '--dismiss'], 'Who dismisses it?'],
    ] as const;
    for (const [args, said] of refused) {
      const { code, err } = await run(args);
      expect([code, err], args.join(' ')).toEqual([2, expect.stringContaining(said)]);
    }
    const submitter = await report('--dismiss', '--token', await tokenFor('gzde'));
    expect([submitter.code, submitter.err]).toEqual([1, expect.stringContaining('answers 403')]);
  });
});
