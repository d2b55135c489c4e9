import { COMPARISONS } from '../../domain/bounds.ts';
import { decide } from '../../domain/decide.ts';
import type { Actor } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import type { Warning } from '../../domain/kernel/refusal.ts';
import { type Work, withinWork } from '../../domain/kernel/work.ts';
import { finalOf } from '../../domain/record/merges.ts';
import { dayOf } from '../../domain/values/partial-date.ts';
import type { Backoff } from '../runtime/backoff.ts';
import { submissionStream } from '../runtime/ids.ts';
import type { EventStore } from '../stores/event-store.ts';
import { createUnitOfWork, type UnitOfWork } from '../stores/unit-of-work.ts';
import type { Vault } from '../stores/vault.ts';
import { type LandingAttempt, landWithRetry } from './attempts.ts';
import { overlong, roomsFor } from './caps.ts';
import { duplicatesOf } from './duplicates.ts';
import { type CommandOutcome, type Execution, findEarlierTry, unsealed } from './earlier-outcome.ts';
import { type Mentions, mentionsIn } from './mentions.ts';
import { type MergesDeps, membershipsFor, resolveOpenings, withIds } from './merges.ts';
import type { Salt } from './persons.ts';
import { readActor, readRecords } from './read-records.ts';
import { brokenRules, isRejection, type Rejection } from './rejection.ts';
import { type Holders, holdersOf, updateReservations } from './reservations.ts';
import { rejectUnlessRight } from './right-first.ts';
import { rejectOther } from './same-request.ts';
import type { CommandItem, Submission } from './submission.ts';

/** The client that submits, and whether it is a registrar. */
export type Registrant = Pick<Actor, 'client' | 'isRegistrar'>;

export interface ExecuteDeps extends MergesDeps {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly salt: Salt;
  readonly origin: string;
  readonly clock: () => Date;
  readonly pause: Backoff;
}

export interface RequestDeps extends ExecuteDeps {
  readonly dryRun: boolean;
  /** @throws ProblemError 403 when the token does not allow the commands of the request */
  readonly authorize: () => void;
}

/** Decides a submission and lands it. A dry run decides the same and writes nothing. */
export const execute = (
  asked: Submission,
  caller: Registrant,
  { dryRun, ...deps }: RequestDeps,
): Promise<Execution | Rejection> => landWithRetry(() => attempt(asked, caller, deps), { dryRun, ...deps });

/** One attempt. When its append loses a race against another commit, the next attempt begins again at step 1. */
async function attempt(
  asked: Submission,
  caller: Registrant,
  deps: Omit<RequestDeps, 'dryRun'>,
): Promise<LandingAttempt> {
  const begin = () => createUnitOfWork(deps.store, { ...asked, source: deps.origin, now: deps.clock() });
  const unit = begin();

  // 1. Remember: an earlier try of this request may have landed. That of a submission is found by its key alone.
  const { faults } = asked;
  const landed = (asked.together || faults) && (await remember(asked, [], unit, deps));
  if (landed) return landed;
  if (faults) {
    deps.authorize();
    return rejectUnlessRight({ rejected: 'body', faults }, asked, caller, unit);
  }
  const { submission, candidates } = await resolveOpenings(asked, unit);
  const earlier = await remember(submission, candidates, unit, deps);
  if (earlier) return earlier;
  deps.authorize();
  // The rule that rejects the request may be broken by an earlier try of it that has landed since.
  const reject = async (reason: Rejection) => (await remember(submission, candidates, begin(), deps)) ?? reason;

  // 2. Read everything that the rules look at.
  const unread = await readRecords(submission.items, caller.client, unit);
  if (unread) return reject(await rejectUnlessRight(unread, submission, caller, unit));
  const actor = { ...caller, ...(await readActor(caller.client, unit)) };

  // 3. Decide and 4. reserve, command by command: each is judged on what those before it have decided and reserved.
  const merged = rejectMerged(submission, unit);
  if (merged) return reject(merged);
  const stale = rejectStale(submission, unit);
  if (stale) return reject(await rejectUnlessRight(stale, submission, caller, unit));
  const mentions = await mentionsIn(submission, unit, deps);
  const decisions: CommandDecision[] = [];
  const work: Work = { left: COMPARISONS };
  for (const given of submission.items) {
    const item = await mentions.aside(given);
    if (isRejection(item)) return reject(await rejectUnlessRight(item, submission, caller, unit));
    const decision = await decideItem(item, actor, unit, { ...deps, work, mentions });
    if (isRejection(decision)) return reject(decision);
    const taken = await updateReservations(decision.held, item, actor, unit);
    if (taken) return reject(taken);
    decisions.push(decision);
  }
  const events = decisions.map((decision) => decision.events);
  const duplicates = await duplicatesOf(events, deps.views);
  const warnings = decisions.map((decision, index) => [...decision.warnings, ...(duplicates[index] ?? [])]);

  // 5. Append all of it in one transaction.
  if (submission.together) acceptTogether(submission.commandId, events, actor, unit);
  return {
    write: [unit.appends(asked.requestHash(mentions.leftOut())), mentions.puts(), unit.guards()],
    answered: (commits) => ({ submission, replayed: false, outcomes: events.map(unsealed(commits)), warnings }),
  };
}

async function remember(
  submission: Submission,
  candidates: readonly string[],
  unit: UnitOfWork,
  { store, vault }: Pick<ExecuteDeps, 'store' | 'vault'>,
): Promise<Execution | Rejection | undefined> {
  const earlier = await findEarlierTry(submission, { unit, store, candidates });
  return earlier && ((await rejectOther(submission, earlier, vault)) ?? replayOf(submission, earlier.outcomes));
}

const replayOf = (submission: Submission, outcomes: readonly CommandOutcome[]): Execution => ({
  // Merges may have led an opening to another record since: its name denotes the record in which it has landed.
  submission: withIds(
    submission,
    new Map(submission.items.map(({ id }, at) => [id, outcomes[at]?.commit.stream ?? id])),
  ),
  replayed: true,
  outcomes,
  warnings: [],
});

/** An act on a merged organization belongs to the final one; in a submission the rule `target-merged` says so. */
function rejectMerged({ items, together }: Submission, unit: UnitOfWork): Rejection | undefined {
  const [item] = items;
  if (!item || together || item.opens) return undefined;
  const into = finalOf(item.id, unit.record);
  return into === item.id ? undefined : { rejected: 'merged', id: item.id, into };
}

function rejectStale({ ifMatch, items }: Submission, unit: UnitOfWork): Rejection | undefined {
  const [item] = items;
  const version = item && unit.record(item.id)?.version;
  const isStale = ifMatch !== undefined && version !== undefined && !ifMatch.includes(version);
  return isStale ? { rejected: 'stale', version } : undefined;
}

interface CommandDecision {
  readonly events: readonly RegistryEvent[];
  readonly warnings: readonly Warning[];
  /** What the records that it writes to held before it and hold after it. */
  readonly held: { readonly before: Holders; readonly after: Holders };
}

async function decideItem(
  item: CommandItem,
  actor: Actor,
  unit: UnitOfWork,
  { work, mentions, ...deps }: MergesDeps & { readonly work: Work; readonly mentions: Mentions },
): Promise<CommandDecision | Rejection> {
  const record = unit.record(item.id);
  if (!item.opens && !record) return unknownRecord(item);
  // Its id is made from the client and the key: an opening and a submission of one key would open it twice.
  if (item.opens && record && !item.aggregate.identity) {
    const detail = `the same Idempotency-Key has opened ${item.id} by another request`;
    return { rejected: 'request', rule: 'key-reused', detail };
  }
  const opened = record ? dayOf(record.recordedAt) : unit.today;
  const memberships = await membershipsFor(item, unit, deps);
  const context = { id: item.id, today: unit.today, opened, actor, lookup: unit.record, memberships };
  const decision = withinWork(work, () => decide(item.definition, item.data, record, context));
  if (!decision) return tooMuchWork(item);
  if (!decision.ok) return brokenRules(decision.refusals, item.pointer);
  const { events: drafts, others = [], warnings = [], restsOn = [], speaker = actor } = decision.value;
  unit.guard(restsOn);
  const ids = [item.id, ...others.map(({ id }) => id)];
  const before = holdersOf(ids, unit);
  const overfilled = roomsFor(ids, actor, unit);
  const beside = others.flatMap((other) =>
    unit.decideOn(other.id, mentions.marked(other.events), other.speaker ?? actor, { beside: true }),
  );
  const events = unit.decideOn(item.id, mentions.marked(drafts), speaker);
  const large = [...overlong([...events, ...beside], mentions.bytesSaid), ...overfilled()];
  if (large.length > 0) return brokenRules(large, item.pointer);
  return { events, warnings, held: { before, after: holdersOf(ids, unit) } };
}

function tooMuchWork({ id, pointer }: CommandItem): Rejection {
  const detail = `up to this command on ${id} the rules compare more than ${COMPARISONS} facts with others`;
  return brokenRules([{ rule: 'cap-comparisons', pointer: '', detail }], pointer);
}

function unknownRecord({ id, target }: CommandItem): Rejection {
  if (target === undefined) return { rejected: 'request', rule: 'not-found', detail: `there is no record ${id}` };
  return brokenRules([{ rule: 'unknown-reference', pointer: target, detail: `no record ${id} exists` }]);
}

/** Records in the stream of a submission which events each of its commands has caused. */
function acceptTogether(
  commandId: string,
  events: readonly (readonly RegistryEvent[])[],
  actor: Actor,
  unit: UnitOfWork,
): void {
  const records = events.map((caused) => ({
    id: caused[0]?.subject ?? '',
    version: caused[0]?.streamversion ?? 0,
    count: caused.length,
  }));
  unit.decideOn(submissionStream(commandId), [{ type: 'submission.accepted', data: { records } }], actor);
}
