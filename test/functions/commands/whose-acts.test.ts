import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregates } from '../../../domain/catalog.ts';
import type { CommandDefinition } from '../../../domain/kernel/aggregate.ts';
import { evidence, organization, type TestApi, testApi } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { createExamples, operations } from '../../support/examples.ts';

/** Every act × who asks × whether others have a part in the record: the right alone, whatever the rules of the act say. */

let engine: TestEngine;
let api: TestApi;
let examples: ReturnType<typeof createExamples>;
/** The ids behind the `#names` of all examples. */
const names = new Map<string, string>();

type Answer = 'has the right' | 'right-lacking' | 'scope-lacking';
const [may, lacksRight, lacksScope] = ['has the right', 'right-lacking', 'scope-lacking'] as const;

/** The acts that are not simply those of the submitter, a host or a party. */
const registrars = ['merge', 'appoint-client', 'dismiss-client', 'annul', 'withdraw-retraction'];
const takingFromAnOrganization = ['close-organization', 'end-name', 'end-relation', 'unlink-identifier'];

type Who =
  | 'its submitter'
  | 'its submitter, after a dismissal'
  | 'its submitter, after another has spoken'
  | 'its submitter, now that it has a client'
  | 'its own client'
  | 'a dismissed client'
  | 'a stranger'
  | 'a host'
  | 'a party'
  | 'a registrar'
  | 'a registrar, after a dismissal'
  | 'a registrar, after another has spoken'
  | 'a registrar, now that it has a client';

/** What `domain.md` says, act by act. */
function expected({ name, act = '' }: CommandDefinition, who: Who): Answer {
  const isRegistrar = who.startsWith('a registrar');
  const hasSpoken = who === 'a host' || who === 'a party' || who === 'its own client';
  const isSubmitter = who.startsWith('its submitter');
  const isAlone = who === 'its submitter';
  if (registrars.includes(act)) return isRegistrar ? may : lacksScope;
  if (act === 'retract') return isRegistrar || isAlone || who === 'its own client' ? may : lacksRight;
  if (takingFromAnOrganization.includes(name)) {
    if (isRegistrar) return who === 'a registrar' ? lacksRight : may;
    return isAlone || who === 'its own client' ? may : lacksRight;
  }
  if (act === 'restore') return isRegistrar || isAlone || who === 'its own client' ? may : lacksRight;
  if (act === 'correct') return isRegistrar || isSubmitter ? may : lacksRight;
  if (isRegistrar) return act === 'succeed-party' ? may : lacksRight;
  if (act === 'add-evidence' || act === 'state-count') return may;
  if (act === 'corroborate' || act === 'dispute') return hasSpoken ? may : lacksRight;
  return isSubmitter || hasSpoken ? may : lacksRight;
}

interface Asked {
  readonly who: Who;
  readonly client: string;
  readonly record: 'untouched' | 'with others';
}
const ofAny: Asked[] = [
  { who: 'its submitter', client: 'founder', record: 'untouched' },
  { who: 'a stranger', client: 'stranger', record: 'untouched' },
  { who: 'a registrar', client: 'registrar', record: 'untouched' },
  { who: 'a stranger', client: 'stranger', record: 'with others' },
  { who: 'its submitter, after another has spoken', client: 'founder', record: 'with others' },
  { who: 'a registrar, after another has spoken', client: 'registrar', record: 'with others' },
];
const hosts: Asked = { who: 'a host', client: 'host', record: 'with others' };
const parties: Asked = { who: 'a party', client: 'party', record: 'with others' };

interface Case extends Omit<Asked, 'record'> {
  readonly record: string;
}
const casesOf: Record<string, Case[]> = {
  organization: [
    ...ofAny.slice(0, 3).map((asked) => ({ ...asked, record: 'organization, untouched' })),
    { who: 'its submitter, now that it has a client', client: 'founder', record: 'organization, represented' },
    { who: 'its own client', client: 'own', record: 'organization, represented' },
    { who: 'a stranger', client: 'stranger', record: 'organization, represented' },
    { who: 'a registrar, now that it has a client', client: 'registrar', record: 'organization, represented' },
    { who: 'its submitter, after a dismissal', client: 'founder', record: 'organization, dismissed' },
    { who: 'a dismissed client', client: 'dismissed', record: 'organization, dismissed' },
    { who: 'a registrar, after a dismissal', client: 'registrar', record: 'organization, dismissed' },
  ],
  ...Object.fromEntries(
    (
      [
        ['agreement', [...ofAny, hosts, parties]],
        ['ceremony', [...ofAny, hosts]],
        ['membership', [...ofAny, hosts, parties]],
        ['award-programme', [...ofAny, hosts]],
        ['award', [...ofAny, hosts, parties]],
        ['launch', [...ofAny, hosts, parties]],
        ['cohort', [...ofAny, hosts]],
      ] as const
    ).map(([name, asked]) => [name, asked.map((one) => ({ ...one, record: `${name}, ${one.record}` }))]),
  ),
};

const records = new Map<string, string>();

async function open(path: string, body: object, key?: string): Promise<string> {
  const answer = await api.post(path, { evidence, ...body }, { client: 'founder' });
  expect(answer.status, answer.text).toBe(201);
  if (key !== undefined) records.set(key, answer.body.id);
  return answer.body.id;
}
async function act(client: string, path: string, body: object) {
  const answer = await api.post(path, { evidence, ...body }, { client });
  expect(answer.status, answer.text).toBe(200);
}
const organizationOf = async (client: string | undefined, key?: string) => {
  const id = await open('/v1/organizations', organization(`Organization ${client}`), key);
  if (client !== undefined) await act('registrar', `/v1/organizations/${id}/appoint-client`, { client });
  return id;
};

/** Two records of each aggregate: one of which nobody but its submitter has said anything, and one with others in it. */
async function openRecords() {
  const [host, party, bystander] = [
    await organizationOf('host'),
    await organizationOf('party'),
    await organizationOf(undefined),
  ];
  await organizationOf(undefined, 'organization, untouched');
  await organizationOf('own', 'organization, represented');
  const dismissed = await organizationOf('dismissed', 'organization, dismissed');
  await act('registrar', `/v1/organizations/${dismissed}/dismiss-client`, { client: 'dismissed' });
  const roles = [{ organization: host, role: 'host' }];
  const signing = await open('/v1/ceremonies', { kind: 'signing', roles });
  const titles = [{ value: 'Laureates', lang: 'en' }];
  const programme = await open('/v1/award-programmes', { names: titles, conferredBy: [host] });
  for (const [record, other] of [
    ['untouched', bystander],
    ['with others', party],
  ] as const) {
    const bodies: [collection: string, name: string, body: object][] = [
      [
        'agreements',
        'agreement',
        { kind: 'supply', parties: [party, bystander].map((id) => ({ organization: id })), ceremony: signing },
      ],
      ['ceremonies', 'ceremony', { kind: 'signing', roles }],
      ['memberships', 'membership', { body: host, organization: other }],
      ['award-programmes', 'award-programme', { names: titles, conferredBy: [host] }],
      ['awards', 'award', { programme, recipient: { organization: other } }],
      ['launches', 'launch', { kind: 'zone', names: titles, by: [party], ceremony: signing }],
      ['cohorts', 'cohort', { subject: 'members', body: host, count: { min: 3 } }],
    ];
    for (const [collection, name, body] of bodies) {
      const id = await open(`/v1/${collection}`, body, `${name}, ${record}`);
      const speaker = casesOf[name]?.includes(parties) ? 'party' : 'host';
      if (record === 'with others') await act(speaker, `/v1/${collection}/${id}/corroborate`, {});
    }
  }
}

beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
  examples = createExamples(api.post, 'founder');
  await openRecords();
});
afterAll(() => engine?.stop());

describe('whose acts they are', () => {
  it('is asked of every aggregate', () => {
    expect(Object.keys(casesOf).sort()).toEqual(aggregates.map(({ name }) => name).sort());
  });

  const acts = operations.filter(({ definition }) => definition.act !== undefined);
  it.each(acts)('is known for $definition.name', async ({ aggregate, definition, route }) => {
    const data = await examples.resolved(definition, names);
    const asked = casesOf[aggregate.name] ?? [];
    const answers = await Promise.all(
      asked.map(async ({ who, client, record }) => {
        const path = route.replace('{id}', records.get(record) as string);
        const { status, body } = await api.post(path, data, { client, headers: { Prefer: 'dry-run' } });
        const slug = String(body.type).replace('/problems/', '');
        // A member that decides about itself breaks a rule of the act.
        const answer = status === 403 && slug !== 'body-decides' ? slug : may;
        return `${record}: ${who}: ${answer}`;
      }),
    );
    expect(answers).toEqual(asked.map(({ who, record }) => `${record}: ${who}: ${expected(definition, who)}`));
  });
});
