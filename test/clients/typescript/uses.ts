import { createRegistry, outcomeOf, type Rule } from '../../../clients/typescript/index.ts';

/** What compiles against the client, and what does not. It is never run. */

const registry = createRegistry({ url: 'https://registry.example', token: async () => 'token' });
const evidence = [{ source: { title: 'Minutes' }, basis: 'stated' as const }];
const id = 'agreement-aaaaaaaaaaaaaaaaaaaaaaaaaa';

export async function reading(): Promise<unknown[]> {
  const agreement = (await registry.record('agreements', id, { knownAt: 41, validOn: '2023-03-01' })).body;
  const ceremony = (await registry.record('ceremonies', id)).body;
  const state: 'registered' | 'signed' | string = agreement.parties[0]?.state ?? '';
  // @ts-expect-error: a ceremony has no parties
  const none = ceremony.parties;
  // @ts-expect-error: an agreement is in no such state
  const wrong = agreement.state === 'held';
  // @ts-expect-error: there is no such collection
  await registry.record('agreement', id);

  for await (const row of registry.list('agreements', { kind: ['memorandum', 'treaty'], state: 'signed' })) {
    const own: string = row.kind;
    // @ts-expect-error: what belongs to a body is a membership
    row.within.body.at(0);
    if (own === state) break;
  }
  for await (const { body } of registry.list('memberships', { body: 'organization-a', limit: 100 }).pages) {
    const bodies: readonly string[] = body.items.map(({ within }) => within.body);
    if (bodies.length === 0) break;
  }
  // @ts-expect-error: no agreement has a body
  registry.list('agreements', { body: 'organization-a' });
  // @ts-expect-error: there is no such kind
  registry.list('agreements', { kind: 'mou' });

  for await (const event of registry.history('agreements', id)) {
    if (event.type === 'agreement.signed') return [event.data.party, event.position, event.changes[0]?.pointer];
    // @ts-expect-error: that happens to launches
    if (event.type === 'launch.cancelled') return [];
  }
  for await (const { organization, certainty } of registry.members('organization-a', { on: '2024-03-01' })) {
    if (certainty === 'possible') return [organization];
  }
  return [none, wrong, registry.timeline(), registry.activity('organization-a')];
}

export async function submitting(): Promise<Rule | undefined> {
  const opened = await registry.open(
    'agreements',
    { kind: 'memorandum', parties: [{ organization: 'organization-a' }, { organization: 'organization-b' }], evidence },
    { key: 'one', wait: 5 },
  );
  const leaf: string | undefined = opened.body.events[0]?.leafHash;
  await registry.open('memberships', { command: 'declare-intent', body: 'a', organization: 'b', evidence });
  // @ts-expect-error: an agreement has parties
  await registry.open('agreements', { kind: 'memorandum', evidence });
  // @ts-expect-error: a command that is not the default is named
  await registry.open('launches', { command: 'admit', evidence });
  await registry.act('agreements', id, 'sign', { party: 'organization-a', on: '2024-01-10', evidence }, { ifMatch: 3 });
  await registry.act('launches', id, 'retract', { reason: 'Registered twice', evidence });
  // @ts-expect-error: nobody signs a launch
  await registry.act('launches', id, 'sign', { party: 'organization-a', evidence });
  // @ts-expect-error: a signature has a party
  await registry.act('agreements', id, 'sign', { on: '2024-01-10', evidence });

  const outcome = await outcomeOf(
    registry.submit([
      {
        command: 'register-organization',
        as: 'a',
        data: { kind: 'company', names: [{ value: 'A', lang: 'en' }], evidence },
      },
      { command: 'admit', data: { body: 'organization-b', organization: '#a', evidence } },
      { command: 'suspend', target: 'membership-a', data: { on: '2024', evidence } },
      { command: 'sign', target: id, data: { party: '#a', evidence } },
      // @ts-expect-error: there is no such command
      { command: 'sign-off', target: id, data: { party: '#a', evidence } },
    ]),
  );
  if (outcome.ok) return outcome.value.body.receipts[0]?.warnings?.[0]?.rule;
  const { problem } = outcome;
  // @ts-expect-error: there is no such rule
  if (problem.rule === 'not-written') return undefined;
  // @ts-expect-error: nor such a problem
  if (problem.type === '/problems/not-written') return undefined;
  return problem.breaks('party-repeated') || leaf === undefined ? problem.errors[0]?.rule : problem.rule;
}
