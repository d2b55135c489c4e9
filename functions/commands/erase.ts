import type { Actor } from '../../domain/kernel/aggregate.ts';
import { erasePerson } from '../../domain/person/erasure.ts';
import { isPersonId, referencesIn } from '../../domain/values/ids.ts';
import { ProblemError } from '../http/problem.ts';
import { createUnitOfWork, type UnitOfWork } from '../stores/unit-of-work.ts';
import { isErased, type VaultEntry } from '../stores/vault.ts';
import { type LandingAttempt, landWithRetry } from './attempts.ts';
import { type Execution, findEarlierCommit, unsealed, wholeOf } from './earlier-outcome.ts';
import type { ExecuteDeps, Registrant } from './execute.ts';
import { parseData } from './parse-data.ts';
import { refusalProblem } from './reservations.ts';
import { identify, type RequestFacts, refuseBody, type Submission } from './submission.ts';

/** `POST /v1/people/{id}/erase`. */
export interface Erasure extends Pick<Submission, 'commandId' | 'requestHash'> {
  /** The person. */
  readonly id: string;
  readonly data: object;
  readonly items: readonly { readonly definition: typeof erasePerson }[];
}

const noSuchPerson = (id: string) => new ProblemError('not-found', `there is no person ${id}`);

/** The id that a path names, if it can be a person's. @throws ProblemError 404 */
export function personIn(id: string): string {
  if (isPersonId(id)) return id;
  throw noSuchPerson(id);
}

export function erasure(id: string, request: RequestFacts): Erasure {
  const { data, faults } = parseData(erasePerson, request.body, '');
  if (!data) return refuseBody(faults);
  return { ...identify(request), id, data, items: [{ definition: erasePerson }] };
}

/**
 * Puts a tombstone in the place of a person's name, together with the event that says so, in the person's own stream: its
 * only event. Of two erasures at once one lands, and the other finds nothing left to erase.
 */
export async function erase(
  asked: Erasure,
  caller: Registrant,
  { dryRun = false, ...deps }: ExecuteDeps & { readonly dryRun?: boolean },
): Promise<Execution> {
  const { store, vault } = deps;
  const attempt = async (): Promise<LandingAttempt> => {
    // The vault first: a tombstone in it has its event in the stream that is read next.
    const entry = (await vault.read([asked.id])).get(asked.id);
    const work = createUnitOfWork(store, { ...asked, source: deps.origin, now: deps.clock() });
    const remembered = await findEarlierCommit([asked.id], asked, work);
    if (remembered) return { replayed: true, outcomes: [wholeOf(remembered)], warnings: [] };
    if (!entry) throw noSuchPerson(asked.id);
    const events = await decideOn(asked, entry, caller, work);
    return {
      write: [work.appends(), isErased(entry) ? [] : [vault.erase(entry, events[0]?.time ?? '')]],
      answered: (commits) => ({ replayed: false, outcomes: [unsealed(commits)(events)], warnings: [] }),
    };
  };
  return landWithRetry(attempt, { dryRun, ...deps });
}

async function decideOn({ id, data }: Erasure, entry: VaultEntry, actor: Actor, work: UnitOfWork) {
  await work.read(referencesIn(data).map((reference) => reference.id));
  const { today, record: lookup } = work;
  const state = isErased(entry) ? {} : { name: entry.name };
  const decision = erasePerson.decide(data as never, state, { id, today, opened: today, actor, lookup });
  if (!decision.ok) throw refusalProblem(decision.refusals);
  return work.decideOn(id, decision.value.events, actor);
}
