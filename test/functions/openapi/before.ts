import { aggregateByName, aggregates, commandsByName } from '../../../domain/catalog.ts';
import type { CommandDefinition } from '../../../domain/kernel/aggregate.ts';
import { aggregateOf } from '../../../domain/values/ids.ts';
import { exampleRecords, namesIn, withExampleIds } from '../../../functions/openapi/example-records.ts';
import type { TestApi } from '../../support/api.ts';

/** A command that is recorded before an example. */
interface Step {
  readonly command: string;
  /** Fields in place of those of the command's own example. */
  readonly data?: object;
  /** The name of the record that it opens or acts on; that of its aggregate if nothing else is said. */
  readonly record?: string;
  readonly client?: string;
}
interface Before {
  readonly steps?: readonly Step[];
  /** Who submits the example. */
  readonly client?: string;
}

/** What makes the submitter a host of the record, or a party to it: `gzde` speaks for `#exchange`. */
const hosting = { organization: '#exchange', role: 'host' };
const appointed = (client: string): Step => ({ command: 'appoint-client', data: { client } });

/**
 * What an example needs besides what is there for every one: `examples/`; for an act, a record that the default command's
 * own example has opened; records behind `#names` that `examples/` do not hold, opened likewise. A registrar submits what
 * only registrars do, `gzde` everything else.
 */
const before: Readonly<Record<string, Before>> = {
  'end-name': { steps: [{ command: 'register-organization' }, { command: 'add-name' }] },
  'end-relation': { steps: [{ command: 'register-organization' }, { command: 'relate' }] },
  'unlink-identifier': { steps: [{ command: 'register-organization' }, { command: 'link-identifier' }] },
  'restore-organization': { steps: [{ command: 'register-organization' }, { command: 'close-organization' }] },
  'dismiss-client': { steps: [{ command: 'register-organization' }, { command: 'appoint-client' }] },
  'withdraw-role': { steps: [{ command: 'record-ceremony' }, { command: 'assign-role' }] },
  'cancel-ceremony': { steps: [{ command: 'announce-ceremony' }] },
  accede: { steps: [{ command: 'register-agreement', data: { openForAccession: true } }] },
  object: { steps: [{ command: 'register-agreement' }, { command: 'make-reservation' }] },
  'withdraw-reservation': { steps: [{ command: 'register-agreement' }, { command: 'make-reservation' }] },
  'withdraw-declaration': { steps: [{ command: 'register-agreement' }, { command: 'make-declaration' }] },
  'withdraw-objection': {
    steps: [
      { command: 'register-agreement' },
      { command: 'make-reservation', data: { party: '#exchange' } },
      { command: 'object', data: { party: '#bank' } },
    ],
  },
  'revoke-notice': { steps: [{ command: 'register-agreement' }, { command: 'notify-withdrawal' }] },
  'admit-member': { steps: [{ command: 'declare-intent' }] },
  'apply-anew': { steps: [{ command: 'declare-intent' }] },
  'refuse-applicant': { steps: [{ command: 'apply' }] },
  'postpone-launch': { steps: [{ command: 'announce-launch' }] },
  'cancel-launch': { steps: [{ command: 'announce-launch' }] },
  ...Object.fromEntries(
    ['corroborate', 'dispute'].flatMap((act) => [
      [`${act}-organization`, { steps: [{ command: 'register-organization' }, appointed(act)], client: act }],
      [`${act}-ceremony`, { steps: [{ command: 'record-ceremony', data: { roles: [hosting] } }] }],
      [`${act}-membership`, { steps: [{ command: 'admit', data: { body: '#exchange' } }] }],
      [`${act}-cohort`, { steps: [{ command: 'record-cohort', data: { body: '#exchange' } }] }],
      [
        `${act}-launch`,
        {
          steps: [
            { command: 'perform-launch', data: { by: ['#exchange'], mode: 'sole', performersNotStated: undefined } },
          ],
        },
      ],
    ]),
  ),
  ...Object.fromEntries(
    aggregates.map(({ name, commands }) => [
      `withdraw-retraction-of-${name}`,
      { steps: [{ command: commands.find((one) => one.default)?.name ?? '' }, { command: `retract-${name}` }] },
    ]),
  ),
  'perform-announced-launch': { steps: [{ command: 'announce-launch' }] },
};

/** The example of a command, ready to be sent. */
export interface Prepared {
  /** The record that an act is on. */
  readonly id: string | undefined;
  readonly client: string;
  /** Where records of the example have another id here than in the document: the one by the other. */
  readonly here: ReadonlyMap<string, string>;
}

const clientFor = ({ scope }: CommandDefinition) => (scope === 'registry/registrar' ? 'registrar' : 'gzde');

function found(command: string) {
  const one = commandsByName.get(command);
  if (!one) throw new Error(`there is no command ${command}, which before.ts names`);
  return one;
}

/** Records, in a registry that holds `examples/`, what the example of a command needs. */
export async function prepare(name: string, post: TestApi['post']): Promise<Prepared> {
  /** Records that were opened here, by name. */
  const ids = new Map<string, string>();

  async function land({ command, data, record, client }: Step): Promise<void> {
    const { aggregate, definition } = found(command);
    const whole = { ...definition.example, ...data };
    await openNamed(whole);
    const body = withExampleIds(whole, (other) => ids.get(other) ?? exampleRecords[other]?.id);
    const own = record ?? aggregate.name;
    const isAct = definition.act !== undefined;
    const path = isAct
      ? `/v1/${aggregate.collection}/${ids.get(own)}/${definition.act}`
      : `/v1/${aggregate.collection}`;
    const answer = await post(path, isAct ? body : { command, ...body }, { client: client ?? clientFor(definition) });
    if (answer.status >= 300) throw new Error(`${command}, which comes before, is refused: ${answer.text}`);
    ids.set(own, answer.body.id);
  }

  /** Opens the records that an example names and `examples/` do not hold. */
  async function openNamed(example: object): Promise<void> {
    for (const record of namesIn(example)) {
      const known = exampleRecords[record];
      if (known && known.as === undefined && !ids.has(record)) await open(aggregateOf(known.id) ?? '', record);
    }
  }

  async function open(aggregate: string, record: string): Promise<void> {
    const opener = aggregateByName(aggregate).commands.find((one) => one.default);
    await land({ command: opener?.name ?? '', record });
  }

  const { aggregate, definition } = found(name);
  const { steps = [], client = clientFor(definition) } = before[name] ?? {};
  for (const step of steps) await land(step);
  if (definition.act !== undefined && !ids.has(aggregate.name)) await open(aggregate.name, aggregate.name);
  await openNamed(definition.example);
  const here = namesIn(definition.example).flatMap((record): [string, string][] => {
    const [id, shown] = [ids.get(record), exampleRecords[record]?.id];
    return id === undefined || shown === undefined ? [] : [[shown, id]];
  });
  return { id: ids.get(aggregate.name), client, here: new Map(here) };
}
