import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregates } from '../../../domain/catalog.ts';
import { problems, type Rule } from '../../../domain/problems.ts';
import { evidence, organization, type TestApi, testApi, tokenFor } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { type CatalogOperation, createExamples, type ExampleRecord, operations } from '../../support/examples.ts';
import { listening } from '../../support/faults.ts';

let engine: TestEngine;
let api: TestApi;
let id: string;
const heard = listening();
/** What went to the tables and was no question. */
const written = () => heard.sent.filter(({ name }) => !/^(Get|BatchGet|Query)Command$/.test(name));
beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine, { taps: [heard] });
  id = (await api.post('/v1/organizations', organization())).body.id;
});
afterAll(() => engine?.stop());

const unsigned = (header: object, claims: object) =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;
const bearer = async (...how: Parameters<typeof tokenFor>) => `Bearer ${await tokenFor(...how)}`;

type Definition = CatalogOperation['definition'];
/** A rule, or that whatever the command's own rules answer, it is neither 401 nor 403. */
type Expected = Rule | 'allowed';

interface Caller {
  readonly who: string;
  readonly authorization: (definition: Definition) => Promise<string | null>;
  readonly answer: (definition: Definition) => Expected;
}

const unsignedBy = (alg: object, signature: string) => async () =>
  `Bearer ${unsigned(alg, { iss: 'https://issuer.example.org', client_id: 'gzde', scope: 'registry/submit', exp: inAnHour() })}${signature}`;

/** Whoever shows no good token is refused whatever he asks. */
const withoutToken: Caller[] = (
  [
    ['without a token', 'token-missing', async () => null],
    ['with another scheme', 'token-missing', async () => 'Basic Z3pkZTpnemRl'],
    ['with a token that is none', 'token-invalid', async () => 'Bearer nonsense'],
    ['with an expired token', 'token-invalid', () => bearer('deputy', { expires: '1 minute ago' })],
    ['with a token that never expires', 'token-invalid', () => bearer('deputy', { expires: null })],
    ['with a token of another issuer', 'token-invalid', () => bearer('deputy', { issuer: 'https://other.example' })],
    ['with a token signed by somebody else', 'token-invalid', () => bearer('deputy', { forged: true })],
    ['with a token that nobody signed (alg: none)', 'token-invalid', unsignedBy({ alg: 'none' }, '')],
    [
      'with a token signed with a shared secret (HS256)',
      'token-invalid',
      unsignedBy({ alg: 'HS256', kid: 'first' }, 'c2ln'),
    ],
    [
      'with a token for another API',
      'token-invalid',
      () => bearer('deputy', { claims: { aud: 'https://other.example' } }),
    ],
    ['with an ID token', 'token-invalid', () => bearer('deputy', { claims: { nonce: 'n-0S6' } })],
    ['with a token of a client that cannot be recorded', 'token-invalid', () => bearer('deputy\ud800')],
    ['with a token of a client called as the registry itself is', 'token-invalid', () => bearer('registry')],
    ['with a token that names no client', 'token-invalid', () => bearer('', { claims: { client_id: undefined } })],
    ['with a token without a scope', 'scope-lacking', () => bearer('deputy', { claims: { scope: undefined } })],
    [
      'with a token of another scope',
      'scope-lacking',
      () => bearer('deputy', { claims: { scope: 'openid registry/read' } }),
    ],
  ] as const
).map(([who, rule, authorization]) => ({ who, authorization, answer: () => rule }));

/** What submitters may follows from the command's definition: from its scope, and from whether it opens a record. */
const submitters =
  (opening: Expected, act: Expected) =>
  (definition: Definition): Expected => {
    if (definition.scope === 'registry/registrar') return 'scope-lacking';
    if (definition.by === 'anyone') return 'allowed';
    // The examples are about others than whoever opened the record.
    if (definition.by === 'host-or-party') return 'right-lacking';
    return definition.act === undefined ? opening : act;
  };

/** The WWW-Authenticate header of each refusal that has one (RFC 6750 §3.1). */
const challenges: Partial<Record<Expected, unknown>> = {
  'token-missing': 'Bearer',
  'token-invalid': expect.stringMatching(/^Bearer error="invalid_token"/),
  'scope-lacking': expect.stringMatching(
    /^Bearer error="insufficient_scope"(, scope="registry\/(submit|registrar)")?$/,
  ),
};

const callers: Caller[] = [
  ...withoutToken,
  {
    who: 'by another organization',
    authorization: () => bearer('foreigner'),
    answer: submitters('allowed', 'right-lacking'),
  },
  {
    who: 'by a client without an organization',
    authorization: () => bearer('stranger'),
    answer: submitters('allowed', 'right-lacking'),
  },
  {
    who: 'by the submitter’s organization',
    authorization: () => bearer('deputy'),
    answer: submitters('allowed', 'allowed'),
  },
  {
    who: 'by whoever calls himself a registrar',
    authorization: () => bearer('pretender', { claims: { scope: 'registry/registrar' } }),
    answer: ({ scope }) => (scope === 'registry/registrar' ? 'right-lacking' : 'scope-lacking'),
  },
  {
    who: 'by a registrar',
    authorization: () => bearer('registrar'),
    // The records of the examples are their submitter's.
    answer: ({ scope, registrarToo }) =>
      scope === 'registry/registrar' || registrarToo === 'on-any' ? 'allowed' : 'right-lacking',
  },
];

const table = operations.flatMap((operation) =>
  callers.map(({ who, authorization, answer }) => ({
    name: operation.definition.name,
    who,
    answer: answer(operation.definition),
    operation,
    authorization,
  })),
);

describe('who may what', () => {
  /** Records that the client `founder` has opened for its organization, for which `deputy` speaks too. */
  const records = new Map<string, ExampleRecord>();
  let examples: ReturnType<typeof createExamples>;
  beforeAll(async () => {
    examples = createExamples(api.post, 'founder');
    for (const clients of [['founder', 'deputy'], ['foreigner']]) {
      const { body } = await api.post('/v1/organizations', organization(), { client: 'whoever' });
      for (const client of clients) {
        const path = `/v1/organizations/${body.id}/appoint-client`;
        expect((await api.post(path, { client, evidence }, { client: 'registrar' })).status).toBe(200);
      }
    }
    for (const aggregate of aggregates) records.set(aggregate.name, await examples.open(aggregate));
  });

  /** The command's example, as its own operation and as a submission. What opens records is about others each time. */
  async function requestsOf({ aggregate, definition, route }: CatalogOperation, answer: Expected) {
    const { name: command, act } = definition;
    // What was merged would answer for the other organization from then on; what has a client is no longer its submitter's.
    const changesHands = ['merge-organization', 'appoint-client'].includes(command) && answer === 'allowed';
    const own = changesHands ? { ...(await examples.open(aggregate)), names: new Map() } : undefined;
    const { id: target, names } = own ?? (records.get(aggregate.name) as ExampleRecord);
    const example = () => examples.resolved(definition, act === undefined && answer === 'allowed' ? new Map() : names);
    const [data, again] = [await example(), await example()];
    return [
      ['/v1/submissions', { commands: [act === undefined ? { command, data } : { command, target, data }] }],
      [route.replace('{id}', target), act === undefined ? { command, ...again } : again],
    ] as const;
  }

  it.each(table)('$name $who: $answer', async ({ operation, authorization, answer }) => {
    const requests = await requestsOf(operation, answer);
    const header = await authorization(operation.definition);
    const isOpening = operation.definition.act === undefined;
    for (const [path, sent] of requests) {
      const before = written().length;
      const { status, body, headers } = await api.post(path, sent, { authorization: header });
      const slug = String(body.type).replace('/problems/', '');
      if (answer === 'allowed') {
        // The rules of an act may refuse it: its example need not fit the record that another one has opened.
        // What the first of the two requests has merged leads the second one elsewhere.
        const merged = operation.definition.act === 'merge' ? [308] : [];
        expect(isOpening ? [200, 201] : [200, 201, 422, ...merged], JSON.stringify(body)).toContain(status);
        expect(['invalid-body', 'unknown-reference']).not.toContain(slug);
        continue;
      }
      expect([status, slug]).toEqual([problems[answer].status, answer]);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(headers.get('www-authenticate')).toEqual(challenges[answer] ?? null);
      expect(written().length).toBe(before);
    }
  });
});

describe('rights', () => {
  const name = { name: { value: 'Alias', lang: 'en' }, evidence };

  it('on a record are its submitter’s, not another organization’s', async () => {
    const { status, body } = await api.post(`/v1/organizations/${id}/add-name`, name, { client: 'gdgje' });
    expect([status, body.type]).toEqual([403, '/problems/right-lacking']);
    expect((await api.post(`/v1/organizations/${id}/add-name`, name)).status).toBe(200);
  });

  it('on a record are not won through a submission', async () => {
    const commands = [{ command: 'add-name', target: id, data: { ...name, name: { value: 'Other', lang: 'en' } } }];
    const { status, body } = await api.post('/v1/submissions', { commands }, { client: 'gdgje' });
    expect([status, body.type]).toEqual([403, '/problems/right-lacking']);
  });

  it('of the registrar are not any submitter’s, nor anybody’s with only the scope', async () => {
    const path = `/v1/organizations/${id}/appoint-client`;
    const body = { client: 'somebody', evidence };
    expect((await api.post(path, body)).body.type).toBe('/problems/scope-lacking');
    const pretender = await bearer('pretender', { claims: { scope: 'registry/submit registry/registrar' } });
    const pretended = await api.post(path, body, { authorization: pretender });
    expect([pretended.status, pretended.body.type]).toEqual([403, '/problems/right-lacking']);
    const commands = [{ command: 'appoint-client', target: id, data: body }];
    expect((await api.post('/v1/submissions', { commands })).body.type).toBe('/problems/scope-lacking');
    expect((await api.post(path, body, { client: 'registrar' })).status).toBe(200);
  });

  it('come with an appointment and go with a dismissal', async () => {
    const path = `/v1/organizations/${id}/add-name`;
    const as = { client: 'appointed' };
    const named = (value: string) => ({ name: { value, lang: 'en' }, evidence });
    expect((await api.post(path, named('One'), as)).status).toBe(403);
    const act = (what: string) =>
      api.post(`/v1/organizations/${id}/${what}-client`, { client: 'appointed', evidence }, { client: 'registrar' });
    expect((await act('appoint')).status).toBe(200);
    expect((await api.post(path, named('One'), as)).status).toBe(200);
    expect((await act('dismiss')).status).toBe(200);
    expect((await api.post(path, named('Two'), as)).status).toBe(403);
  });

  it('belong to the parties of an agreement, whoever submitted it', async () => {
    const other = (await api.post('/v1/organizations', organization('Other'))).body.id;
    const party = { client: 'client-of-other' };
    await api.post(
      `/v1/organizations/${other}/appoint-client`,
      { client: party.client, evidence },
      { client: 'registrar' },
    );
    const parties = [{ organization: id }, { organization: other }];
    const agreement = await api.post('/v1/agreements', { kind: 'cooperation', parties, evidence });
    const path = `/v1/agreements/${agreement.body.id}/sign`;
    const sign = { party: other, mode: 'definitive', evidence };
    expect((await api.post(path, sign, { client: 'stranger' })).status).toBe(403);
    expect((await api.post(path, sign, party)).status).toBe(200);
  });

  it('are everybody’s to sign and to accede for the own organization, where the agreement is open', async () => {
    const own = (await api.post('/v1/organizations', organization('Joining'))).body.id;
    const joining = { client: 'client-of-joining' };
    await api.post(
      `/v1/organizations/${own}/appoint-client`,
      { client: joining.client, evidence },
      { client: 'registrar' },
    );
    const agreementBetween = async (more: object) => {
      const others = [organization('One'), organization('Two')].map((one) => api.post('/v1/organizations', one));
      const parties = (await Promise.all(others)).map(({ body }) => ({ organization: body.id }));
      return (await api.post('/v1/agreements', { kind: 'treaty', parties, evidence, ...more })).body.id;
    };
    const acceded = { organization: own, evidence };
    const open = await agreementBetween({ openForAccession: true, openForSignature: true });
    expect((await api.post(`/v1/agreements/${open}/accede`, acceded, { client: 'stranger' })).status).toBe(403);
    expect((await api.post(`/v1/agreements/${open}/accede`, acceded, joining)).status).toBe(200);
    const alsoOpen = await agreementBetween({ openForSignature: true });
    expect((await api.post(`/v1/agreements/${alsoOpen}/sign`, { party: own, evidence }, joining)).status).toBe(200);
    const closed = await agreementBetween({});
    const refused = await api.post(`/v1/agreements/${closed}/sign`, { party: own, evidence }, joining);
    expect([refused.status, refused.body.type]).toEqual([422, '/problems/not-a-party']);
  });

  it('on a membership are not won by declaring an intent beside it', async () => {
    const [body, member] = await Promise.all(
      [organization('Body'), organization('Member')].map(
        async (one) => (await api.post('/v1/organizations', one)).body.id,
      ),
    );
    const between = { body, organization: member };
    await api.post('/v1/memberships', { ...between, on: '2023-01-01', evidence });
    const stranger = { client: 'stranger-to-both' };
    const joined = { command: 'declare-intent', ...between, on: '1990-01-01', evidence };
    const answer = await api.post('/v1/memberships', joined, stranger);
    expect([answer.status, answer.body.type]).toEqual([403, '/problems/right-lacking']);
  });
});
