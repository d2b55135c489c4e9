import type { Ask } from './builds.ts';
import { mapped, type World } from './world.ts';

/** Values that fit few places, and texts that fit none. */
const STRANGE: readonly unknown[] = [
  '',
  ' ',
  5,
  -1,
  null,
  [],
  {},
  true,
  'x'.repeat(3000),
  '2023-13-45',
  '2031-05',
  'a\u0000b',
  '\ud800',
  '#nobody',
  'organization-zzz',
];
const DATES = [
  '2022',
  '2023-02',
  '2023-02-23',
  '2023-02-24?',
  '2023~',
  '2024-01-31',
  '2023-02-23/..',
  '../2024',
  '2030-05-01',
];

/** The body with one thing wrong, perhaps: a field missing, too many, twice, or of another kind. */
export function broken(body: string, world: World): string {
  const data = JSON.parse(body);
  const way = world.below(5);
  const fields = Object.keys(data);
  if (way === 0) delete data[world.pick(fields)];
  if (way === 1) data[world.pick(['unheardOf', 'on', 'notes', 'kind'])] = world.pick(STRANGE);
  if (way === 2) data[world.pick(fields)] = world.pick(STRANGE);
  if (way === 3) return JSON.stringify(doubled(data, world));
  if (way === 4) return JSON.stringify(mapped(data, (text) => (world.chance(0.15) ? world.pick(STRANGE) : text)));
  return JSON.stringify(data);
}

/** With an item of one of its lists twice. */
function doubled(data: Record<string, unknown>, world: World): object {
  const lists = Object.entries(data).filter(([, value]) => Array.isArray(value) && value.length > 0);
  const [field, list] = world.pick(lists) ?? [];
  return field === undefined ? data : { ...data, [field]: [...(list as unknown[]), world.pick(list as unknown[])] };
}

/** With other dates in the place of some. */
export const otherDates = (value: unknown, world: World): unknown =>
  mapped(value, (text) => (/^\d{4}(-\d\d)*$/.test(text) && world.chance(0.3) ? world.pick(DATES) : text));

/** What no command is: the request in place of one. */
export const RAW: readonly Partial<Ask>[] = [
  { body: '{' },
  { body: '[]' },
  { body: 'null' },
  { body: `${'['.repeat(50)}${']'.repeat(50)}` },
  { body: `"${'x'.repeat(256 * 1024)}"` },
  { headers: { 'Content-Type': 'text/plain', 'Idempotency-Key': 'raw' } },
  { headers: { 'Content-Type': 'application/json' } },
  { headers: { 'Content-Type': 'application/json', 'Idempotency-Key': '\u00e9' } },
  { headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'raw', 'If-Match': 'latest' } },
  { headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'raw', Prefer: 'wait=a' } },
  { method: 'PUT' },
  { path: '/v1/nowhere' },
];
