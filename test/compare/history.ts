import type { Answer } from './builds.ts';
import type { Clock } from './clock.ts';
import { createCommands, type Made } from './commands.ts';
import type { ApiDocument } from './documents.ts';
import { compare, type Pair, same } from './pair.ts';
import type { Report } from './report.ts';
import { createWorld, type World } from './world.ts';

const STEP = 1000;

/** What the commands of a run were, and what became of them. */
export interface Told {
  readonly world: World;
  readonly statuses: ReadonlyMap<string, number>;
  readonly problems: ReadonlyMap<string, number>;
  /** The types of the events that came of it. */
  readonly types: ReadonlySet<string>;
  readonly kinds: ReadonlyMap<string, number>;
}

interface Receipt {
  readonly events: readonly { readonly type: string }[];
  readonly id: string;
  readonly version: number;
}

/** Sends the same commands to both, one after the other, each when all that came before is sealed and can be read. */
export async function runHistory(
  pair: Pair,
  clock: Clock,
  document: ApiDocument,
  count: number,
  seed: number,
  report: Report,
): Promise<Told> {
  const world = await worldOf(pair, document, seed);
  const commands = await createCommands(document, world, seed);
  const types = new Set<string>();
  const [kinds, statuses, problems] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (let sent = 1; sent <= count; sent += 1) {
    clock.advance(STEP);
    const made = commands.next();
    const answers = await pair.ask(made.ask);
    const [before] = answers;
    compare(report, 'answers to commands', described(made, sent), answers, { hasTexts: true });
    add(statuses, String(before.status));
    add(kinds, made.kind);
    for (const slug of before.status < 400 ? [] : new Set(before.body.match(/(?<="(\/problems\/|rule":"))[a-z-]+/g)))
      add(problems, slug);
    if (before.status < 300) await learn(pair, made, before, world, types, report);
    if (sent % 200 === 0) console.log(`  ${sent} commands`);
  }
  return { world, types, kinds, statuses, problems };
}

const described = ({ kind, ask: { method, path, client, headers, body } }: Made, sent: number) =>
  `${sent}. ${kind}: ${method} ${path} by ${client} ${JSON.stringify(headers)}\n${body?.slice(0, 1500)}`;

/** Takes from an answer which records there are, and reads them. */
async function learn(
  pair: Pair,
  { ask, turn }: Made,
  { body, headers }: Answer,
  world: World,
  types: Set<string>,
  report: Report,
): Promise<void> {
  if (headers['preference-applied'] === 'dry-run') return;
  const answer = JSON.parse(body) as Receipt & { receipts?: readonly Receipt[] };
  for (const { id, version, events } of answer.receipts ?? [answer]) {
    for (const { type } of events) types.add(type);
    const collection = collectionOf(world, id) ?? ask.path.split('/')[2] ?? '';
    if (id.startsWith('person-')) continue;
    world.saw(id, collection, version, turn);
    if (collection === 'organizations' && world.parties.length < 6) world.parties.push(id);
    const page = await same(pair, report, 'records while commands come', { path: `/v1/${collection}/${id}` });
    for (const person of page.body.match(/person-[a-z2-7]{26}/g) ?? []) world.sawId(person);
  }
}

/** Records whose ids begin alike are of one collection. */
const collectionOf = (world: World, id: string): string | undefined =>
  [...world.records.values()].find((one) => world.prefixOf(one.id) === world.prefixOf(id))?.collection;

/** The records that are there already. */
export async function worldOf({ registries: [before] }: Pair, { paths }: ApiDocument, seed: number): Promise<World> {
  const world = createWorld(seed);
  for (const path of Object.keys(paths).filter((path) => /^\/v1\/[a-z-]+$/.test(path) && paths[path]?.post)) {
    const answer = await before.ask({ path: `${path}?limit=100` });
    if (answer.status !== 200) continue;
    for (const { id, version } of JSON.parse(answer.body).items) world.saw(id, path.split('/')[2] ?? '', version);
  }
  return world;
}
