import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { records } from '../../../domain/projections/records.ts';
import { evidence, organization, testApi, tokenFor } from '../../support/api.ts';
import { scanAll } from '../../support/check-log.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import type { Tap } from '../../support/faults.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

const [CHEN, ANA] = ['Chen Example-Person', '安娜示例'] as const;
const registrar = { client: 'registrar' };
const erasing = { legalBasis: 'Article 17(1)(c)', evidence };

let engine: TestEngine;
let registry: TestRegistry;
let parties: { organization: string }[];
let authorization: string;

beforeAll(async () => {
  engine = await startEngine();
  authorization = `Bearer ${await tokenFor('registrar')}`;
});
afterAll(() => engine.stop());
beforeEach(async () => {
  registry = await testRegistry(engine);
  const opened = ['One', 'Other'].map((name) => registry.post('/v1/organizations', organization(name)));
  parties = (await Promise.all(opened)).map(({ body }) => ({ organization: body.id }));
});

const signedBy = (...names: string[]) => ({
  kind: 'cooperation',
  parties,
  signatures: names.map((name, index) => ({ party: index + 1, signatory: { name }, mode: 'definitive' })),
  evidence,
});

async function visible() {
  await registry.seal();
  await registry.projector().deliver();
}
const page = async (path: string, headers?: Record<string, string>) => {
  await visible();
  return registry.get(path, headers);
};
const personPage = (id: string) => registry.get(`/v1/people/${id}`, { authorization });
const signatoriesOf = async (agreement: string, query = '') => {
  const { signatures } = await bodyOf(page(`/v1/agreements/${agreement}${query}`));
  return signatures.map(({ signatory }: { signatory: { person: string } }) => signatory);
};
const erase = (person: string, how: object = {}) =>
  registry.post(`/v1/people/${person}/erase`, erasing, { ...registrar, ...how });

/** Everything that the registry has written, or told anybody, as text. */
async function everything(): Promise<string> {
  const tables = await Promise.all(Object.values(registry.tables).map((table) => scanAll(engine.documents, table)));
  return inspect([tables, registry.announced, registry.errors()], {
    depth: null,
    maxArrayLength: null,
    maxStringLength: null,
  });
}

describe('a signatory', () => {
  it('stands in the event as an id and a commitment that name and salt open', async () => {
    const { status, body } = await registry.post('/v1/agreements', signedBy(CHEN, ANA));
    expect(status).toBe(201);
    const events = (await registry.store.load(body.id)).commits.flatMap(({ events }) => events);
    expect(events.join()).not.toContain(CHEN);
    const signed = events.map((event) => JSON.parse(event).data.signatory).filter(Boolean);
    expect(signed).toHaveLength(2);
    for (const [index, { person, commitment }] of signed.entries()) {
      const kept = await bodyOf(personPage(person));
      expect(kept).toMatchObject({ id: person, record: body.id, name: [CHEN, ANA][index] });
      const salt = Buffer.from(kept.salt, 'base64');
      expect(salt).toHaveLength(32);
      expect(createHmac('sha256', salt).update(kept.name).digest('hex')).toBe(commitment);
    }
  });

  it('is named on the page of the record, which nobody may keep, and nowhere else', async () => {
    const agreement = (await registry.post('/v1/agreements', signedBy(CHEN))).body.id;
    const act = { party: parties[1]?.organization, signatory: { name: ANA }, evidence };
    expect((await registry.post(`/v1/agreements/${agreement}/sign`, act)).status).toBe(200);
    const response = await page(`/v1/agreements/${agreement}`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { signatures } = await bodyOf(response);
    expect(signatures).toMatchObject([{ signatory: { name: CHEN } }, { signatory: { name: ANA } }]);
    const elsewhere = [
      `/v1/agreements/${agreement}/history`,
      '/v1/agreements',
      '/v1/timeline',
      '/v1/events',
      `/v1/organizations/${parties[0]?.organization}/activity`,
    ];
    for (const path of elsewhere) {
      const text = await (await registry.get(path)).text();
      expect(text, path).not.toContain(CHEN);
      expect(text, path).not.toContain(ANA);
    }
    expect((await page(`/v1/organizations/${parties[0]?.organization}`)).headers.get('cache-control')).toBe(
      'public, no-cache',
    );
  });

  it('is corrected by another name', async () => {
    const agreement = (await registry.post('/v1/agreements', signedBy('Chen Exmple'))).body.id;
    const before = (await page(`/v1/agreements/${agreement}`)).headers.get('registry-position');
    const correction = { corrects: 2, set: { signatory: { name: CHEN } }, reason: 'clerical', evidence };
    expect((await registry.post(`/v1/agreements/${agreement}/correct`, correction)).status).toBe(200);
    expect(await signatoriesOf(agreement)).toMatchObject([{ name: CHEN }]);
    expect(await signatoriesOf(agreement, `?knownAt=${before}`)).toMatchObject([{ name: 'Chen Exmple' }]);
  });

  it.each([
    { person: 'person-aaaaaaaaaaaaaaaaaaaaaaaaaa', commitment: '0'.repeat(64) },
    { commitment: '0'.repeat(64) },
    { name: 7 },
  ])('is corrected by a name only, not by %j', async (signatory) => {
    const agreement = (await registry.post('/v1/agreements', signedBy(CHEN))).body.id;
    const correction = { corrects: 2, set: { signatory }, reason: 'clerical', evidence };
    const { status, body } = await registry.post(`/v1/agreements/${agreement}/correct`, correction);
    expect([status, body.type]).toEqual([422, '/problems/invalid-body']);
    expect(body.errors[0].pointer).toMatch(/^\/set\/signatory/);
  });
});

describe('a person who receives an award', () => {
  it('is named on the page of the award, and its recipient for good', async () => {
    const commands = [
      {
        command: 'open-programme',
        as: 'programme',
        data: { names: [{ value: 'Prize', lang: 'en' }], conferredBy: [parties[0]?.organization], evidence },
      },
      {
        command: 'confer-award',
        as: 'award',
        data: { programme: '#programme', recipient: { person: { name: ANA } }, evidence },
      },
    ];
    const { status, body } = await registry.post('/v1/submissions', { commands });
    expect(status).toBe(201);
    const response = await page(`/v1/awards/${body.ids.award}`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { recipient } = await bodyOf(response);
    expect(recipient).toEqual({ person: expect.stringMatching(/^person-[a-z2-7]{26}$/), name: ANA });
    const corrections = [{ recipient: { person: { name: CHEN } } }, { recipient: { commitment: '0'.repeat(64) } }];
    for (const set of corrections) {
      const data = { corrects: 1, set, reason: 'identity', evidence };
      expect((await registry.post(`/v1/awards/${body.ids.award}/correct`, data)).status).toBe(422);
    }
    expect((await erase(recipient.person)).status).toBe(200);
    expect((await bodyOf(page(`/v1/awards/${body.ids.award}`))).recipient).toEqual({
      person: recipient.person,
      erased: true,
    });
  });
});

describe('what is refused', () => {
  it.each([
    ['a name that is too long', { raw: JSON.stringify({ signatory: { name: `${CHEN}${'x'.repeat(600)}` } }) }],
    ['a name with control characters', { raw: JSON.stringify({ signatory: { name: `${CHEN}\u0000` } }) }],
    ['a name that is none', { raw: JSON.stringify({ signatory: CHEN }) }],
    ['malformed JSON', { raw: `{"signatory":{"name":"${CHEN}" "` }],
    ['text that is no JSON', { raw: CHEN }],
    ['a lone surrogate', { raw: `{"signatory":{"name":"${CHEN}\\ud800"}}` }],
    ['another command', { raw: JSON.stringify({ command: 'x', signatory: { name: CHEN } }) }],
  ])('never repeats the name: %s', async (_, how) => {
    const { status, text } = await registry.post('/v1/agreements', undefined, how);
    expect([400, 422]).toContain(status);
    expect(text).not.toContain(CHEN);
  });
});

describe('a retry', () => {
  it('answers the first answer, and brings nothing back after the erasure', async () => {
    const key = { key: 'agreement-with-signatory' };
    const first = await registry.post('/v1/agreements', signedBy(CHEN), key);
    const [{ person }] = await signatoriesOf(first.body.id);
    const again = await registry.post('/v1/agreements', signedBy(CHEN), key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toMatchObject(first.body);
    expect((await erase(person)).status).toBe(200);
    const after = await registry.post('/v1/agreements', signedBy(CHEN), key);
    expect([after.status, after.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(after.body).toMatchObject(first.body);
    expect(await signatoriesOf(first.body.id)).toEqual([{ person, erased: true }]);
    expect(await everything()).not.toContain(CHEN);
  });
  it('with a person more is another request', async () => {
    const key = { key: 'one-signatory' };
    await registry.post('/v1/agreements', signedBy(CHEN), key);
    expect((await registry.post('/v1/agreements', signedBy(CHEN, ANA), key)).body.type).toBe('/problems/key-reused');
  });
});

describe('an erasure', () => {
  let person: string;
  let agreement: string;
  beforeEach(async () => {
    agreement = (await registry.post('/v1/agreements', signedBy(CHEN))).body.id;
    [{ person }] = await signatoriesOf(agreement);
  });

  it('leaves every byte of the history, the proofs and the page of the record, and takes the name', async () => {
    const before = (await registry.store.load(agreement)).commits;
    const receipt = await erase(person, { key: 'erase' });
    expect(receipt.body).toMatchObject({ id: person, version: 1, events: [{ type: 'person.erased' }] });
    expect(receipt.headers.get('location')).toBe(`/v1/people/${person}`);
    expect((await registry.store.load(agreement)).commits).toEqual(before);
    for (const query of ['', '?knownAt=3', '?validOn=2023-01-01']) {
      expect(await signatoriesOf(agreement, query)).toEqual([{ person, erased: true }]);
    }
    expect(await bodyOf(personPage(person))).toEqual({
      id: person,
      record: agreement,
      erased: true,
      erasedAt: receipt.body.recordedAt,
    });
    expect(await bodyOf(registry.get(`/v1/events?stream=${person}`))).toMatchObject([
      { type: 'person.erased', data: { person, legalBasis: erasing.legalBasis } },
    ]);
    const again = await erase(person, { key: 'erase' });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect((await erase(person, { key: 'another' })).body.type).toBe('/problems/already-erased');
  });

  it('is not hidden from whoever kept the page: nothing of its ETag has changed', async () => {
    const tag = (await page(`/v1/agreements/${agreement}?knownAt=3`)).headers.get('etag') ?? '';
    await erase(person);
    const after = await page(`/v1/agreements/${agreement}?knownAt=3`, { 'If-None-Match': tag });
    expect([after.status, after.headers.get('etag')]).toEqual([200, tag]);
    expect(await after.text()).not.toContain(CHEN);
  });

  it('writes nothing when it is a dry run', async () => {
    const dry = await erase(person, { headers: { Prefer: 'dry-run' } });
    expect([dry.status, dry.headers.get('preference-applied')]).toEqual([200, 'dry-run']);
    expect(await bodyOf(personPage(person))).toMatchObject({ name: CHEN });
  });

  it('does not write the name that it erases', async () => {
    const body = { ...erasing, legalBasis: `asked for by ${CHEN}` };
    const refused = await registry.post(`/v1/people/${person}/erase`, body, registrar);
    expect(refused.body.type).toBe('/problems/name-in-free-text');
    expect(refused.text).not.toContain(CHEN);
  });

  it('is the registrar’s, and so is the page of a person', async () => {
    const scope = 'registry/registrar';
    const pretender = `Bearer ${await tokenFor('pretender', { claims: { scope } })}`;
    const submitter = `Bearer ${await tokenFor('gzde')}`;
    const cases = [
      [submitter, '/problems/scope-lacking'],
      [pretender, '/problems/right-lacking'],
    ] as const;
    for (const [bearer, problem] of cases) {
      expect((await erase(person, { authorization: bearer })).body.type).toBe(problem);
      const answer = await registry.get(`/v1/people/${person}`, { authorization: bearer });
      expect((await bodyOf(answer)).type).toBe(problem);
    }
    expect((await registry.get(`/v1/people/${person}`)).status).toBe(401);
    const own = await personPage(person);
    expect([own.headers.get('cache-control'), own.headers.get('etag')]).toEqual(['no-store', null]);
  });

  it('of nobody is 404', async () => {
    const nobody = `person-${'z'.repeat(26)}`;
    for (const id of [nobody, 'person', agreement]) expect((await erase(id)).status).toBe(404);
    expect((await personPage(nobody)).status).toBe(404);
  });

  it('lands once when two come at once', async () => {
    const answers = await Promise.all([erase(person), erase(person)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect((await registry.store.load(person)).head.version).toBe(1);
  });

  it('lands once when another one comes between its looks at the vault and at the stream', async () => {
    let isFirst = true;
    const late: Tap = async ({ name }, next) => {
      if (name === 'QueryCommand' && isFirst) {
        isFirst = false;
        await erase(person);
      }
      return next();
    };
    const slow = testApi(engine, { tables: registry.tables, taps: [late] });
    const answer = await slow.post(`/v1/people/${person}/erase`, erasing, registrar);
    expect(answer.body.type).toBe('/problems/already-erased');
    expect((await registry.store.load(person)).head.version).toBe(1);
  });
});

describe('two tries of one request at once', () => {
  const key = { key: 'twice' };

  it('name the person once', async () => {
    const answers = await Promise.all([1, 2].map(() => registry.post('/v1/agreements', signedBy(CHEN), key)));
    const [first, second] = answers.map(({ body }) => body);
    expect(first).toEqual(second);
    expect(await scanAll(engine.documents, registry.tables.people)).toHaveLength(1);
    expect(await signatoriesOf(first.id)).toMatchObject([{ name: CHEN }]);
  });

  it('do not bring back the name that was erased between them', async () => {
    let person = '';
    const late: Tap = async ({ name }, next) => {
      if (name !== 'TransactWriteCommand' || person !== '') return next();
      const { body } = await registry.post('/v1/agreements', signedBy(CHEN), key);
      [{ person }] = await signatoriesOf(body.id);
      await erase(person);
      return next();
    };
    const slow = testApi(engine, { tables: registry.tables, taps: [late] });
    const answer = await slow.post('/v1/agreements', signedBy(CHEN), key);
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await signatoriesOf(answer.body.id)).toEqual([{ person, erased: true }]);
    expect(await everything()).not.toContain(CHEN);
  });

  it('do not record again what was lost with the events, once its person is erased', async () => {
    const { body } = await registry.post('/v1/agreements', signedBy(CHEN), key);
    const [{ person }] = await signatoriesOf(body.id);
    await erase(person);
    const { events, log } = await engine.freshTables();
    const emptied = testApi(engine, { tables: { ...registry.tables, events, log } });
    const opened = ['One', 'Other'].map((name) => emptied.post('/v1/organizations', organization(name)));
    parties = (await Promise.all(opened)).map(({ body: { id } }) => ({ organization: id }));
    const again = await emptied.post('/v1/agreements', signedBy(CHEN), key);
    expect([again.status, again.body.type]).toEqual([409, '/problems/conflict']);
    expect((await emptied.store.load(body.id)).commits).toEqual([]);
    expect(await everything()).not.toContain(CHEN);
  });
});

describe('the same key with another name', () => {
  const key = { key: 'mine' };
  const agreementOf = (...names: string[]) => ({ command: 'register-agreement', data: signedBy(...names) });
  const requests = [
    ['an opening', '/v1/agreements', signedBy(CHEN, ANA), signedBy(CHEN, CHEN)],
    [
      'a submission',
      '/v1/submissions',
      { commands: [agreementOf(CHEN), agreementOf(ANA)] },
      { commands: [agreementOf(CHEN), agreementOf(CHEN)] },
    ],
  ] as const;

  /** The parties are those of the test that runs. */
  const withParties = (body: object): object => {
    const put = (field: string, value: unknown) => (field === 'parties' ? parties : value);
    return JSON.parse(JSON.stringify(body, put));
  };

  it.each(requests)('is refused while the vault has the name: %s', async (_, path, first, other) => {
    const [body, altered] = [withParties(first), withParties(other)];
    const landed = await registry.post(path, body, key);
    expect(landed.status).toBe(201);
    for (const headers of [{}, { Prefer: 'dry-run' }]) {
      const refused = await registry.post(path, altered, { ...key, headers });
      expect([refused.status, refused.body.type]).toEqual([422, '/problems/key-reused']);
      expect(refused.text).not.toContain(CHEN);
    }
    const again = await registry.post(path, body, key);
    expect([again.headers.get('idempotency-replayed'), again.body]).toEqual(['true', landed.body]);
  });

  it('is answered as the first time once the name is erased: nobody can tell any more', async () => {
    const { body } = await registry.post('/v1/agreements', signedBy(CHEN, ANA), key);
    const [first, second] = await signatoriesOf(body.id);
    await erase(second.person);
    const again = await registry.post('/v1/agreements', signedBy(CHEN, CHEN), key);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await signatoriesOf(body.id)).toEqual([
      { person: first.person, name: CHEN },
      { person: second.person, erased: true },
    ]);
    const refused = await registry.post('/v1/agreements', signedBy(ANA, ANA), key);
    expect(refused.body.type).toBe('/problems/key-reused');
  });

  it('is refused too when both come at once', async () => {
    const answers = await Promise.all([CHEN, ANA].map((name) => registry.post('/v1/agreements', signedBy(name), key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(await scanAll(engine.documents, registry.tables.people)).toHaveLength(1);
  });
});

describe('an erased name', () => {
  it('is found in no table, message or log line, whatever failed meanwhile', async () => {
    const lines: unknown[] = [];
    const { body } = await registry.post('/v1/agreements', signedBy(CHEN, ANA));
    const withoutVault = testApi(engine, { tables: { ...registry.tables, people: 'nowhere' } });
    expect((await withoutVault.post('/v1/agreements', signedBy(CHEN, ANA))).status).toBe(500);
    const signatories = await signatoriesOf(body.id);
    const broken = registry.projector({
      projection: {
        ...records,
        name: 'broken',
        rows: ({ record }) => {
          if (record.aggregate.name === 'agreement') throw new Error(`cannot read ${JSON.stringify(record.events)}`);
          return [];
        },
      },
    });
    const failed = await broken.deliver([JSON.stringify({ 'detail-type': 'log.sealed' }), 'garbage']);
    expect([failed.length > 0, broken.told.length > 0, withoutVault.failures.length > 0]).toEqual([true, true, true]);
    expect(await everything()).toContain(CHEN);
    for (const { person } of signatories) expect((await erase(person)).status).toBe(200);
    await visible();
    lines.push(withoutVault.failures, broken.stopped, broken.told, broken.wakeUps);
    const text = (await everything()) + inspect(lines, { depth: null, maxStringLength: null });
    expect(text).toContain('person.erased');
    for (const name of [CHEN, ANA, encodeURIComponent(ANA), Buffer.from(CHEN).toString('base64')]) {
      expect(text).not.toContain(name);
    }
  });
});
