import { rulesOnOthers } from '../../domain/catalog.ts';
import type { FoldedRecord, Held } from '../../domain/kernel/aggregate.ts';
import { listOfOrganization, type Pointer } from '../../domain/projections/list-rows.ts';
import { records } from '../../domain/projections/records.ts';
import { finalOf, idsOf } from '../../domain/record/merges.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { aggregateOf, referencesIn } from '../../domain/values/ids.ts';
import { type WholeDeps, wholePosition } from '../http/whole.ts';
import { identityIdOf } from '../runtime/ids.ts';
import type { ReadWork } from '../stores/unit-of-work.ts';
import type { Views } from '../stores/views.ts';
import type { CommandItem, Submission } from './submission.ts';

/** What merges mean for commands: which records have to be read besides, and where a fact belongs. */

export interface MergesDeps extends WholeDeps {
  readonly views: WholeDeps['views'] & Pick<Views, 'newest'>;
}

/** Reads the organizations that those which were read so far were merged into. */
export async function readMerges(work: ReadWork): Promise<void> {
  const missing = work.records().flatMap((record) => {
    const into = indexFieldsOf(record).mergedInto;
    return into === undefined || work.record.ifRead(into) ? [] : [into];
  });
  if (missing.length === 0) return;
  await work.read(missing);
  await readMerges(work);
}

/** These ids in every way in which others stand for the same organizations. */
const combinationsOf = (ids: readonly string[], work: ReadWork): string[][] =>
  ids.reduce<string[][]>(
    (all, part) => all.flatMap((one) => idsOf(part, work.record).map((other) => [...one, other])),
    [[]],
  );

/** The ids that a record of this identity can have: one for each id of its organizations. */
async function idsOfIdentity({ aggregate, data, id }: CommandItem, work: ReadWork): Promise<string[]> {
  const about = work.record.ifRead(id)?.state ?? data;
  const identity = aggregate.identity?.(about as object) ?? [];
  await work.read(identity);
  await readMerges(work);
  return combinationsOf(identity, work).map((parts) => identityIdOf(aggregate.name, parts));
}

/**
 * The submission with each opening at the record that is there for its identity, under whatever ids of its organizations
 * it was opened first; and the candidates: all records in which an earlier try of its first command may have landed.
 */
export async function resolveOpenings(submission: Submission, work: ReadWork) {
  const moved = new Map<string, string>();
  const first: string[] = [];
  const openings = submission.items.filter(({ opens, aggregate }) => opens && aggregate.identity);
  await work.read(openings.flatMap(({ aggregate, data }) => aggregate.identity?.(data) ?? []));
  for (const item of openings) {
    const candidates = await idsOfIdentity(item, work);
    if (item === submission.items[0]) first.push(...candidates);
    if (candidates.length === 1) continue;
    await work.read(candidates);
    const chosen = chooseAmong(candidates, item.id, work);
    // Another opening of the same identity may choose another one of them.
    work.guard(candidates);
    if (chosen !== item.id) moved.set(item.id, chosen);
  }
  return { submission: moved.size === 0 ? submission : withIds(submission, moved), candidates: first };
}

/** The record that lives, else the one that is meant, else one that is there. */
function chooseAmong(candidates: readonly string[], meant: string, work: ReadWork): string {
  const opened = there(candidates, work);
  const live = opened.find((record) => record.aggregate.periods?.isLive(record, work.today));
  if (live) return live.id;
  return opened.some(({ id }) => id === meant) ? meant : (opened[0]?.id ?? meant);
}

/** The submission with other records in place of some. */
export function withIds({ items, ids, ...submission }: Submission, moved: ReadonlyMap<string, string>): Submission {
  const whereIs = (id: string) => moved.get(id) ?? id;
  const replaced = (_: string, value: unknown) => (typeof value === 'string' ? whereIs(value) : value);
  return {
    ...submission,
    items: items.map((item) => ({
      ...item,
      id: whereIs(item.id),
      data: referencesIn(item.data).some(({ id }) => moved.has(id))
        ? JSON.parse(JSON.stringify(item.data, replaced))
        : item.data,
    })),
    ids: Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, whereIs(id)])),
  };
}

/** The memberships that the rules of a command look at: see `Context.memberships`. Those that it rests on are guarded. */
export async function membershipsFor(item: CommandItem, work: ReadWork, deps: MergesDeps): Promise<FoldedRecord[]> {
  return item.definition.readsMemberships ? membershipsOfBoth(item, work, deps) : membershipsBeside(item, work);
}

/** The memberships between the same two under other ids of theirs, and the membership itself. */
export async function membershipsBeside(item: CommandItem, work: ReadWork): Promise<FoldedRecord[]> {
  const ids = item.aggregate.identity ? await idsOfIdentity(item, work) : [];
  await work.read(ids);
  const isGuarded = item.definition.rules?.some((rule) => rulesOnOthers[rule]?.overtaken === 'guarded');
  if (ids.length > 1 && isGuarded) work.guard(ids);
  return there(ids, work);
}

const there = (ids: readonly string[], work: ReadWork): FoldedRecord[] => ids.flatMap((id) => work.record(id) ?? []);

/**
 * Every membership that either of two organizations may have in a body of one of them. The read model tells the bodies;
 * it may be behind for one of the two, because the ids of memberships follow from body and organization.
 * @throws ProblemError 503 while the read model is built: without its lists two live memberships could become one
 */
async function membershipsOfBoth({ id, data }: CommandItem, work: ReadWork, deps: MergesDeps): Promise<FoldedRecord[]> {
  await wholePosition(records, deps);
  const own = idsOf(id, work.record);
  const theirs = referencesIn({ ...data, evidence: undefined })
    .filter((reference) => aggregateOf(reference.id) === 'organization')
    .flatMap((reference) => idsOf(reference.id, work.record));
  const organizations = [...own, ...theirs];
  const known = new Set<string>();
  for (const organization of new Set(organizations)) {
    for await (const { within } of memberships(organization, deps.views)) {
      if (within?.body !== undefined && !organizations.includes(within.body)) known.add(within.body);
    }
  }
  await work.read(known);
  await readMerges(work);
  const bodies = new Set([...known].flatMap((body) => idsOf(body, work.record)));
  await work.read(bodies);
  const membershipsIn = (body: string, some: readonly string[]) =>
    some.map((one) => identityIdOf('membership', [body, one]));
  const ids = [...bodies].flatMap((body) => membershipsIn(body, organizations));
  await work.read(ids);
  const finals = Map.groupBy(bodies, (body) => finalOf(body, work.record));
  for (const spelt of finals.values()) {
    const sides = [own, theirs].map((side) => spelt.flatMap((body) => membershipsIn(body, side)));
    work.guard(sideThatDoesNotLive(sides as [string[], string[]], work));
  }
  return there(ids, work);
}

/** Two memberships live in a body only if both sides do: it is enough that one of them stays as it is, the one with fewer ids. */
function sideThatDoesNotLive([own, theirs]: readonly [string[], string[]], work: ReadWork): string[] {
  const lives = (ids: readonly string[]) =>
    there(ids, work).some((record) => record.aggregate.periods?.isLive(record, work.today));
  if (lives(own)) return theirs;
  return lives(theirs) || own.length < theirs.length ? own : theirs;
}

const ROWS_PER_READ = 100;

async function* memberships(organization: string, views: MergesDeps['views']): AsyncGenerator<Pointer> {
  const partition = listOfOrganization('memberships', organization);
  for (let before: string | undefined; ; ) {
    const { rows, more } = await views.newest<Pointer>(records, partition, before, ROWS_PER_READ);
    yield* rows.map(({ value }) => value);
    before = rows.at(-1)?.sort;
    if (!more || before === undefined) return;
  }
}

/** The same value under the other ids of the organizations that it names. */
export function othersHolding({ kind, key, formerly }: Held, work: ReadWork): Held[] {
  if (typeof key === 'string') return [];
  return combinationsOf(key, work)
    .filter((parts) => parts.some((part, index) => part !== key[index]))
    .map((parts) => ({
      kind,
      key: parts,
      ...(formerly && {
        formerly: formerly.map((part, index) => (part === key[index] ? (parts[index] ?? part) : part)),
      }),
    }));
}
