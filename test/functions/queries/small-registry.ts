import { expect } from 'vitest';
import { aggregateByName } from '../../../domain/catalog.ts';
import { records } from '../../../domain/projections/records.ts';
import { aggregateOf } from '../../../domain/values/ids.ts';
import { bodyOf, type TestRegistry } from '../../support/registry.ts';

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
const named = (value: string) => [{ value, lang: 'en' }];

interface Command {
  readonly command: string;
  readonly as?: string;
  readonly target?: string;
  readonly data: object;
}

/** Submissions about one record of each aggregate and some more, with commits of one event and of several. */
export const submissions: readonly (readonly Command[])[] = [
  [
    { command: 'register-organization', as: 'exchange', data: { kind: 'exchange', names: named('Exchange') } },
    { command: 'register-organization', as: 'bank', data: { kind: 'bank', names: named('Bank') } },
    {
      command: 'record-ceremony',
      as: 'ceremony',
      data: { kind: 'signing', on: '2023-02-23', roles: [{ organization: '#exchange', role: 'host' }] },
    },
    {
      command: 'register-agreement',
      as: 'agreement',
      data: {
        kind: 'cooperation',
        ceremony: '#ceremony',
        parties: [{ organization: '#exchange' }, { organization: '#bank' }],
        signatures: [{ party: '#exchange', mode: 'definitive', on: '2023-02-23' }],
      },
    },
    { command: 'admit', as: 'membership', data: { body: '#exchange', organization: '#bank', on: '2020' } },
  ],
  [
    { command: 'open-programme', as: 'programme', data: { names: named('Prize'), conferredBy: ['#exchange'] } },
    {
      command: 'confer-award',
      as: 'award',
      data: { programme: '#programme', recipient: { organization: '#bank' }, on: '2023' },
    },
    {
      command: 'perform-launch',
      as: 'launch',
      data: { kind: 'platform', names: named('Platform'), by: ['#bank'], mode: 'sole', meaning: 'launched' },
    },
    { command: 'record-cohort', as: 'cohort', data: { subject: 'intents', body: '#exchange', count: { min: 31 } } },
  ],
  [
    { command: 'add-name', target: '#bank', data: { name: { value: 'Bank of the Province', lang: 'en' } } },
    { command: 'end-name', target: '#bank', data: { name: { value: 'Bank', lang: 'en' }, on: '2022' } },
    { command: 'suspend', target: '#membership', data: { on: '2021-03', until: '2021-06-30' } },
  ],
  [
    { command: 'sign', target: '#agreement', data: { party: '#bank', mode: 'definitive', on: '2023-02' } },
    { command: 'enter-into-force', target: '#agreement', data: { on: '2023-04-01' } },
  ],
  [{ command: 'resign', target: '#membership', data: { on: '2022-06-30' } }],
  [
    { command: 'admit-member', target: '#membership', data: { class: 'full', on: '2024-01-01' } },
    { command: 'rename', target: '#launch', data: { names: named('Service Platform'), on: '2023-06' } },
    { command: 'identify', target: '#cohort', data: { organization: '#bank' } },
    {
      command: 'revoke',
      target: '#award',
      data: { on: '2023', reason: 'The design was not its own', authority: 'The jury' },
    },
    {
      command: 'assign-role',
      target: '#ceremony',
      data: { organization: '#bank', role: 'witness' },
    },
  ],
  [
    { command: 'reconcile', target: '#cohort', data: { exact: 33, on: '2023' } },
    { command: 'discontinue', target: '#launch', data: { on: '2023-06' } },
    { command: 'close', target: '#programme', data: { on: '2023' } },
    { command: 'close', target: '#bank', data: { on: '2025' } },
  ],
];

/** The submission with ids instead of the names that earlier ones gave. */
function withIds(commands: readonly Command[], ids: Readonly<Record<string, string>>): Command[] {
  const text = JSON.stringify(
    commands.map((command) => ({ ...command, data: { ...command.data, evidence } })),
    (_, value) => (typeof value === 'string' && value.startsWith('#') ? (ids[value.slice(1)] ?? value) : value),
  );
  return JSON.parse(text);
}

/** Submits one of them, and seals it. */
export async function land(registry: TestRegistry, commands: readonly Command[], ids: Record<string, string>) {
  const answer = await registry.post('/v1/submissions', { commands: withIds(commands, ids) });
  expect(answer.status, answer.text).toBe(201);
  Object.assign(ids, answer.body.ids);
  await registry.seal();
}

/** The path of each record, by its name. */
export const pathsOf = (ids: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(
    Object.entries(ids).map(([name, id]) => [name, `/v1/${aggregateByName(aggregateOf(id) ?? '').collection}/${id}`]),
  );

/** The read model with everything up to the event at a position, and nothing after it. */
export async function projectUpTo(registry: TestRegistry, position: number): Promise<void> {
  const log: TestRegistry['log'] = {
    ...registry.log,
    async readHead() {
      const head = await registry.log.readHead();
      return head && { ...head, size: Math.min(head.size, position + 1) };
    },
    async *readPages(from, to) {
      for await (const page of registry.log.readPages(from, to)) {
        yield { ...page, commits: page.commits.filter((commit) => commit.position <= position) };
      }
    },
  };
  expect(await registry.projector({ log }).deliver()).toEqual([]);
  expect((await registry.views.checkpoint(records)).position).toBe(position);
}

export type Answer = Awaited<ReturnType<typeof answerOf>>;

/** What a read says, but for headers that do not name its position; of its ETag the version. */
export async function answerOf(registry: TestRegistry, path: string) {
  const response = await registry.get(path);
  const { headers, status } = response;
  if (status !== 200) return { status, type: (await bodyOf(response)).type };
  return {
    status,
    version: headers.get('ETag')?.split('-')[0],
    position: headers.get('Registry-Position'),
    text: await response.text(),
  };
}
