import type { Actor, Reservation } from '../../domain/aggregate.ts';
import { reservationKinds } from '../../domain/bookkeeping.ts';
import { decide } from '../../domain/decide.ts';
import type { RegistryEvent } from '../../domain/event.ts';
import { problems } from '../../domain/problems.ts';
import { facetsOf } from '../../domain/record.ts';
import type { Warning } from '../../domain/refusal.ts';
import { referencesIn } from '../../domain/values/ids.ts';
import type { EventStore } from '../shared/event-store.ts';
import { type Fault, ProblemError } from '../shared/http/problem.ts';
import { reservationStream, submissionStream } from '../shared/ids.ts';
import type { Pause } from '../shared/pause.ts';
import { createWork, type Work } from '../shared/work.ts';
import { type CommandOutcome, recall, unsealed } from './outcome.ts';
import type { CommandItem, Submission } from './submission.ts';

export interface Execution {
  readonly replayed: boolean;
  /** One for each command, in order. */
  readonly outcomes: readonly CommandOutcome[];
  readonly warnings: readonly Warning[];
}

export interface ExecuteDeps {
  readonly store: EventStore;
  readonly origin: string;
  readonly clock: () => Date;
  readonly pause: Pause;
}

const ATTEMPTS = 8;
const MAX_REFERENCES = 250;

/**
 * Decides a submission and lands it: remembered? – read – decide – reserve – append. Whoever loses a race against
 * another commit reads and decides again, and first looks whether the commit that stands there is its own. A dry run
 * decides the same and writes nothing.
 */
export async function execute(
  submission: Submission,
  client: string,
  { dryRun = false, ...deps }: ExecuteDeps & { readonly dryRun?: boolean },
): Promise<Execution> {
  const workOf = () => createWork(deps.store, { ...submission, source: deps.origin, now: deps.clock() });
  let throttled = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const work = workOf();
    const remembered = await recall(submission, work);
    if (remembered) return replayOf(remembered);
    const decided = await decideAll(submission, client, work).catch(refusalIn);
    if (decided instanceof ProblemError) {
      // What refuses it may be this very request, if another try of it has landed since the look above.
      const landed = await recall(submission, workOf());
      if (landed) return replayOf(landed);
      throw decided;
    }
    const appends = work.appends();
    const result = dryRun ? deps.store.rehearse(appends) : await deps.store.append(appends);
    if (result.outcome === 'appended') {
      return { replayed: false, outcomes: decided.events.map(unsealed(result.commits)), warnings: decided.warnings };
    }
    if (result.outcome === 'cap') throw new ProblemError(result.rule, result.detail);
    throttled = result.outcome === 'throttled';
    await deps.pause(attempt);
  }
  const detail = throttled
    ? 'too much is written at the moment'
    : `others acted on the same records ${ATTEMPTS} times in a row`;
  throw new ProblemError(throttled ? 'throttled' : 'conflict', detail, { headers: { 'Retry-After': '1' } });
}

const replayOf = (outcomes: readonly CommandOutcome[]): Execution => ({ replayed: true, outcomes, warnings: [] });

function refusalIn(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  throw error;
}

async function decideAll(submission: Submission, client: string, work: Work) {
  const { items } = submission;
  await readFor(items, client, work);
  const actor = actorOf(client, work);
  checkVersion(submission, work);
  const events: RegistryEvent[][] = [];
  const warnings: Warning[] = [];
  for (const item of items) {
    const decided = await decideOne(item, actor, work);
    events.push(decided.events);
    warnings.push(...decided.warnings);
  }
  if (submission.together) {
    const records = events.map((caused) => ({
      id: caused[0]?.subject ?? '',
      version: caused[0]?.streamversion ?? 0,
      count: caused.length,
    }));
    work.decideOn(submissionStream(submission.commandId), [{ type: 'submission.accepted', data: { records } }], actor);
  }
  return { events, warnings };
}

const clientStream = (client: string) => reservationStream({ kind: 'client', key: client });

/** Everything that the deciders may look at: the records, what they refer to, their ceremonies, the client's appointment. */
async function readFor(items: readonly CommandItem[], client: string, work: Work): Promise<void> {
  const references = new Set(items.flatMap(({ data }) => referencesIn(data).map(({ id }) => id)));
  if (references.size > MAX_REFERENCES) {
    throw new ProblemError('cap-references', `${references.size} records are referred to; at most ${MAX_REFERENCES}`);
  }
  await work.read([clientStream(client), ...references, ...items.map(({ id }) => id)]);
  await readCeremonies([...references, ...items.map(({ id }) => id)], work);
}

/** The ceremonies at which these records happened, and every whole of those: their hosts are hosts of the records. */
async function readCeremonies(
  ids: readonly string[],
  work: Work,
  seen: ReadonlySet<string> = new Set(),
): Promise<void> {
  const ceremonies = ids.flatMap((id) => {
    const record = work.record(id);
    const at = record && facetsOf(record).ceremony;
    return at === undefined || seen.has(at) ? [] : [at];
  });
  if (ceremonies.length === 0) return;
  await work.read(ceremonies);
  await readCeremonies(ceremonies, work, new Set([...seen, ...ceremonies]));
}

/** The client and the organization that the register says it acts for. */
function actorOf(client: string, work: Work): Actor {
  const holder = holderIn(work, clientStream(client));
  return holder === undefined ? { client } : { client, organization: holder };
}

/** Who holds the value of a reservation stream: its last event tells. */
function holderIn(work: Work, stream: string): string | undefined {
  const last = work.lastEvent(stream) as RegistryEvent<string, { holder: string }> | undefined;
  return last?.type.endsWith('.reserved') ? last.data.holder : undefined;
}

function checkVersion({ ifMatch, items }: Submission, work: Work): void {
  const [item] = items;
  const version = item && work.record(item.id)?.version;
  if (ifMatch === undefined || version === undefined || ifMatch.includes(version)) return;
  throw new ProblemError('stale', `the record's version is ${version}`, { headers: { ETag: `"${version}"` } });
}

async function decideOne(item: CommandItem, actor: Actor, work: Work) {
  const record = work.record(item.id);
  if (!item.opens && !record) throw unknownRecord(item);
  // Its id is made from the client and the key: an opening and a submission of one key would open it twice.
  if (item.opens && record && !item.aggregate.identity) {
    throw new ProblemError('key-reused', `the same Idempotency-Key has opened ${item.id} by another request`);
  }
  const opened = record?.recordedAt.slice(0, 10) ?? work.today;
  const context = { id: item.id, today: work.today, opened, actor, lookup: work.record };
  const decision = decide(item.definition, item.data, record, context);
  if (!decision.ok)
    throw refusalOf(decision.refusals.map((fault) => ({ ...fault, pointer: item.pointer + fault.pointer })));
  const { events: drafts, others = [], warnings = [] } = decision.value;
  const reservations = drafts.flatMap((draft) => item.aggregate.reservations?.(draft) ?? []);
  await work.read([...reservations.map(reservationStream), ...others.map(({ id }) => id)]);
  for (const reservation of reservations) reserve(reservation, item, actor, work);
  for (const other of others) work.decideOn(other.id, other.events, actor);
  return { events: work.decideOn(item.id, drafts, actor), warnings };
}

function unknownRecord({ id, target }: CommandItem): ProblemError {
  if (target === undefined) return new ProblemError('not-found', `there is no record ${id}`);
  return refusalOf([{ rule: 'unknown-reference', pointer: target, detail: `no record ${id} exists` }]);
}

/** Takes or gives back a value that one record alone may hold. */
function reserve(reservation: Reservation, item: CommandItem, actor: Actor, work: Work): void {
  const { action, kind, pointer } = reservation;
  const stream = reservationStream(reservation);
  const holder = holderIn(work, stream);
  if (action === 'reserve' && holder !== undefined) {
    const { taken, what } = reservationKinds[kind];
    throw refusalOf([{ rule: taken, pointer: item.pointer + pointer, detail: `the ${what} belongs to ${holder}` }]);
  }
  const type = `${kind}.${action === 'reserve' ? 'reserved' : 'released'}`;
  work.decideOn(stream, [{ type, data: { holder: item.id } }], actor);
}

/** The problem is the first rule that was broken; its errors name all of them. */
function refusalOf(faults: readonly Fault[]): ProblemError {
  const [first] = faults;
  if (!first) throw new Error('a refusal names a rule');
  return new ProblemError(first.rule, `${problems[first.rule].title}: ${first.detail}`, { errors: faults });
}
