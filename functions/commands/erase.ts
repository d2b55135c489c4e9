import type { Actor } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { erasePerson } from '../../domain/person/erasure.ts';
import { withoutWords } from '../../domain/person/mentions.ts';
import { isPersonId, referencesIn } from '../../domain/values/ids.ts';
import { ProblemError } from '../http/problem.ts';
import { createUnitOfWork, type UnitOfWork } from '../stores/unit-of-work.ts';
import { isErased, type VaultEntry } from '../stores/vault.ts';
import { type LandingAttempt, landWithRetry } from './attempts.ts';
import { overlong } from './caps.ts';
import { type Execution, findEarlierCommit, unsealed, wholeOf } from './earlier-outcome.ts';
import type { Registrant, RequestDeps } from './execute.ts';
import { parseData } from './parse-data.ts';
import { brokenRules, isRejection, type Rejection } from './rejection.ts';
import { ANOTHER_REQUEST } from './same-request.ts';
import { identify, type RequestFacts, type RequestIdentity } from './submission.ts';

/** `POST /v1/people/{id}/erase`. */
export interface Erasure extends RequestIdentity {
  /** The person. */
  readonly id: string;
  readonly data: object;
  readonly items: readonly { readonly definition: typeof erasePerson }[];
}

const noSuchPerson = (id: string) => `there is no person ${id}`;

/** The id in a path, if it has the form of a person's. @throws ProblemError 404 */
export function personIn(id: string): string {
  if (isPersonId(id)) return id;
  throw new ProblemError('not-found', noSuchPerson(id));
}

export function erasure(id: string, request: RequestFacts): Erasure {
  const { data, faults } = parseData(erasePerson, request.body, '');
  return { ...identify(request, faults), id, data: data ?? {}, items: [{ definition: erasePerson }] };
}

/**
 * Replaces a person's name in the vault by a tombstone, and with it all words that mention the person, together with the
 * event that says so: the only event in the person's own stream. Of two erasures at once one lands, and the other finds
 * nothing left to erase.
 */
export const erase = (asked: Erasure, caller: Registrant, deps: RequestDeps): Promise<Execution | Rejection> =>
  landWithRetry(() => attempt(asked, caller, deps), deps);

async function attempt(asked: Erasure, caller: Registrant, deps: RequestDeps): Promise<LandingAttempt> {
  const { store, vault } = deps;
  // The vault before the stream: a tombstone in the vault has its event in the stream, which is read next.
  const entry = (await vault.read([asked.id])).get(asked.id);
  const unit = createUnitOfWork(store, { ...asked, source: deps.origin, now: deps.clock() });

  // 1. Remember: an earlier try of this request may have landed.
  const earlier = await findEarlierCommit([asked.id], asked, unit);
  if (earlier && earlier.requestHash !== asked.requestHash()) return ANOTHER_REQUEST;
  if (earlier) return { replayed: true, outcomes: [wholeOf(earlier)], warnings: [] };
  deps.authorize();
  if (asked.faults) return { rejected: 'body', faults: asked.faults };
  if (!entry) return { rejected: 'request', rule: 'not-found', detail: noSuchPerson(asked.id) };

  // 2. Read the evidence, and 3. decide. There is nothing to reserve (4).
  await unit.read(referencesIn(asked.data).map((reference) => reference.id));
  const events = decideErasure(asked, entry, caller, unit);
  if (isRejection(events)) return events;

  // 5. Append.
  const time = events[0]?.time ?? '';
  const words = await vault.mentionsOf(entry);
  if (!deps.dryRun) await vault.eraseBefore(words, time);
  return {
    write: [unit.appends(asked.requestHash()), isErased(entry) ? [] : vault.erase(entry, words, time)],
    answered: (commits) => ({ replayed: false, outcomes: [unsealed(commits)(events)], warnings: [] }),
  };
}

function decideErasure(
  { id, data }: Erasure,
  entry: VaultEntry,
  actor: Actor,
  unit: UnitOfWork,
): RegistryEvent[] | Rejection {
  const { today, record: lookup } = unit;
  const state = isErased(entry) ? {} : { name: entry.name };
  const decision = erasePerson.decide(data, state, { id, today, opened: today, actor, lookup });
  if (!decision.ok) return brokenRules(decision.refusals);
  const { refusals } = withoutWords(erasePerson, data, undefined, { namesIn: () => [], idOf: () => '' });
  if (refusals.length > 0) return brokenRules(refusals);
  const events = unit.decideOn(id, decision.value.events, actor);
  const large = overlong(events);
  return large.length > 0 ? brokenRules(large) : events;
}
