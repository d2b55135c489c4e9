import { decide } from '../../domain/decide.ts';
import type { Actor } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import type { Warning } from '../../domain/kernel/refusal.ts';
import { namesInText } from '../../domain/person/free-text.ts';
import { finalOf } from '../../domain/record/merges.ts';
import { wholesOf } from '../../domain/record/rights.ts';
import { referencesIn } from '../../domain/values/ids.ts';
import { MergedError, ProblemError } from '../http/problem.ts';
import type { Backoff } from '../runtime/backoff.ts';
import { reservationStream, submissionStream } from '../runtime/ids.ts';
import type { EventStore } from '../stores/event-store.ts';
import { createUnitOfWork, type UnitOfWork } from '../stores/unit-of-work.ts';
import type { Vault } from '../stores/vault.ts';
import { type LandingAttempt, landWithRetry } from './attempts.ts';
import { duplicatesOf } from './duplicates.ts';
import { type CommandOutcome, type Execution, findEarlierOutcome, unsealed } from './earlier-outcome.ts';
import { type MergesDeps, membershipsFor, readMerges, redirectOf, resolveOpenings, withIds } from './merges.ts';
import { holderIn, holdersOf, refusalProblem, updateReservations } from './reservations.ts';
import type { CommandItem, Submission } from './submission.ts';

/** The client that submits, and whether it is a registrar. */
export type Registrant = Pick<Actor, 'client' | 'isRegistrar'>;

export interface ExecuteDeps extends MergesDeps {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly origin: string;
  readonly clock: () => Date;
  readonly pause: Backoff;
}

const MAX_REFERENCES = 250;

/**
 * Decides a submission and lands it: remembered? – read – decide – reserve – append. Whoever loses a race against
 * another commit reads and decides again, and first looks whether the commit that stands there is its own. A dry run
 * decides the same and writes nothing.
 */
export async function execute(
  asked: Submission,
  caller: Registrant,
  { dryRun = false, ...deps }: ExecuteDeps & { readonly dryRun?: boolean },
): Promise<Execution> {
  const workOf = () => createUnitOfWork(deps.store, { ...asked, source: deps.origin, now: deps.clock() });
  const attempt = async (): Promise<LandingAttempt> => {
    const work = workOf();
    const { submission, places } = await resolveOpenings(asked, work);
    const remembered = await findEarlierOutcome(submission, work, places);
    if (remembered) return replayOf(submission, remembered);
    const decided = await decideAll(submission, caller, work, deps).catch(asRefusal);
    if (decided instanceof ProblemError || decided instanceof MergedError) {
      // What refuses it may be this very request, if another try of it has landed since the look above.
      const landed = await findEarlierOutcome(submission, workOf(), places);
      if (landed) return replayOf(submission, landed);
      throw decided;
    }
    const { events, warnings } = decided;
    return {
      write: [work.appends(), (submission.persons ?? []).map(deps.vault.keep)],
      answered: (commits) => ({ submission, replayed: false, outcomes: events.map(unsealed(commits)), warnings }),
    };
  };
  return landWithRetry(attempt, { dryRun, ...deps });
}

const replayOf = (submission: Submission, outcomes: readonly CommandOutcome[]): Execution => ({
  // Another record may be meant by now, where merges left two: names stand for those in which it has landed.
  submission: withIds(
    submission,
    new Map(submission.items.map(({ id }, at) => [id, outcomes[at]?.commit.stream ?? id])),
  ),
  replayed: true,
  outcomes,
  warnings: [],
});

function asRefusal(error: unknown): ProblemError | MergedError {
  if (error instanceof ProblemError || error instanceof MergedError) return error;
  throw error;
}

async function decideAll(submission: Submission, caller: Registrant, work: UnitOfWork, deps: MergesDeps) {
  const { items } = submission;
  refuseNamesInText(submission);
  await readFor(items, caller.client, work);
  const actor = { ...caller, ...(await actorOf(caller.client, work)) };
  const elsewhere = redirectOf(submission, work);
  if (elsewhere) throw elsewhere;
  checkVersion(submission, work);
  const events: RegistryEvent[][] = [];
  const warnings: (readonly Warning[])[] = [];
  for (const item of items) {
    const decided = await decideOne(item, actor, work, deps);
    events.push(decided.events);
    warnings.push(decided.warnings);
  }
  const duplicates = await duplicatesOf(events, deps.views);
  if (submission.together) {
    const records = events.map((caused) => ({
      id: caused[0]?.subject ?? '',
      version: caused[0]?.streamversion ?? 0,
      count: caused.length,
    }));
    work.decideOn(submissionStream(submission.commandId), [{ type: 'submission.accepted', data: { records } }], actor);
  }
  return { events, warnings: warnings.map((own, index) => [...own, ...(duplicates[index] ?? [])]) };
}

/** A name has no place but its own in the whole of a request. */
function refuseNamesInText({ items, persons = [] }: Submission): void {
  const names = persons.map(({ name }) => name);
  const found = items.flatMap(({ data, pointer }) =>
    namesInText(data, names).map((fault) => ({ ...fault, pointer: pointer + fault.pointer })),
  );
  if (found.length > 0) throw refusalProblem(found);
}

const clientStream = (client: string) => reservationStream({ kind: 'client', key: client });

/** Everything that the deciders may look at: the records, what they refer to, their ceremonies, the client's appointment. */
async function readFor(items: readonly CommandItem[], client: string, work: UnitOfWork): Promise<void> {
  const references = new Set(items.flatMap(({ data }) => referencesIn(data).map(({ id }) => id)));
  if (references.size > MAX_REFERENCES) {
    throw new ProblemError('cap-references', `${references.size} records are referred to; at most ${MAX_REFERENCES}`);
  }
  await work.read([clientStream(client), ...references, ...items.map(({ id }) => id)]);
  await work.read(items.flatMap((item) => recordsJudgedBy(item, work)));
  await readMerges(work);
  await readWholes([...references, ...items.map(({ id }) => id)], work);
}

/** What the rules of an act look at although its data do not name it; a correction's at all that the history refers to. */
function recordsJudgedBy({ definition, data, id }: CommandItem, work: UnitOfWork): readonly string[] {
  const record = work.record(id);
  if (!record) return [];
  const concerned = definition.concerns?.(data as never, record.state);
  const history = definition.judgesHistory ? referencesIn(record.events.map((event) => event.data)) : [];
  return [
    ...(record.aggregate.reads?.(record.state) ?? []),
    ...(definition.reads?.(data as never, record.state as never, work.record) ?? []),
    ...(concerned === undefined ? [] : [concerned]),
    ...history.slice(0, MAX_REFERENCES).map(({ id }) => id),
  ];
}

/** What these records happened at or belong to, and every whole of that: their hosts are hosts of the records. */
async function readWholes(
  ids: readonly string[],
  work: UnitOfWork,
  seen: ReadonlySet<string> = new Set(),
): Promise<void> {
  const wholes = ids.flatMap((id) => {
    const record = work.record(id);
    return record ? wholesOf(record).filter((whole) => !seen.has(whole)) : [];
  });
  if (wholes.length === 0) return;
  await work.read(wholes);
  await readWholes(wholes, work, new Set([...seen, ...wholes]));
}

/**
 * The client and the organization that the register says it acts for, with what was merged into it. Its client stream may
 * have been read before a merge and its own after it.
 */
async function actorOf(client: string, work: UnitOfWork): Promise<Actor> {
  const holder = holderIn(work, clientStream(client));
  if (holder === undefined) return { client };
  await work.read([holder]);
  await readMerges(work);
  return { client, organization: finalOf(holder, work.record) };
}

function checkVersion({ ifMatch, items }: Submission, work: UnitOfWork): void {
  const [item] = items;
  const version = item && work.record(item.id)?.version;
  if (ifMatch === undefined || version === undefined || ifMatch.includes(version)) return;
  throw new ProblemError('stale', `the record's version is ${version}`, { headers: { ETag: `"${version}"` } });
}

async function decideOne(item: CommandItem, actor: Actor, work: UnitOfWork, deps: MergesDeps) {
  const record = work.record(item.id);
  if (!item.opens && !record) throw unknownRecord(item);
  // Its id is made from the client and the key: an opening and a submission of one key would open it twice.
  if (item.opens && record && !item.aggregate.identity) {
    throw new ProblemError('key-reused', `the same Idempotency-Key has opened ${item.id} by another request`);
  }
  const opened = record?.recordedAt.slice(0, 10) ?? work.today;
  const memberships = await membershipsFor(item, work, deps);
  const context = { id: item.id, today: work.today, opened, actor, lookup: work.record, memberships };
  const decision = decide(item.definition, item.data, record, context);
  if (!decision.ok)
    throw refusalProblem(decision.refusals.map((fault) => ({ ...fault, pointer: item.pointer + fault.pointer })));
  const { events: drafts, others = [], warnings = [], speaker = actor } = decision.value;
  const ids = [item.id, ...others.map(({ id }) => id)];
  const before = holdersOf(ids, work);
  for (const other of others) work.decideOn(other.id, other.events, other.speaker ?? actor, { beside: true });
  const events = work.decideOn(item.id, drafts, speaker);
  await updateReservations(before, holdersOf(ids, work), item, actor, work);
  return { events, warnings };
}

function unknownRecord({ id, target }: CommandItem): ProblemError {
  if (target === undefined) return new ProblemError('not-found', `there is no record ${id}`);
  return refusalProblem([{ rule: 'unknown-reference', pointer: target, detail: `no record ${id} exists` }]);
}
