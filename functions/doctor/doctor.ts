import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Projection } from '../../domain/projections/projection.ts';
import type { Backoff } from '../runtime/backoff.ts';
import { buildOf } from '../stores/builds.ts';
import { commitReader } from '../stores/commits.ts';
import { createEventStore } from '../stores/event-store.ts';
import type { TableNames } from '../stores/log-items.ts';
import { createLogRepair } from '../stores/log-repair.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createPublishedLog } from '../stores/published-log.ts';
import { servingOf } from '../stores/served.ts';
import { createViews } from '../stores/views.ts';
import { examine } from './examine.ts';
import { type RepairPlan, repairPlanOf } from './plan.ts';
import type { ShowProgress } from './progress.ts';
import { stoppedText } from './read-models.ts';
import { PublishedLogBroken } from './read-published.ts';
import { needsRepair, RepairStopped, repair } from './repair.ts';
import { countUnsealed, sealAll } from './unsealed.ts';
import type { BucketPlace } from './unsigned.ts';

export interface DoctorDeps {
  readonly documents: DynamoDBDocumentClient;
  /** The bucket of the published log. */
  readonly place: BucketPlace;
  /** The names of the tables in service. */
  readonly tables: TableNames & { readonly views: string };
  readonly projections: readonly Projection[];
  /** The log's name. */
  readonly origin: string;
  /** The verifier key, if it is known from elsewhere than the published log. */
  readonly vkey?: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly backoff: Backoff;
  readonly progress: ShowProgress;
  /** Resolves when every function that began before the call has ended. */
  readonly untilIdle: () => Promise<unknown>;
}

export interface Diagnosis extends RepairPlan {
  /**
   * `healthy`: nothing to do. `ill`: the plan's steps repair it, or `delays` say what they cannot. `refused`: a finding
   * has to be resolved by hand first.
   */
  readonly state: 'healthy' | 'ill' | 'refused';
  /** Whether the plan does more than seal. */
  readonly needsRepair: boolean;
}

export interface RepairOutcome {
  /** Whether everything is as it should be. */
  readonly isRepaired: boolean;
  /** Events that were given a position. */
  readonly sealed: number;
  /** If not, why. */
  readonly remains: readonly string[];
}

/** Compares the tables with the published log, plans a repair, and does it. For the order of writes see repair.ts. */
export function createDoctor({ documents, tables: { events, log, views }, ...options }: DoctorDeps) {
  const tables = { events, log };
  const { backoff, projections } = options;
  const deps = {
    ...options,
    tables,
    published: createPublishedLog(options.place),
    log: createLogStore({ documents, table: tables.log, backoff }),
    commits: commitReader({ documents, table: tables.events, backoff }),
    events: createEventStore({ documents, table: tables.events }),
    views: createViews({ documents, table: views, backoff }),
    logRepair: createLogRepair({ documents, table: tables.log }),
  };

  /** With the builds of read models that are served or made now. */
  async function withBuilds() {
    const builds = projections.map(async (projection) => {
      const { serving } = await servingOf(projection, deps.views);
      return [serving, ...(serving.building ? [serving.building] : [])].map((build) => ({
        ...projection,
        ...buildOf(build),
      }));
    });
    return { ...deps, projections: (await Promise.all(builds)).flat() };
  }

  /** Reads only. */
  async function diagnose(): Promise<Diagnosis> {
    const found = await examine(await withBuilds());
    const isRefused = found.refusals.length > 0;
    const mustRepair = !isRefused && needsRepair(found);
    const plan = repairPlanOf(found, isRefused || mustRepair ? undefined : await countUnsealed(deps));
    return {
      state: isRefused ? 'refused' : plan.steps.length > 0 || plan.delays.length > 0 ? 'ill' : 'healthy',
      needsRepair: mustRepair,
      ...plan,
    };
  }

  /** Does what was planned, if a second examination, with the log halted, allows it. */
  async function repairAll({ state, needsRepair: mustRepair, findings }: Diagnosis): Promise<RepairOutcome> {
    if (state === 'refused') return remaining(findings);
    try {
      const refusals = mustRepair ? (await repair(await withBuilds())).refusals : [];
      if (refusals.length > 0) return remaining(refusals);
    } catch (error) {
      if (error instanceof RepairStopped || error instanceof PublishedLogBroken) return remaining([error.message]);
      throw error;
    }
    const { events, faults } = await sealAll(deps);
    const remains = [...faults, ...(await stopped())];
    return { isRepaired: remains.length === 0, sealed: events, remains };
  }

  /** What is late catches up by itself after a repair; a projection that stopped at an event does not. */
  async function stopped(): Promise<string[]> {
    const builds = (await withBuilds()).projections;
    const checkpoints = await Promise.all(builds.map(deps.views.checkpoint));
    return builds.flatMap((projection, at) => {
      const checkpoint = checkpoints[at];
      return (checkpoint && stoppedText({ projection, checkpoint })) ?? [];
    });
  }

  return { diagnose, repairAll };
}

const remaining = (remains: readonly string[]): RepairOutcome => ({ isRepaired: false, sealed: 0, remains });
