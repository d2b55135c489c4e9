import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { evidence, leiOf, organization, type TestApi, testApi } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import {
  cancelledBy,
  failing,
  heldByTransaction,
  listening,
  type Tap,
  throttled,
  timedOut,
} from '../../support/faults.ts';

let engine: TestEngine;
let api: TestApi;
beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
});
afterAll(() => engine?.stop());

const addName = (value: string) => ({ name: { value, lang: 'en' }, evidence });

/** A freshly registered organization. */
async function registered(name?: string, more?: object): Promise<string> {
  const { status, body } = await api.post('/v1/organizations', organization(name, more));
  expect(status).toBe(201);
  return body.id;
}

const eventsIn = async (stream: string) => (await api.store.load(stream)).commits.flatMap(eventsOf);

/** An agreement of two parties that nobody has signed yet. */
async function agreement(): Promise<{ id: string; parties: string[] }> {
  const parties = [await registered('One'), await registered('Two')];
  const { body, status } = await api.post('/v1/agreements', {
    kind: 'cooperation',
    parties: parties.map((id) => ({ organization: id })),
    evidence,
  });
  expect(status).toBe(201);
  return { id: body.id, parties };
}

describe('opening a record', () => {
  it('answers 201 with a receipt, where the record is, and its version', async () => {
    const { status, headers, body } = await api.post('/v1/organizations', organization());
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^organization-[a-z2-7]{26}$/),
      version: 1,
      events: [{ id: `${body.id}/1`, type: 'organization.registered', leafHash: expect.stringMatching(/^.{43}=$/) }],
      recordedAt: '2026-02-03T04:05:06.789Z',
    });
    expect(headers.get('location')).toBe(`/v1/organizations/${body.id}`);
    expect(headers.get('etag')).toBe('"1"');
    expect(headers.get('idempotency-replayed')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers the version and the position of the last of several events', async () => {
    const { parties } = await agreement();
    const signatures = parties.map((party) => ({ party, mode: 'definitive' }));
    const body = { kind: 'project', parties: parties.map((id) => ({ organization: id })), signatures, evidence };
    const first = await api.post('/v1/agreements', body, { key: 'with-signatures' });
    expect(first.body.events.map(({ type }: { type: string }) => type)).toEqual([
      'agreement.registered',
      'agreement.signed',
      'agreement.signed',
    ]);
    expect([first.body.version, first.headers.get('etag')]).toEqual([3, '"3"']);
    await api.seal();
    const marker = await api.log.marker({ stream: first.body.id, version: 1 });
    const again = await api.post('/v1/agreements', body, { key: 'with-signatures' });
    expect(again.body.position).toBe((marker?.position ?? Number.NaN) + 2);
  });

  it('stamps who spoke, for whom, and which request it was', async () => {
    const id = await registered('Appointing');
    const client = 'client-of-appointing';
    const appointed = await api.post(
      `/v1/organizations/${id}/appoint-client`,
      { client, evidence },
      { client: 'registrar' },
    );
    expect(appointed.status).toBe(200);
    const { status } = await api.post(`/v1/organizations/${id}/add-name`, addName('Alias'), { client });
    expect(status).toBe(200);
    const event = (await eventsIn(id)).at(-1);
    expect(event).toMatchObject({ actor: client, onbehalfof: id, data: { speaksAs: 'party' }, streamversion: 3 });
    expect(event?.commandid).toMatch(/^[a-z2-7]{26}$/);
  });

  it('names every fault of a body at once', async () => {
    const { status, body, headers } = await api.post('/v1/organizations', {
      kind: 'shop',
      names: [{ value: ' ', lang: 'in English' }],
      surprise: 1,
    });
    expect(status).toBe(422);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ type: '/problems/invalid-body', status: 422, instance: '/v1/organizations' });
    const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();
    expect(pointers).toEqual(['/evidence', '/kind', '/names/0/lang', '/names/0/value', '/surprise']);
  });

  it('says which cap an event exceeds', async () => {
    const notes = Array.from({ length: 5 }, () => ({ text: 'x'.repeat(3990), lang: 'en' }));
    const { status, body } = await api.post('/v1/organizations', organization('Large', { notes }));
    expect([status, body.type]).toEqual([422, '/problems/cap-event-bytes']);
  });
});

describe('the same request again', () => {
  it('answers as the first time, and writes nothing', async () => {
    const send = () => api.post('/v1/organizations', organization(), { key: 'again' });
    const first = await send();
    const again = await send();
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await eventsIn(first.body.id)).toHaveLength(1);
  });

  it('tells the position once it is sealed', async () => {
    const send = () => api.post('/v1/organizations', organization(), { key: 'sealed-later' });
    const first = await send();
    expect((await send()).body.position).toBeUndefined();
    await api.seal();
    const marker = await api.log.marker({ stream: first.body.id, version: 1 });
    expect((await send()).body).toEqual({ ...first.body, position: marker?.position });
  });

  it('is refused with another body, another path or another method of the same record', async () => {
    const key = 'one-key';
    const { body } = await api.post('/v1/organizations', organization(), { key });
    const other = await api.post('/v1/organizations', organization('Another'), { key });
    expect([other.status, other.body.type]).toEqual([422, '/problems/key-reused']);
    const act = await api.post(`/v1/organizations/${body.id}/add-name`, addName('Alias'), { key });
    expect([act.status, act.body.type]).toEqual([422, '/problems/key-reused']);
    const together = { commands: [{ command: 'register-organization', data: organization() }] };
    const submission = await api.post('/v1/submissions', together, { key });
    expect([submission.status, submission.body.type]).toEqual([422, '/problems/key-reused']);
    expect(await eventsIn(body.id)).toHaveLength(1);
  });

  it('is another request from another client, and on another record', async () => {
    const key = 'shared-key';
    const ids = [];
    for (const client of ['gzde', 'gdgje']) {
      ids.push((await api.post('/v1/organizations', organization(), { key, client })).body.id);
    }
    expect(new Set(ids).size).toBe(2);
    const one = await registered();
    const two = await registered();
    for (const id of [one, two]) {
      expect((await api.post(`/v1/organizations/${id}/add-name`, addName('Alias'), { key: 'act-key' })).status).toBe(
        200,
      );
      expect(await eventsIn(id)).toHaveLength(2);
    }
  });

  it('is the same body in another order of its fields', async () => {
    const key = 'reordered';
    const body = organization();
    await api.post('/v1/organizations', body, { key });
    const again = await api.post('/v1/organizations', Object.fromEntries(Object.entries(body).reverse()), { key });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  });

  it('lands once when it is sent many times at once', async () => {
    const send = () => api.post('/v1/organizations', organization('At once'), { key: 'at-once' });
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(await eventsIn(answers[0]?.body.id)).toHaveLength(1);
  });

  it('gives the first answer when the write landed, the answer was lost, and the rule would refuse by now', async () => {
    const { id, parties } = await agreement();
    const sign = { party: parties[0], mode: 'definitive', evidence };
    const lost = testApi(engine, { taps: [failing({ on: 'PutCommand', error: timedOut, landing: 'after' })] });
    const first = await lost.post(`/v1/agreements/${id}/sign`, sign, { key: 'lost' });
    expect([first.status, first.body.type]).toEqual([500, '/problems/internal']);
    expect(first.text).not.toContain('socket');
    // Under another key the rule refuses: the party has signed.
    expect((await api.post(`/v1/agreements/${id}/sign`, sign)).body.type).toBe('/problems/already-signed');
    const again = await lost.post(`/v1/agreements/${id}/sign`, sign, { key: 'lost' });
    expect(again.status).toBe(200);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toMatchObject({ id, version: 2, events: [{ type: 'agreement.signed' }] });
    expect(await eventsIn(id)).toHaveLength(2);
  });

  it('is not carried out again when what it did was undone since', async () => {
    const id = await registered();
    const add = () => api.post(`/v1/organizations/${id}/add-name`, addName('Alias'), { key: 'undone' });
    const first = await add();
    const name = { value: 'Alias', lang: 'en' };
    expect((await api.post(`/v1/organizations/${id}/end-name`, { name, evidence })).status).toBe(200);
    const again = await add();
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect([again.body, again.body.version]).toEqual([first.body, 2]);
    expect(await eventsIn(id)).toHaveLength(3);
  });

  it.each([
    [
      'an opening that reserves a value',
      '/v1/organizations',
      organization('L', { identifiers: [{ scheme: 'lei', value: leiOf(55) }] }),
    ],
    ['a submission', '/v1/submissions', { commands: [{ command: 'register-organization', data: organization() }] }],
  ])('is not refused by itself when another try of it lands while it is decided: %s', async (_, path, body) => {
    const key = `overtaken by itself ${path}`;
    let other: Awaited<ReturnType<typeof api.post>> | undefined;
    const overtaken: Tap = async ({ name }, next) => {
      const answer = await next();
      if (name === 'QueryCommand') other ??= await api.post(path, body, { key });
      return answer;
    };
    const answer = await testApi(engine, { taps: [overtaken] }).post(path, body, { key });
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect([other?.status, other?.body]).toEqual([201, answer.body]);
  });

  it('knows its own commit when the SDK has sent the write twice', async () => {
    const twice: Tap = async ({ name }, next) => {
      if (name === 'PutCommand') await next();
      return next();
    };
    const { status, body } = await testApi(engine, { taps: [twice] }).post('/v1/organizations', organization());
    expect(status).toBe(201);
    expect(await eventsIn(body.id)).toHaveLength(1);
  });

  it('with If-Match succeeds after it has succeeded', async () => {
    const id = await registered();
    const how = { key: 'conditional', headers: { 'If-Match': '"1"' } };
    const first = await api.post(`/v1/organizations/${id}/add-name`, addName('Alias'), how);
    const again = await api.post(`/v1/organizations/${id}/add-name`, addName('Alias'), how);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('two acts on one record', () => {
  it('are refused when they were decided on an older version', async () => {
    const id = await registered();
    const path = `/v1/organizations/${id}/add-name`;
    expect((await api.post(path, addName('A'), { headers: { 'If-Match': '"1"' } })).status).toBe(200);
    const stale = await api.post(path, addName('B'), { headers: { 'If-Match': '"1"' } });
    expect([stale.status, stale.body.type, stale.headers.get('etag')]).toEqual([412, '/problems/stale', '"2"']);
    for (const tag of ['"2"', '"2-141"', '"7", "2"', '*']) {
      const version = (await eventsIn(id)).length;
      const allowed = tag.replaceAll('2', String(version)).replace(`-141`, '-141');
      const { status } = await api.post(path, addName(`N${version}`), { headers: { 'If-Match': allowed } });
      expect(status, tag).toBe(200);
    }
    const answerTo = async (tag: string) => {
      const { status, body } = await api.post(path, addName('C'), { headers: { 'If-Match': tag } });
      return [status, body.type];
    };
    const version = (await eventsIn(id)).length;
    for (const tag of [`W/"${version}"`, '"other"', `"${version}a"`, ''])
      expect(await answerTo(tag)).toEqual([412, '/problems/stale']);
    for (const tag of ['2', '"2', 'w/"2"', '*, "2"'])
      expect(await answerTo(tag)).toEqual([400, '/problems/header-invalid']);
  });

  it('both land when they come at once, one after the other', async () => {
    const id = await registered();
    const names = Array.from({ length: 6 }, (_, index) => `Name ${index}`);
    const answers = await Promise.all(names.map((name) => api.post(`/v1/organizations/${id}/add-name`, addName(name))));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('with If-Match let one land when they come at once, and refuse the others', async () => {
    const id = await registered();
    const how = { headers: { 'If-Match': '"1"' } };
    const answers = await Promise.all(
      ['A', 'B', 'C'].map((name) => api.post(`/v1/organizations/${id}/add-name`, addName(name), how)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    expect(await eventsIn(id)).toHaveLength(2);
  });

  it('are decided again by whoever lost, on what the other wrote', async () => {
    const { id, parties } = await agreement();
    const sign = { party: parties[0], mode: 'definitive', evidence };
    const answers = await Promise.all([1, 2, 3].map(() => api.post(`/v1/agreements/${id}/sign`, sign)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
    expect(await eventsIn(id)).toHaveLength(2);
  });

  it('are a 409 for one that loses again and again', async () => {
    const id = await registered();
    const held = failing({ on: 'PutCommand', error: heldByTransaction, times: 1000 });
    const { status, body, headers } = await testApi(engine, { taps: [held] }).post(
      `/v1/organizations/${id}/add-name`,
      addName('A'),
    );
    expect([status, body.type, headers.get('retry-after')]).toEqual([409, '/problems/conflict', '1']);
    expect(held.hits).toBe(8);
  });

  it('never let the time within a stream decrease, whatever the clocks say', async () => {
    const id = await registered();
    const late = testApi(engine, { clock: () => new Date('2020-01-01T00:00:00.000Z') });
    const { body } = await late.post(`/v1/organizations/${id}/add-name`, addName('A'));
    expect(body.recordedAt).toBe('2026-02-03T04:05:06.789Z');
  });
});

describe('a table that takes no more', () => {
  it.each(['PutCommand', 'QueryCommand'])('is a 429 when it goes on refusing %s', async (on) => {
    const busy = failing({ on, error: throttled, times: 1000 });
    const { post, failures } = testApi(engine, { taps: [busy] });
    const { status, body, headers } = await post('/v1/organizations', organization());
    expect([status, body.type, headers.get('retry-after')]).toEqual([429, '/problems/throttled', '1']);
    expect(failures).toEqual([]);
  });

  it('is not noticed when it refuses a few times', async () => {
    const taps = [
      failing({ on: 'PutCommand', error: throttled, times: 2 }),
      failing({ on: 'PutCommand', error: heldByTransaction, times: 2 }),
      failing({ on: 'TransactWriteCommand', error: () => cancelledBy('TransactionConflict'), times: 2 }),
    ];
    const { post } = testApi(engine, { taps });
    expect((await post('/v1/organizations', organization())).status).toBe(201);
    const lei = { identifiers: [{ scheme: 'lei', value: leiOf(77) }] };
    expect((await post('/v1/organizations', organization('With LEI', lei))).status).toBe(201);
  });
});

describe('a value that one record alone may hold', () => {
  const withLei = (number: number) => organization('LEI', { identifiers: [{ scheme: 'lei', value: leiOf(number) }] });

  it('is refused to a second one, with the place of the value', async () => {
    const { body: holder } = await api.post('/v1/organizations', withLei(1));
    const { status, body } = await api.post('/v1/organizations', withLei(1));
    expect([status, body.type]).toEqual([422, '/problems/identifier-taken']);
    expect(body.errors).toMatchObject([{ pointer: '/identifiers/0/value', rule: 'identifier-taken' }]);
    expect(body.detail).toContain(holder.id);
  });

  it('goes to one of two that come at once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => api.post('/v1/organizations', withLei(2))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422]);
  });

  it('is free again once it is given back', async () => {
    const [one, two] = [await registered('One'), await registered('Two')];
    const registrar = { client: 'registrar' };
    const act = (id: string, name: string) =>
      api.post(`/v1/organizations/${id}/${name}`, { client: 'moving-client', evidence }, registrar);
    expect((await act(one, 'appoint-client')).status).toBe(200);
    const taken = await act(two, 'appoint-client');
    expect([taken.status, taken.body.errors[0].pointer]).toEqual([422, '/client']);
    expect((await act(one, 'dismiss-client')).status).toBe(200);
    expect((await act(two, 'appoint-client')).status).toBe(200);
  });
});

describe('a submission', () => {
  const party = (name: string) => ({ organization: `#${name}` });
  const example = (more: object = {}) => ({
    commands: [
      { command: 'register-organization', as: 'a', data: organization('A') },
      { command: 'register-organization', as: 'b', data: organization('B') },
      { command: 'add-name', target: '#a', data: addName('Alias of A') },
      {
        command: 'register-agreement',
        as: 'deal',
        data: { kind: 'cooperation', parties: [party('a'), party('b')], evidence, ...more },
      },
      { command: 'sign-agreement', target: '#deal', data: { party: '#b', mode: 'definitive', evidence } },
    ],
  });

  it('takes a #name for an id only where an id is expected', async () => {
    const titles = [{ value: '#a', lang: 'en' }];
    const { body } = await api.post('/v1/submissions', example({ titles }));
    const { commits } = await api.store.load(body.ids.deal);
    const [registered] = commits.flatMap(eventsOf) as { data: object }[];
    expect(registered?.data).toMatchObject({
      titles,
      parties: [{ organization: body.ids.a }, { organization: body.ids.b }],
    });
  });

  it('lands its commands together, with the names that it gives', async () => {
    const { status, body } = await api.post('/v1/submissions', example());
    expect(status).toBe(201);
    expect(Object.keys(body.ids)).toEqual(['a', 'b', 'deal']);
    const of = (index: number) => [body.receipts[index].id, body.receipts[index].version];
    expect(body.receipts.map((_: unknown, index: number) => of(index))).toEqual([
      [body.ids.a, 1],
      [body.ids.b, 1],
      [body.ids.a, 2],
      [body.ids.deal, 1],
      [body.ids.deal, 2],
    ]);
    const [opened, signed] = await eventsIn(body.ids.deal);
    expect(opened?.data).toMatchObject({ parties: [{ organization: body.ids.a }, { organization: body.ids.b }] });
    expect(signed?.data).toMatchObject({ party: body.ids.b });
  });

  it('answers as the first time when it is sent again, with positions once they are sealed', async () => {
    const send = () => api.post('/v1/submissions', example(), { key: 'whole' });
    const first = await send();
    expect((await send()).body).toEqual(first.body);
    await api.seal();
    const again = await send();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    for (const [index, { position, ...receipt }] of again.body.receipts.entries()) {
      expect(receipt).toEqual(first.body.receipts[index]);
      const [, version] = receipt.events.at(-1).id.split('/');
      const markers = await api.log.streamMarkers(receipt.id, Number(version));
      const last = markers.at(-1);
      expect(position).toBe((last?.position ?? Number.NaN) + Number(version) - (last?.version ?? 0));
    }
    const other = await api.post('/v1/submissions', example({ kind: 'project' }), { key: 'whole' });
    expect([other.status, other.body.type]).toEqual([422, '/problems/key-reused']);
  });

  it('lands nothing when one of its commands is refused', async () => {
    const requests = listening();
    const { post } = testApi(engine, { taps: [requests] });
    const commands = [
      ...example().commands,
      { command: 'sign-agreement', target: '#deal', data: { party: '#b', mode: 'definitive', evidence } },
    ];
    const { status, body } = await post('/v1/submissions', { commands });
    expect([status, body.type]).toEqual([422, '/problems/already-signed']);
    expect(body.errors).toMatchObject([{ pointer: '/commands/5/data/party' }]);
    expect(requests.sent.filter(({ name }) => name !== 'QueryCommand')).toEqual([]);
  });

  it('tells each name that no earlier command has given', async () => {
    const { commands } = example();
    const { status, body } = await api.post('/v1/submissions', { commands: commands.toReversed() });
    expect(status).toBe(422);
    const faults = body.errors.map(({ pointer, rule }: Record<string, string>) => `${rule} ${pointer}`);
    expect(faults).toContain('unknown-name /commands/0/target');
    expect(faults).toContain('unknown-name /commands/0/data/party');
    expect(faults).toContain('unknown-name /commands/1/data/parties/0/organization');
    expect(faults).toContain('unknown-name /commands/2/target');
  });

  it('may refer to a record that it opens from that record itself, and knows what one command did in the next', async () => {
    const lei = { identifiers: [{ scheme: 'lei', value: leiOf(3) }] };
    const commands = [1, 2].map(() => ({ command: 'register-organization', data: organization('Same LEI', lei) }));
    const { status, body } = await api.post('/v1/submissions', { commands });
    expect([status, body.type]).toEqual([422, '/problems/identifier-taken']);
    expect(body.errors).toMatchObject([{ pointer: '/commands/1/data/identifiers/0/value' }]);
  });

  it('has a cap on its commands', async () => {
    const command = { command: 'register-organization', data: organization() };
    const send = (length: number) => api.post('/v1/submissions', { commands: Array.from({ length }, () => command) });
    const [most, over] = [await send(99), await send(100)];
    expect(most.status).toBe(201);
    expect([over.status, over.body.type]).toEqual([422, '/problems/cap-commands']);
  });

  it('counts its commands before it reads any of them', async () => {
    const commands = Array.from({ length: 8_000 }, () => ({ command: 7 }));
    const { status, body } = await api.post('/v1/submissions', { commands });
    expect([status, body.type, body.errors]).toEqual([422, '/problems/cap-commands', undefined]);
  });

  it('lands once when it is sent twice at once', async () => {
    const send = () => api.post('/v1/submissions', example(), { key: 'twice-at-once' });
    const [one, two] = await Promise.all([send(), send()]);
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(one.body).toEqual(two.body);
    expect(await eventsIn(one.body.ids.a)).toHaveLength(2);
  });

  it('and an opening of the same key land one of them, when they come at once', async () => {
    const key = 'both-at-once';
    const together = { commands: [{ command: 'register-organization', data: organization() }] };
    const answers = await Promise.all([
      api.post('/v1/submissions', together, { key }),
      api.post('/v1/organizations', organization(), { key }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
  });
});

describe('Prefer: wait', () => {
  it('answers with the position when the read model has it', async () => {
    const waiting = testApi(engine, {
      sleep: () => api.seal(),
      applied: async () => ((await api.log.readHead())?.size ?? 0) - 1,
    });
    const { body, headers } = await waiting.post('/v1/organizations', organization(), {
      headers: { Prefer: 'wait=5' },
    });
    expect(body.position).toBe((await api.log.marker({ stream: body.id, version: 1 }))?.position);
    expect(headers.get('preference-applied')).toBe('wait=5');
  });

  it('answers without it when the time is over', async () => {
    let now = Date.parse('2026-02-03T04:05:06.789Z');
    const waiting = testApi(engine, {
      clock: () => new Date(now),
      sleep: async (milliseconds) => {
        now += milliseconds;
      },
    });
    const { status, body, headers } = await waiting.post('/v1/organizations', organization(), {
      headers: { Prefer: 'respond-async, wait=3' },
    });
    expect([status, body.position, headers.get('preference-applied')]).toEqual([201, undefined, null]);
    expect(now - Date.parse('2026-02-03T04:05:06.789Z')).toBeLessThanOrEqual(3000);
  });
});

describe('a registry whose tables were replaced', () => {
  it('takes nothing, and says why', async () => {
    const tables = await engine.freshTables();
    const own = testApi(engine, { tables });
    await own.post('/v1/organizations', organization());
    await own.seal();
    const restored = testApi(engine, { tables: { ...tables, events: engine.tables.events } });
    const { status, body } = await restored.post('/v1/organizations', organization());
    expect([status, body.type]).toEqual([503, '/problems/tables-changed']);
  });

  it('goes on taking facts while the log is only halted', async () => {
    const tables = await engine.freshTables();
    const own = testApi(engine, { tables });
    await own.post('/v1/organizations', organization());
    await own.seal();
    await engine.documents.send(
      new UpdateCommand({
        TableName: tables.log,
        Key: { pk: 'head', sk: 0 },
        UpdateExpression: 'SET halted = :why',
        ExpressionAttributeValues: { ':why': 'to be looked at' },
      }),
    );
    expect((await testApi(engine, { tables }).post('/v1/organizations', organization())).status).toBe(201);
  });
});

describe('Prefer: dry-run', () => {
  const dry = { headers: { Prefer: 'dry-run' } };

  it('answers as if, and writes nothing', async () => {
    const { status, body, headers } = await api.post('/v1/organizations', organization(), dry);
    expect([status, headers.get('location'), headers.get('etag')]).toEqual([200, null, null]);
    expect(headers.get('preference-applied')).toBe('dry-run');
    expect(body.events).toMatchObject([{ type: 'organization.registered' }]);
    expect(await eventsIn(body.id)).toEqual([]);
  });
  it('leaves the key for the request itself', async () => {
    const rehearsed = await api.post('/v1/organizations', organization(), { ...dry, key: 'rehearsed' });
    const real = await api.post('/v1/organizations', organization(), { key: 'rehearsed' });
    expect([real.status, real.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect(real.body).toEqual(rehearsed.body);
  });
  it('refuses what the request itself would be refused for, caps included', async () => {
    const id = await registered('Dry');
    const refused = await api.post(`/v1/organizations/${id}/add-name`, addName('Dry'), dry);
    expect([refused.status, refused.body.type]).toEqual([422, '/problems/name-repeated']);
    const notes = Array.from({ length: 6 }, () => ({ text: 'a'.repeat(3000), lang: 'en' }));
    const large = await api.post('/v1/organizations', organization('Large', { notes }), dry);
    expect([large.status, large.body.type]).toEqual([422, '/problems/cap-event-bytes']);
  });
  it('rehearses a whole submission', async () => {
    const commands = [{ command: 'register-organization', as: 'a', data: organization('Together') }];
    const { status, body } = await api.post('/v1/submissions', { commands }, dry);
    expect([status, body.receipts.length]).toEqual([200, 1]);
    expect(await eventsIn(body.ids.a)).toEqual([]);
  });
});
