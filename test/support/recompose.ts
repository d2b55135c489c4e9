import type * as z from 'zod';
import { commandMeant } from '../../domain/catalog.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { isContainer } from '../../domain/values/container.ts';
import { replacePersonIds } from '../../domain/values/ids.ts';
import { committedPerson } from '../../domain/values/person.ts';
import type { TestApi } from './api.ts';
import type { TestRegistry } from './registry.ts';

interface Command {
  readonly command: string;
  readonly as?: string;
  readonly target?: string;
  readonly data: Record<string, unknown>;
}

/** A submission as it was sent, and what it caused. */
export interface Sent {
  readonly commands: readonly Command[];
  readonly ids: Readonly<Record<string, string>>;
  readonly receipts: readonly { readonly events: readonly { readonly id: string }[] }[];
}

/** `post` that remembers every submission that landed. */
export function remembering(post: TestApi['post']): { readonly post: TestApi['post']; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    async post(path, body, how) {
      const answer = await post(path, body, how);
      if (path === '/v1/submissions' && answer.status === 201) {
        sent.push({ commands: (body as Sent).commands, ids: answer.body.ids, receipts: answer.body.receipts });
      }
      return answer;
    },
  };
}

type Json = Record<string, unknown>;

/** Facts that a command states beside the first one: under which field, and whether it takes several. */
const stated: Readonly<Record<string, { readonly field: string; readonly several?: true }>> = {
  'agreement.signed': { field: 'signatures', several: true },
  'agreement.entered-into-force': { field: 'entryIntoForce' },
};

/** What the command itself said of an event that says more. */
const saidIn: Readonly<Record<string, (data: Json, earlier: readonly Json[]) => Json>> = {
  // Whose record it is follows from the record.
  'cohort.identified': (data) => (data.record === undefined ? data : without(data, 'organization')),
  // Who performs what was announced is taken over from the announcement, unless the launch says so itself.
  'launch.performed': (data, [announced]) => {
    const isSame = announced && JSON.stringify(data.by) === JSON.stringify(announced.by);
    return isSame ? without(data, 'by', 'performersNotStated', 'mode') : data;
  },
};

const without = (data: Json, ...fields: readonly string[]): Json =>
  Object.fromEntries(Object.entries(data).filter(([field]) => !fields.includes(field)));

/**
 * What the commands of a submission said, made of the events that they caused and of the vault alone. No event says anything
 * but what was submitted, besides `speaksAs`, committed persons and mentions.
 */
export async function recomposed({ commands, ids, receipts }: Sent, registry: Pick<TestRegistry, 'store' | 'vault'>) {
  const named = (text: string) => (text.startsWith('#') ? (ids[text.slice(1)] ?? text) : text);
  const dataOf = async (id: string): Promise<RegistryEvent<string, Json>> => {
    const [stream = '', version = ''] = id.split('/');
    const commit = await registry.store.commitWith(stream, Number(version));
    const text = commit?.events[Number(version) - (commit?.version ?? 0)];
    return restored(JSON.parse(text ?? 'null'), registry.vault) as Promise<RegistryEvent<string, Json>>;
  };
  const one = async ({ command, target }: Command, caused: Sent['receipts'][number]): Promise<Json> => {
    const [first, ...others] = await Promise.all(caused.events.map(({ id }) => dataOf(id)));
    if (!first) throw new Error(`${command} has caused nothing`);
    const found = commandMeant(command, target && named(target));
    if (!found) throw new Error(`there is no command ${command}`);
    const known = Object.keys((found.definition.schema as z.ZodObject).shape);
    const opening = first.streamversion > 1 ? [(await dataOf(`${first.subject}/1`)).data] : [];
    const said = saidIn[first.type]?.(first.data, opening) ?? first.data;
    const data: Json = Object.fromEntries(Object.entries(said).filter(([field]) => known.includes(field)));
    for (const { type, data: fact } of others) {
      const { field = type, several } = stated[type] ?? {};
      const rest = without(fact, 'evidence', 'speaksAs', 'mentions');
      data[field] = several ? [...((data[field] as Json[] | undefined) ?? []), rest] : rest;
    }
    return data;
  };
  return {
    said: commands.map(({ data }) => withNames(data, named)),
    recomposed: await Promise.all(commands.map((command, at) => one(command, receipts[at] ?? { events: [] }))),
  };
}

const withNames = (value: unknown, named: (text: string) => string): unknown => {
  if (typeof value === 'string') return named(value);
  if (Array.isArray(value)) return value.map((item) => withNames(item, named));
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNames(inner, named)]));
};

/** A value with the names and words of the vault. */
async function restored(value: unknown, vault: TestRegistry['vault']): Promise<unknown> {
  const ids = JSON.stringify(value).match(/person-[a-z2-7]{26}/g) ?? [];
  const entries = ids.length > 0 ? await vault.read(ids) : new Map();
  const nameOf = (id: string): string => entries.get(id)?.name ?? id;
  const restore = (inner: unknown, field = ''): unknown => {
    if (typeof inner === 'string') return replacePersonIds(inner, nameOf);
    if (Array.isArray(inner)) return inner.map((item) => restore(item, field));
    if (!isContainer(inner)) return inner;
    const { data: committed } = committedPerson.safeParse(inner);
    const person = committed && { name: nameOf(committed.person) };
    if (person) return field === 'recipient' ? { person } : person;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, restore(item, key)]));
  };
  return restore(value);
}
