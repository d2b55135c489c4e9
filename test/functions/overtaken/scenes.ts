import { expect } from 'vitest';
import type { PostOptions } from '../../support/api.ts';
import { REGISTRAR } from '../../support/api.ts';
import type { TestRegistry } from '../../support/registry.ts';

/** An act that ends something, and an act that depends on its not being ended. */
export interface Scene {
  readonly ending: Request;
  readonly dependent: Request;
  /** The record whose page says that the dependent act was overtaken; that which it opens, where it opens one. */
  readonly page?: string;
  /** The record that the ending act is about. */
  readonly other: string;
}

interface Request {
  readonly path: string;
  readonly body: object;
  readonly client?: string;
}

export interface Pair {
  readonly name: string;
  /** What the dependent act is refused by when it comes second; of a guarded pair also the ending act. */
  readonly rules: readonly string[];
  /** Of a guarded pair: what becomes of the ending act that comes second, unless it is refused. */
  readonly second?: 'lands' | 'is shown';
  readonly scene: (registry: TestRegistry) => Promise<Scene>;
}

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
let scenes = 0;
const named = (value: string) => [{ value: `${value} ${scenes}`, lang: 'en' }];

export const send = (post: TestRegistry['post'], { path, body, client }: Request, how: PostOptions = {}) =>
  post(path, { evidence, ...body }, client === undefined ? how : { ...how, client });

export type Answer = Awaited<ReturnType<TestRegistry['post']>>;
export const landed = ({ status }: Answer) => status === 200 || status === 201;

type Command = [command: string, as: string, data: object];

/** Submits commands together; answers the ids of what they open. */
export async function opened(registry: TestRegistry, ...commands: Command[]): Promise<Record<string, string>> {
  scenes += 1;
  const submitted = commands.map(([command, as, data]) => ({ command, as, data: { evidence, ...data } }));
  const answer = await registry.post('/v1/submissions', { commands: submitted });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.ids;
}

async function done(registry: TestRegistry, path: string, body: object, client?: string): Promise<string> {
  const answer = await send(registry.post, { path, body, ...(client !== undefined && { client }) });
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.body.id;
}

export const organization = (as: string, kind = 'company'): Command => [
  'register-organization',
  as,
  { kind, names: named(as) },
];
const ceremony = (more: object = {}): Command => [
  'announce-ceremony',
  'ceremony',
  { kind: 'signing', on: '2023-02-23', ...more },
];

/** An agreement at the ceremony between two organizations. */
const agreement = (more: object = {}): Command => [
  'register-agreement',
  'agreement',
  { kind: 'supply', parties: [{ organization: '#one' }, { organization: '#two' }], ...more },
];

export const shownPairs: readonly Pair[] = [
  {
    name: 'a party is retracted, an agreement of it is registered',
    rules: ['record-retracted'],
    async scene(registry) {
      const { one = '', two = '' } = await opened(registry, organization('one'), organization('two'));
      return {
        other: one,
        ending: { path: `/v1/organizations/${one}/retract`, body: { reason: 'In error' } },
        dependent: {
          path: '/v1/agreements',
          body: { kind: 'supply', parties: [{ organization: one }, { organization: two }] },
        },
      };
    },
  },
  {
    name: 'a party is closed, it signs later',
    rules: ['after-closing'],
    async scene(registry) {
      const ids = await opened(registry, organization('one'), organization('two'), agreement());
      const { one = '' } = ids;
      return {
        other: one,
        page: `/v1/agreements/${ids.agreement}`,
        ending: { path: `/v1/organizations/${one}/close`, body: { on: '2020' } },
        dependent: {
          path: `/v1/agreements/${ids.agreement}/sign`,
          body: { party: one, mode: 'definitive', on: '2023-02-23' },
        },
      };
    },
  },
  {
    name: 'a ceremony is cancelled, an agreement at it is registered',
    rules: ['ceremony-cancelled'],
    async scene(registry) {
      const ids = await opened(registry, organization('one'), organization('two'), ceremony());
      const { one = '', two = '', ceremony: at = '' } = ids;
      return {
        other: at,
        ending: { path: `/v1/ceremonies/${at}/cancel`, body: { reason: 'Rain' } },
        dependent: {
          path: '/v1/agreements',
          body: { kind: 'supply', ceremony: at, parties: [{ organization: one }, { organization: two }] },
        },
      };
    },
  },
  {
    name: 'a ceremony is cancelled, a part of it is opened',
    rules: ['ceremony-cancelled'],
    async scene(registry) {
      const part: Command = ['announce-ceremony', 'part', { kind: 'signing', on: '2023-02-23', partOf: '#ceremony' }];
      const { ceremony: whole = '', part: id } = await opened(registry, ceremony(), part);
      return {
        other: whole,
        page: `/v1/ceremonies/${id}`,
        ending: { path: `/v1/ceremonies/${whole}/cancel`, body: { reason: 'Rain' } },
        dependent: { path: `/v1/ceremonies/${id}/open`, body: { on: '2023-02-23' } },
      };
    },
  },
  {
    name: 'a ceremony is moved, a part of it is announced for the old day',
    rules: ['outside-its-whole'],
    async scene(registry) {
      const { ceremony: whole = '' } = await opened(registry, ceremony());
      return {
        other: whole,
        ending: { path: `/v1/ceremonies/${whole}/reschedule`, body: { to: '2023-03-23' } },
        dependent: { path: '/v1/ceremonies', body: { kind: 'signing', on: '2023-02-23', partOf: whole } },
      };
    },
  },
  {
    name: 'a programme is closed, an award of a later year is conferred',
    rules: ['after-closing'],
    async scene(registry) {
      const programme: Command = ['open-programme', 'programme', { names: named('Prize'), conferredBy: ['#two'] }];
      const { one = '', programme: id = '' } = await opened(
        registry,
        organization('one'),
        organization('two', 'exchange'),
        programme,
      );
      return {
        other: id,
        ending: { path: `/v1/award-programmes/${id}/close`, body: { on: '2020' } },
        dependent: {
          path: '/v1/awards',
          body: { programme: id, recipient: { organization: one }, on: '2023-02-23' },
        },
      };
    },
  },
  {
    name: 'a programme is retracted, its award is conferred',
    rules: ['record-retracted'],
    async scene(registry) {
      const programme: Command = ['open-programme', 'programme', { names: named('Prize'), conferredBy: ['#two'] }];
      const { one = '', programme: id = '' } = await opened(
        registry,
        organization('one'),
        organization('two', 'exchange'),
        programme,
      );
      return {
        other: id,
        ending: { path: `/v1/award-programmes/${id}/retract`, body: { reason: 'In error' } },
        dependent: { path: '/v1/awards', body: { programme: id, recipient: { organization: one } } },
      };
    },
  },
  {
    name: 'a body is closed, it admits a member later',
    rules: ['after-closing'],
    async scene(registry) {
      const { one = '', two = '' } = await opened(registry, organization('one'), organization('two', 'exchange'));
      return {
        other: two,
        ending: { path: `/v1/organizations/${two}/close`, body: { on: '2020' } },
        dependent: { path: '/v1/memberships', body: { body: two, organization: one, on: '2023' } },
      };
    },
  },
  {
    name: 'a body is closed, somebody records that a former member of it joins again later',
    rules: ['after-closing'],
    async scene(registry) {
      const { one = '', two = '' } = await opened(registry, organization('one'), organization('two', 'exchange'));
      const admission = { body: two, organization: one, on: '2018' };
      const membership = await done(registry, '/v1/memberships', admission, 'who-submitted-it');
      await done(registry, `/v1/memberships/${membership}/resign`, { on: '2019' }, 'who-submitted-it');
      return {
        other: two,
        ending: { path: `/v1/organizations/${two}/close`, body: { on: '2020' } },
        dependent: { path: '/v1/memberships', body: { body: two, organization: one, on: '2023' } },
      };
    },
  },
  {
    name: 'a client is dismissed, it corroborates as a party',
    rules: ['right-lacking'],
    async scene(registry) {
      const ids = await opened(registry, organization('one'), organization('two'), agreement());
      const client = `client-${scenes}`;
      await done(registry, `/v1/organizations/${ids.one}/appoint-client`, { client }, REGISTRAR);
      return {
        other: ids.one ?? '',
        page: `/v1/agreements/${ids.agreement}`,
        ending: { path: `/v1/organizations/${ids.one}/dismiss-client`, body: { client }, client: REGISTRAR },
        dependent: { path: `/v1/agreements/${ids.agreement}/corroborate`, body: {}, client },
      };
    },
  },
  {
    name: 'a host loses its role, it disputes as the host',
    rules: ['right-lacking'],
    async scene(registry) {
      const host = { organization: '#host', role: 'host' };
      const ids = await opened(
        registry,
        organization('one'),
        organization('two'),
        organization('host', 'exchange'),
        ceremony({ roles: [host] }),
        agreement({ ceremony: '#ceremony' }),
      );
      const client = `client-${scenes}`;
      await done(registry, `/v1/organizations/${ids.host}/appoint-client`, { client }, REGISTRAR);
      return {
        other: ids.ceremony ?? '',
        page: `/v1/agreements/${ids.agreement}`,
        ending: {
          path: `/v1/ceremonies/${ids.ceremony}/withdraw-role`,
          body: { organization: ids.host, role: 'host', reason: 'In error' },
        },
        dependent: { path: `/v1/agreements/${ids.agreement}/dispute`, body: { grounds: 'It was not' }, client },
      };
    },
  },
  {
    name: 'a ceremony is retracted, a cohort of its members is recorded',
    rules: ['record-retracted'],
    async scene(registry) {
      const ids = await opened(registry, organization('one'), organization('two', 'exchange'), ceremony());
      return {
        other: ids.ceremony ?? '',
        ending: { path: `/v1/ceremonies/${ids.ceremony}/retract`, body: { reason: 'In error' } },
        dependent: {
          path: '/v1/cohorts',
          body: { subject: 'members', body: ids.two, ceremony: ids.ceremony, count: { min: 3 } },
        },
      };
    },
  },
];

/** Two records of one organization, the second merged into the first, with a body. */
async function twoIds(registry: TestRegistry, ...more: Command[]) {
  const ids = await opened(
    registry,
    organization('one'),
    organization('two'),
    organization('body', 'exchange'),
    ...more,
  );
  return { one: ids.one ?? '', two: ids.two ?? '', body: ids.body ?? '', programme: ids.programme ?? '' };
}
const merge = (registry: TestRegistry, id: string, into: string) =>
  done(registry, `/v1/organizations/${id}/merge`, { into, reason: 'Twice' }, REGISTRAR);
const admitted = { class: 'full', on: '2023-01-01' };

export const guardedPairs: readonly Pair[] = [
  {
    name: 'an organization is admitted, it is merged into another member of the body',
    // The member's stream is not guarded: a merge that overtakes the admission stands, and is shown.
    rules: ['already-member', 'both-members', 'wrong-state'],
    second: 'is shown',
    async scene(registry) {
      const { one, two, body } = await twoIds(registry);
      await done(registry, '/v1/memberships', { body, organization: one, ...admitted });
      await registry.seal();
      expect(await registry.projector().deliver()).toEqual([]);
      return {
        other: body,
        ending: { path: '/v1/memberships', body: { body, organization: two, ...admitted } },
        dependent: {
          path: `/v1/organizations/${two}/merge`,
          body: { into: one, reason: 'Registered twice' },
          client: REGISTRAR,
        },
      };
    },
  },
  {
    name: 'one organization is admitted twice, under two ids of it',
    rules: ['already-member', 'wrong-state'],
    async scene(registry) {
      const { one, two, body } = await twoIds(registry);
      const memberships = await Promise.all(
        [one, two].map((id) =>
          done(registry, '/v1/memberships', { command: 'apply', body, organization: id, on: '2022' }),
        ),
      );
      await merge(registry, two, one);
      const [first, second] = memberships.map((id) => ({ path: `/v1/memberships/${id}/admit`, body: admitted }));
      if (!first || !second) throw new Error('two memberships');
      return { other: memberships[0] ?? '', ending: first, dependent: second };
    },
  },
  {
    name: 'an award is conferred twice, under two ids of the recipient',
    rules: ['conferred-already'],
    async scene(registry) {
      const programme: Command = ['open-programme', 'programme', { names: named('Prize'), conferredBy: ['#body'] }];
      const { one, two, programme: id } = await twoIds(registry, programme);
      await merge(registry, two, one);
      const confer = (organization: string) => ({
        path: '/v1/awards',
        body: { programme: id, recipient: { organization } },
      });
      return { other: id, ending: confer(one), dependent: confer(two) };
    },
  },
  {
    name: 'an agreement is retracted, a cohort identifies it',
    rules: ['record-retracted'],
    second: 'lands',
    async scene(registry) {
      const ids = await opened(
        registry,
        organization('one'),
        organization('two'),
        ceremony(),
        agreement({ ceremony: '#ceremony' }),
        ['record-cohort', 'cohort', { subject: 'agreements', ceremony: '#ceremony', count: { min: 3 } }],
      );
      return {
        other: ids.agreement ?? '',
        ending: { path: `/v1/agreements/${ids.agreement}/retract`, body: { reason: 'In error' } },
        dependent: { path: `/v1/cohorts/${ids.cohort}/identify`, body: { record: ids.agreement } },
      };
    },
  },
  {
    name: 'an organization is retracted, another one is merged into it',
    rules: ['record-retracted', 'stands-for-others'],
    async scene(registry) {
      const { one, two } = await twoIds(registry);
      return {
        other: one,
        ending: { path: `/v1/organizations/${one}/retract`, body: { reason: 'In error' }, client: REGISTRAR },
        dependent: { path: `/v1/organizations/${two}/merge`, body: { into: one, reason: 'Twice' }, client: REGISTRAR },
      };
    },
  },
];
