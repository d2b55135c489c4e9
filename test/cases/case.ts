import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { aggregateByName } from '../../domain/catalog.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import type { TestEngine } from '../support/engine.ts';
import { recomposed, remembering } from '../support/recompose.ts';
import { bodyOf, testRegistry } from '../support/registry.ts';

interface Command {
  readonly command: string;
  readonly as?: string;
  readonly target?: string;
  readonly data: object;
}

/** What reports and registers say of real ceremonies, as a user wrote it down for `registry submit`. */
interface CaseFile {
  readonly title: string;
  readonly client: string;
  readonly commands: readonly Command[];
}

const caseFile = (name: string): CaseFile =>
  JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')) as CaseFile;

/** A value with ids in place of `#names`, or the other way about. */
const renamed = <Value>(value: Value, names: ReadonlyMap<string, string>): Value =>
  JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'string' ? (names.get(one) ?? one) : one))) as Value;

/** Records a case in a registry of its own, in one submission; answers what its pages say, in the case's own names. */
export async function landCase(engine: TestEngine, name: string) {
  const { client, commands } = caseFile(name);
  const registry = await testRegistry(engine, { clock: () => Date.parse('2026-02-03T04:05:06.789Z') });
  const { post, sent } = remembering(registry.post);
  const answer = await post('/v1/submissions', { commands }, { client });
  expect(answer.status, answer.text).toBe(201);
  await registry.seal();
  expect(await registry.projector().deliver()).toEqual([]);
  const ids = answer.body.ids as Record<string, string>;
  const nameOf = new Map(Object.entries(ids).map(([as, id]) => [id, `#${as}`]));
  const read = async (path: string) => renamed(await bodyOf(registry.get(path)), nameOf);
  const idOf = (as: string): string => {
    const id = ids[as];
    if (id === undefined) throw new Error(`no command of ${name} is called ${as}`);
    return id;
  };

  /** What the events say: of each record, in the order in which its commands stand in the file. */
  async function said(): Promise<Map<string, [type: string, data: object][]>> {
    const { items = [] } = { items: (await bodyOf(registry.get('/v1/events?limit=1000'))) as object[] };
    const events = renamed(items, nameOf) as { type: string; subject: string; data: { speaksAs: string } }[];
    const all = new Map<string, [string, object][]>();
    for (const { type, subject, data } of events) {
      const { speaksAs: _, ...rest } = data;
      if (subject.startsWith('#')) all.set(subject, [...(all.get(subject) ?? []), [type, rest]]);
    }
    return all;
  }

  return {
    client,
    commands,
    said,
    /** What the commands said, and what they said as far as the events and the vault tell it. */
    recomposed: () => Promise.all(sent.map((one) => recomposed(one, registry))),
    /** The record's page, as on a day where one is given. */
    page: (as: string, day?: string) => {
      const id = idOf(as);
      const { collection } = aggregateByName(aggregateOf(id) ?? '');
      return read(`/v1/${collection}/${id}${day === undefined ? '' : `?validOn=${day}`}`);
    },
    members: (as: string, day: string) => read(`/v1/organizations/${idOf(as)}/members?on=${day}`),
  };
}

export type LandedCase = Awaited<ReturnType<typeof landCase>>;

/** Nothing is lost and nothing invented: each command made one event, which says what the command said. */
export async function expectNothingInvented({ commands, said }: LandedCase): Promise<void> {
  const submitted = Map.groupBy(commands, ({ as, target }) => target ?? `#${as}`);
  const recorded = await said();
  expect([...recorded.keys()].sort()).toEqual([...submitted.keys()].sort());
  for (const [record, own] of submitted) {
    expect(recorded.get(record)?.map(([, data]) => data)).toEqual(own.map(({ data }) => data));
  }
}

/** The roster of a day in a line for each member. */
export async function rosterOf(landed: LandedCase, body: string, day: string): Promise<string[]> {
  const { items } = await landed.members(body, day);
  return items.map((member: { organization: string; state: string; class?: string; certainty: string; from: string }) =>
    [member.organization.slice(1), member.class, member.state, member.certainty, `from ${member.from}`]
      .filter((one) => one !== undefined)
      .join(' '),
  );
}

/** The state of a record on a day, and how certain it is. */
export async function stateOn(landed: LandedCase, record: string, day: string): Promise<string> {
  const { state, certainty } = await landed.page(record, day);
  return `${state} ${certainty}`;
}
