import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidence, organization, testApi } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { listening, meeting } from '../../support/faults.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

type Post = ReturnType<typeof testApi>['post'];
let names = 0;
const register = async (post: Post, more: object = {}): Promise<string> => {
  names += 1;
  const answer = await post('/v1/organizations', organization(`Organization ${names}`, more));
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id;
};
const relate = (post: Post, id: string, to: string, type = 'part-of') =>
  post(`/v1/organizations/${id}/relate`, { type, to, evidence });

describe('a ring of relations', () => {
  it('is not closed by three requests at once, each of which sees none', async () => {
    const { post } = testApi(engine);
    const [a, b, c] = [await register(post), await register(post), await register(post)];
    const together = testApi(engine, { taps: [meeting(3)] }).post;
    const done = await Promise.all([relate(together, a, b), relate(together, b, c), relate(together, c, a)]);
    expect(done.map(({ status }) => status).sort()).toEqual([200, 200, 422]);
    const refused = done.find(({ status }) => status === 422);
    expect(refused?.body.errors).toMatchObject([{ rule: 'relation-ring', pointer: '/to' }]);
  });
  it('is not closed within one submission', async () => {
    const { post } = testApi(engine);
    const opened = (as: string, more: object = {}) => ({
      command: 'register-organization',
      as,
      data: organization(`In one submission ${as}`, more),
    });
    const commands = (closing: string) => [
      opened('a'),
      opened('b', { relations: [{ type: 'branch-of', to: '#a' }] }),
      opened('c', { relations: [{ type: 'branch-of', to: '#b' }] }),
      { command: 'relate', target: '#a', data: { type: 'branch-of', to: closing, evidence } },
    ];
    const { status, body } = await post('/v1/submissions', { commands: commands('#c') });
    expect([status, body.errors]).toMatchObject([422, [{ rule: 'relation-ring', pointer: '/commands/3/data/to' }]]);
    const other = await register(post);
    expect((await post('/v1/submissions', { commands: commands(other) })).status).toBe(201);
  });
  it('is found far away, and through a merge', async () => {
    const { post } = testApi(engine);
    const first = await register(post);
    let last = first;
    for (let step = 0; step < 5; step += 1) last = await register(post, { relations: [{ type: 'part-of', to: last }] });
    expect((await relate(post, first, last)).body.errors).toMatchObject([{ rule: 'relation-ring' }]);
    const other = await register(post);
    const merged = await post(`/v1/organizations/${other}/merge`, { into: last, evidence }, { client: 'registrar' });
    expect(merged.status, merged.text).toBe(200);
    expect((await relate(post, first, other)).body.errors).toMatchObject([{ rule: 'relation-ring' }]);
  });
});

describe('a party that is a branch of a branch', () => {
  it('is found by reading what is named, and what that is a branch of', async () => {
    const { post } = testApi(engine);
    const [bank, others] = [await register(post), [await register(post), await register(post)]];
    const branch = await register(post, { relations: [{ type: 'branch-of', to: bank }] });
    const office = await register(post, { relations: [{ type: 'branch-of', to: branch }] });
    const parties = [bank, ...others].map((one) => ({ organization: one }));
    const open = { kind: 'other', parties, openForSignature: true, evidence };
    const twice = await post('/v1/agreements', { ...open, parties: [...parties, { organization: office }] });
    expect(twice.body.errors).toMatchObject([{ rule: 'party-repeated', pointer: '/parties/3' }]);
    const { id } = (await post('/v1/agreements', open)).body;
    const ear = listening();
    const heard = testApi(engine, { taps: [ear] }).post;
    const joining = await heard(`/v1/agreements/${id}/sign`, { party: office, evidence });
    expect(joining.body.errors).toMatchObject([{ rule: 'party-repeated', pointer: '/party' }]);
    expect(readBy(ear)).toEqual(new Set([id, office, branch, bank]));
  });
  it('takes reading nobody else, however many parties there are', async () => {
    const { post } = testApi(engine);
    const parties: string[] = [];
    for (let count = 0; count < 12; count += 1) parties.push(await register(post));
    const data = { kind: 'other', parties: parties.map((one) => ({ organization: one })), evidence };
    const { id } = (await post('/v1/agreements', data)).body;
    const ear = listening();
    const heard = testApi(engine, { taps: [ear] }).post;
    const signed = await heard(`/v1/agreements/${id}/sign`, { party: parties[3], evidence });
    expect(signed.status, signed.text).toBe(200);
    expect(readBy(ear)).toEqual(new Set([id, parties[3]]));
  });
});

/** The records whose streams were read. */
const readBy = ({ sent }: ReturnType<typeof listening>): Set<string> =>
  new Set(
    (JSON.stringify(sent.filter(({ name }) => /^(Query|Get)/.test(name))).match(
      /(?:organization|agreement)-[a-z2-7]{26}/g,
    ) ?? []) as string[],
  );
