import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { print } from './terminal.ts';

/** A file under `examples/`: the body of `POST /v1/submissions`, with a title and its submitter. */
interface Example {
  readonly title: string;
  readonly client: string;
  readonly commands: readonly { readonly as?: string; readonly [field: string]: unknown }[];
}

interface Receipts {
  readonly receipts: readonly { readonly events: readonly unknown[]; readonly position?: number }[];
  readonly ids: Readonly<Record<string, string>>;
}

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

/**
 * Submits the examples over HTTP in the order of their names, and waits until each can be read. Later files can use the
 * names that earlier ones gave to their records. Every submission has an idempotency key of its own, so that loading can
 * be repeated from the start after an interruption.
 */
export async function loadExamples(url: string, token: (client: string) => Promise<string>): Promise<void> {
  const ids = new Map<string, string>();
  for (const name of exampleFiles()) {
    const { title, client, commands } = JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as Example;
    const own = new Set(commands.map(({ as }) => as));
    const earlier = new Map([...ids].filter(([local]) => !own.has(local)));
    const response = await fetch(`${url}/v1/submissions`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${await token(client)}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': `example-${name.replace('/', '-')}`,
        Prefer: 'wait=10',
      },
      body: JSON.stringify({ commands: withIds(commands, earlier) }),
    });
    if (!response.ok) throw new Error(`examples/${name} was refused: ${await response.text()}`);
    const answer = (await response.json()) as Receipts;
    for (const [local, id] of Object.entries(answer.ids)) ids.set(local, id);
    print(`  loaded ${name}: ${title} (${summary(answer)})`);
    if (!response.headers.has('Preference-Applied')) print('  … which cannot be read yet; the projector is behind');
  }
}

function exampleFiles(): string[] {
  if (!existsSync(EXAMPLES)) return [];
  return readdirSync(EXAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(EXAMPLES, name)).map((file) => `${name}/${file}`))
    .filter((name) => name.endsWith('.json'))
    .sort();
}

function summary({ receipts }: Receipts): string {
  const events = receipts.flatMap(({ events }) => events).length;
  const positions = receipts.flatMap(({ position }) => position ?? []);
  const upTo = positions.length > 0 ? `, up to position ${Math.max(...positions)}` : '';
  return `${counted(receipts.length, 'command')}, ${counted(events, 'event')}${upTo}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Replaces every `#name` of a record of an earlier file by the record's id. */
function withIds(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return (value.startsWith('#') && ids.get(value.slice(1))) || value;
  if (Array.isArray(value)) return value.map((item) => withIds(item, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIds(item, ids)]));
}
