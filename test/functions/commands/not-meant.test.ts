import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidence, organization, type TestApi, testApi } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';

let engine: TestEngine;
let api: TestApi;
let body: string;
let member: string;
let membership: string;
beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
  body = (await api.post('/v1/organizations', organization('A body'))).body.id;
  member = (await api.post('/v1/organizations', organization('A member'))).body.id;
  membership = (await api.post('/v1/memberships', { body, organization: member, on: '2020', evidence })).body.id;
});
afterAll(() => engine?.stop());

/** The only fault of a request. */
async function faultOf(path: string, request: object) {
  const answer = await api.post(path, request);
  expect(answer.status, answer.text).toBe(422);
  expect(answer.body.errors, answer.text).toHaveLength(1);
  return answer.body.errors[0];
}
const faultOfCommand = (command: object) =>
  faultOf('/v1/submissions', { commands: [{ data: { evidence }, ...command }] });

describe('a command that is not meant', () => {
  it('is told the three nearest, by the one name that each has', async () => {
    const { detail: ofAct, ...fault } = await faultOfCommand({ command: 'sing-agreement' });
    expect(fault).toEqual({ pointer: '/commands/0/command', rule: 'unknown-command' });
    expect(ofAct).toMatch(/^there is no such command; the nearest are sign, [a-z-]+, [a-z-]+$/);
    const { detail } = await faultOfCommand({ command: 'regster-organisation' });
    expect(detail).toMatch(/^there is no such command; the nearest are register-organization, [a-z-]+, [a-z-]+$/);
  });

  it('is told three also where nothing is like it', async () => {
    for (const command of ['', 'x', 'y'.repeat(5000)]) {
      const { detail } = await faultOfCommand({ command });
      expect(detail).toMatch(/^there is no such command; the nearest are [a-z-]+, [a-z-]+, [a-z-]+$/);
    }
  });

  it('is told the nearest acts on its target', async () => {
    const fault = await faultOfCommand({ command: 'reinstat', target: membership });
    expect(fault.detail).toMatch(/^a record of kind membership takes no such act; the nearest are reinstate, /);
    expect((await faultOfCommand({ command: 'sign', target: membership })).rule).toBe('unknown-command');
  });
});

describe('an act without its record', () => {
  it('is told to name a target, and of which kind', async () => {
    for (const command of ['sign', 'sign-agreement']) {
      const fault = await faultOfCommand({ command, data: { party: member, evidence } });
      expect(fault).toMatchObject({ pointer: '/commands/0/target', rule: 'value-missing' });
      expect(fault.detail).toMatch(/^sign is an act: name its target, the id of a record of kind agreement, or #name /);
    }
    expect((await faultOfCommand({ command: 'retract' })).detail).toMatch(/the id of a record, or #name /);
  });

  it('is told which record body and organization name, and what opens one', async () => {
    const { detail } = await faultOfCommand({ command: 'reinstate', data: { body, organization: member, evidence } });
    expect(detail).toContain(`of these it is ${membership}, `);
    expect(detail).toMatch(/a membership is opened, without a target, by admit, .*suspend/);
  });

  it('finds the record also where the two have names', async () => {
    const { body: answer } = await api.post('/v1/submissions', {
      commands: [
        { command: 'register-organization', as: 'a', data: organization('Another') },
        { command: 'renew', data: { body, organization: '#a', evidence } },
      ],
    });
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0].detail).toMatch(/of these it is membership-[a-z2-7]{26}, /);
  });

  it('is told the path of the act where a collection is posted to', async () => {
    for (const command of ['reinstate', 'reinstate-member']) {
      const fault = await faultOf('/v1/memberships', { command, body, organization: member, evidence });
      expect(fault).toMatchObject({ pointer: '/command', rule: 'unknown-command' });
      expect(fault.detail).toMatch(/; reinstate is an act: POST \/v1\/memberships\/\{id\}\/reinstate$/);
    }
    const { detail } = await faultOf('/v1/launches', { command: 'preform-launch', evidence });
    expect(detail).toMatch(/; did you mean perform-launch\?$/);
  });

  it('is told that the record tells body and organization', async () => {
    for (const act of ['suspend', 'expel']) {
      const { body: answer } = await api.post(`/v1/memberships/${membership}/${act}`, {
        ...{ body, organization: member, evidence },
      });
      expect(answer.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/body', '/organization']);
      for (const { detail } of answer.errors) {
        expect(detail).toMatch(new RegExp(`the record tells it; the command ${act} that names no record takes it$`));
      }
    }
  });
});

describe('the longer name that an act once had', () => {
  it('is understood, and the same request again gets the earlier answer', async () => {
    const { body: opened } = await api.post('/v1/agreements', {
      ...{ kind: 'cooperation', evidence },
      parties: [{ organization: body }, { organization: member }],
    });
    for (const [command, data] of [
      ['sign-agreement', { party: body, on: '2024-01', evidence }],
      ['add-evidence-to-agreement', { about: 1, evidence }],
      ['retract-agreement', { reason: 'Registered twice', evidence }],
    ] as const) {
      const send = () =>
        api.post('/v1/submissions', { commands: [{ command, target: opened.id, data }] }, { key: command });
      const first = await send();
      expect(first.status, first.text).toBe(201);
      const again = await send();
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(again.body).toEqual(first.body);
    }
  });
});

describe('a target', () => {
  it('that no earlier command names is unknown, whatever the command', async () => {
    for (const command of ['sign', 'suspend', 'retract', 'reinstate-member']) {
      const answer = await api.post('/v1/submissions', {
        commands: [{ command, target: '#nobody', data: { evidence } }],
      });
      expect(answer.body.errors[0]).toMatchObject({ pointer: '/commands/0/target', rule: 'unknown-name' });
    }
  });

  it('that is no record of a kind which takes the act is told the kinds', async () => {
    const fault = await faultOfCommand({ command: 'sign', target: 'agreement-1' });
    expect(fault).toMatchObject({ pointer: '/commands/0/target', rule: 'value-invalid' });
    expect(fault.detail).toMatch(/^must be the id of a record of kind agreement, such as agreement-/);
  });
});

describe('a path that names nothing', () => {
  it.each([
    ['/v1/agreements/x/sing', 'agreements know no act "sing"; did you mean sign?'],
    ['/v1/agreements/x/sign-agreement', 'agreements know no act "sign-agreement"; did you mean sign?'],
    ['/v1/agreements/x/zzz', 'agreements know no act "zzz"'],
    ['/v1/agreemens', 'there is no collection "agreemens"; did you mean agreements?'],
  ])('is told what is near: %s', async (path, detail) => {
    const answer = await api.post(path, { evidence });
    expect([answer.status, answer.body.type, answer.body.detail]).toEqual([404, '/problems/not-found', detail]);
  });
});
