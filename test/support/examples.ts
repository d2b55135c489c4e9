import { expect } from 'vitest';
import { aggregates } from '../../domain/catalog.ts';
import type { Aggregate, CommandDefinition } from '../../domain/kernel/aggregate.ts';
import { escapePointer } from '../../domain/values/ids.ts';
import { parseData } from '../../functions/commands/parse-data.ts';
import type { TestApi } from './api.ts';

/** A record as its aggregate's own example opens it, and the ids that the example's `#names` stand for. */
export interface ExampleRecord {
  readonly id: string;
  readonly names: Map<string, string>;
}

/** Every command of the catalog. */
export const operations = aggregates.flatMap((aggregate) =>
  aggregate.commands.map((definition) => ({
    aggregate,
    definition,
    route: ['/v1', aggregate.collection, ...(definition.act === undefined ? [] : ['{id}', definition.act])].join('/'),
  })),
);
export type CatalogOperation = (typeof operations)[number];

/** Examples may refer to records whose examples refer to others, but not in a circle. */
const MAX_DEPTH = 8;

/** Opens records from the examples that the catalog gives, each with records of its own behind its `#names`. */
export function createExamples(post: TestApi['post'], client = 'gzde') {
  async function open(aggregate: Aggregate, depth = 0): Promise<ExampleRecord> {
    if (depth > MAX_DEPTH) throw new Error(`the example that opens a record of ${aggregate.name} leads in a circle`);
    const definition = aggregate.commands.find((one) => one.default);
    if (!definition) throw new Error(`${aggregate.name} has no default command`);
    const names = new Map<string, string>();
    const data = await resolved(definition, names, depth);
    const { status, body, text } = await post(`/v1/${aggregate.collection}`, data, { client });
    expect(status, `the example of ${definition.name}: ${text}`).toBe(201);
    return { id: body.id, names };
  }

  /** The command's example, with ids instead of `#names`. Records are opened for names that stand for none yet. */
  async function resolved(definition: CommandDefinition, names: Map<string, string>, depth = 0): Promise<object> {
    const data = structuredClone(definition.example);
    for (const { path, name } of namesIn(data)) {
      const aggregate = aggregateAt(definition, path);
      if (!aggregate) continue;
      if (!names.has(name)) names.set(name, (await open(aggregate, depth + 1)).id);
      put(data, path, names.get(name));
    }
    return data;
  }

  return { open, resolved };
}

type Path = readonly string[];

function namesIn(value: unknown, path: Path = []): { path: Path; name: string }[] {
  if (typeof value === 'string') return value.startsWith('#') ? [{ path, name: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => namesIn(inner, [...path, key]));
}

/** Of which aggregate the schema takes an id at this place of the example; of none where it takes any text. */
function aggregateAt(definition: CommandDefinition, path: Path): Aggregate | undefined {
  const pointer = path.map((token) => `/${escapePointer(token)}`).join('');
  const fits = (data: object) => !parseData(definition, data, '').faults.some((fault) => fault.pointer === pointer);
  if (fits(definition.example)) return undefined;
  const found = aggregates.find(({ name }) => {
    const data = structuredClone(definition.example);
    put(data, path, `${name}-${'a'.repeat(26)}`);
    return fits(data);
  });
  if (!found) throw new Error(`${definition.name}: its schema takes no id at ${pointer} of its example`);
  return found;
}

function put(data: object, path: Path, value: unknown): void {
  let holder = data as Record<string, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  holder[path.at(-1) as string] = value;
}
