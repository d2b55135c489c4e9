import type { Actor, FoldedRecord, Held } from '../../domain/aggregate.ts';
import { reservationKinds } from '../../domain/bookkeeping.ts';
import { decide } from '../../domain/decide.ts';
import type { RegistryEvent } from '../../domain/event.ts';
import { namesInText } from '../../domain/person/free-text.ts';
import { problems } from '../../domain/problems.ts';
import { heldOf } from '../../domain/record.ts';
import type { Warning } from '../../domain/refusal.ts';
import { wholesOf } from '../../domain/rights.ts';
import { escapePointer, referencesIn } from '../../domain/values/ids.ts';
import type { EventStore } from '../shared/event-store.ts';
import { type Fault, ProblemError } from '../shared/http/problem.ts';
import { reservationStream, submissionStream } from '../shared/ids.ts';
import type { Pause } from '../shared/pause.ts';
import type { Vault } from '../shared/vault.ts';
import { createWork, type Work } from '../shared/work.ts';
import { ATTEMPTS, unsettled } from './attempts.ts';
import { type CommandOutcome, recall, unsealed } from './outcome.ts';
import type { CommandItem, Submission } from './submission.ts';

export interface Execution {
  readonly replayed: boolean;
  /** One for each command, in order. */
  readonly outcomes: readonly CommandOutcome[];
  readonly warnings: readonly Warning[];
}

/** The client that submits, and whether it is a registrar. */
export type Registrant = Pick<Actor, 'client' | 'isRegistrar'>;

export interface ExecuteDeps {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly origin: string;
  readonly clock: () => Date;
  readonly pause: Pause;
}

const MAX_REFERENCES = 250;

/**
 * Decides a submission and lands it: remembered? – read – decide – reserve – append. Whoever loses a race against
 * another commit reads and decides again, and first looks whether the commit that stands there is its own. A dry run
 * decides the same and writes nothing.
 */
export async function execute(
  submission: Submission,
  caller: Registrant,
  { dryRun = false, ...deps }: ExecuteDeps & { readonly dryRun?: boolean },
): Promise<Execution> {
  const workOf = () => createWork(deps.store, { ...submission, source: deps.origin, now: deps.clock() });
  let throttled = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const work = workOf();
    const remembered = await recall(submission, work);
    if (remembered) return replayOf(remembered);
    const decided = await decideAll(submission, caller, work).catch(refusalIn);
    if (decided instanceof ProblemError) {
      // What refuses it may be this very request, if another try of it has landed since the look above.
      const landed = await recall(submission, workOf());
      if (landed) return replayOf(landed);
      throw decided;
    }
    const appends = work.appends();
    const names = (submission.persons ?? []).map(deps.vault.keep);
    const result = dryRun ? deps.store.rehearse(appends, names) : await deps.store.append(appends, names);
    if (result.outcome === 'appended') {
      return { replayed: false, outcomes: decided.events.map(unsealed(result.commits)), warnings: decided.warnings };
    }
    if (result.outcome === 'cap') throw new ProblemError(result.rule, result.detail);
    throttled = result.outcome === 'throttled';
    await deps.pause(attempt);
  }
  throw unsettled(throttled);
}

const replayOf = (outcomes: readonly CommandOutcome[]): Execution => ({ replayed: true, outcomes, warnings: [] });

function refusalIn(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  throw error;
}

async function decideAll(submission: Submission, caller: Registrant, work: Work) {
  const { items } = submission;
  refuseNamesInText(submission);
  await readFor(items, caller.client, work);
  const actor = { ...caller, ...actorOf(caller.client, work) };
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

/** A name has no place but its own in the whole of a request. */
function refuseNamesInText({ items, persons = [] }: Submission): void {
  const names = persons.map(({ name }) => name);
  const found = items.flatMap(({ data, pointer }) =>
    namesInText(data, names).map((fault) => ({ ...fault, pointer: pointer + fault.pointer })),
  );
  if (found.length > 0) throw refusalOf(found);
}

const clientStream = (client: string) => reservationStream({ kind: 'client', key: client });

/** Everything that the deciders may look at: the records, what they refer to, their ceremonies, the client's appointment. */
async function readFor(items: readonly CommandItem[], client: string, work: Work): Promise<void> {
  const references = new Set(items.flatMap(({ data }) => referencesIn(data).map(({ id }) => id)));
  if (references.size > MAX_REFERENCES) {
    throw new ProblemError('cap-references', `${references.size} records are referred to; at most ${MAX_REFERENCES}`);
  }
  await work.read([clientStream(client), ...references, ...items.map(({ id }) => id)]);
  await work.read(items.flatMap((item) => lookedAt(item, work.record(item.id))));
  await readWholes([...references, ...items.map(({ id }) => id)], work);
}

/** What the rules of an act look at although its data do not name it; a correction's at all that the history refers to. */
function lookedAt({ definition, data }: CommandItem, record: FoldedRecord | undefined): readonly string[] {
  if (!record) return [];
  const concerned = definition.concerns?.(data as never, record.state);
  const history = definition.judgesHistory ? referencesIn(record.events.map((event) => event.data)) : [];
  return [
    ...(record.aggregate.reads?.(record.state) ?? []),
    ...(concerned === undefined ? [] : [concerned]),
    ...history.slice(0, MAX_REFERENCES).map(({ id }) => id),
  ];
}

/** What these records happened at or belong to, and every whole of that: their hosts are hosts of the records. */
async function readWholes(ids: readonly string[], work: Work, seen: ReadonlySet<string> = new Set()): Promise<void> {
  const wholes = ids.flatMap((id) => {
    const record = work.record(id);
    return record ? wholesOf(record).filter((whole) => !seen.has(whole)) : [];
  });
  if (wholes.length === 0) return;
  await work.read(wholes);
  await readWholes(wholes, work, new Set([...seen, ...wholes]));
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
  for (const other of others) work.decideOn(other.id, other.events, actor, { beside: true });
  const events = work.decideOn(item.id, drafts, actor);
  await settle(record, item, actor, work);
  return { events, warnings };
}

function unknownRecord({ id, target }: CommandItem): ProblemError {
  if (target === undefined) return new ProblemError('not-found', `there is no record ${id}`);
  return refusalOf([{ rule: 'unknown-reference', pointer: target, detail: `no record ${id} exists` }]);
}

/** Takes the values that the record holds from now on, and gives back those that it no longer holds. */
async function settle(before: FoldedRecord | undefined, item: CommandItem, actor: Actor, work: Work): Promise<void> {
  const [was, is] = [heldBy(before), heldBy(work.record(item.id))];
  const taken = [...is].filter(([stream]) => !was.has(stream));
  const given = [...was].filter(([stream]) => !is.has(stream));
  await work.read([...taken, ...given].map(([stream]) => stream));
  for (const [stream, { kind, key }] of taken) {
    const holder = holderIn(work, stream);
    if (holder !== undefined) {
      const { taken: rule, what } = reservationKinds[kind];
      const pointer = item.pointer + pointerTo([key].flat().at(-1), item.data);
      throw refusalOf([{ rule, pointer, detail: `the ${what} belongs to ${holder}` }]);
    }
    work.decideOn(stream, [{ type: `${kind}.reserved`, data: { holder: item.id } }], actor);
  }
  for (const [stream, { kind }] of given) {
    work.decideOn(stream, [{ type: `${kind}.released`, data: { holder: item.id } }], actor);
  }
}

const heldBy = (record: FoldedRecord | undefined): Map<string, Held> =>
  new Map(record && heldOf(record).map((held) => [reservationStream(held), held]));

/** Where a value stands in a command's data; the data as a whole when it stands nowhere in them. */
function pointerTo(value: unknown, data: unknown, pointer = ''): string {
  if (typeof data !== 'object' || data === null) return '';
  for (const [key, inner] of Object.entries(data)) {
    const at = `${pointer}/${escapePointer(key)}`;
    const found = inner === value ? at : pointerTo(value, inner, at);
    if (found !== '') return found;
  }
  return '';
}

/** The problem is the first rule that was broken; its errors name all of them. */
export function refusalOf(faults: readonly Fault[]): ProblemError {
  const [first] = faults;
  if (!first) throw new Error('a refusal names a rule');
  return new ProblemError(first.rule, `${problems[first.rule].title}: ${first.detail}`, { errors: faults });
}
