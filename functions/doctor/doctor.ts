import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Projection } from '../../domain/projections/projection.ts';
import type { Pause } from '../runtime/backoff.ts';
import { commitReader } from '../stores/commits.ts';
import { createEventStore } from '../stores/event-store.ts';
import type { Tables } from '../stores/log-items.ts';
import { createLogMending } from '../stores/log-repair.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createPublishedLog } from '../stores/published-log.ts';
import { createViews } from '../stores/views.ts';
import { examine } from './examine.ts';
import { isIll, MendingStopped, mend } from './mend.ts';
import { type Plan, planOf } from './plan.ts';
import type { ShowProgress } from './progress.ts';
import { PublishedLogBroken } from './read-published.ts';
import { countUnsealed, sealAll } from './unsealed.ts';
import type { BucketPlace } from './unsigned.ts';

export interface DoctorDeps {
  readonly documents: DynamoDBDocumentClient;
  /** The bucket of the published log. */
  readonly place: BucketPlace;
  /** The names of the tables in service. */
  readonly tables: Tables & { readonly views: string };
  readonly projections: readonly Projection[];
  /** The log's name. */
  readonly origin: string;
  /** The verifier key, if it is known from elsewhere than the published log. */
  readonly vkey?: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly pause: Pause;
  readonly progress: ShowProgress;
  /** Resolves when no function that began before the call can still be at work. */
  readonly settle: () => Promise<unknown>;
}

export interface Diagnosis extends Plan {
  /** `healthy`: nothing to do. `ill`: the plan's steps mend it. `refused`: a finding has to be mended by hand first. */
  readonly state: 'healthy' | 'ill' | 'refused';
  /** Whether more than sealing is to be done. */
  readonly needsMending: boolean;
}

export interface Outcome {
  /** Whether everything is as it should be. */
  readonly isMended: boolean;
  /** Events that got their position now. */
  readonly sealed: number;
  /** Why not, and what stays as it is. */
  readonly remains: readonly string[];
}

/** Compares the tables with what was published, says what it would do, and does it. See mend.ts for the order of writes. */
export function createDoctor({ documents, tables: { events, log, views }, ...options }: DoctorDeps) {
  const tables = { events, log };
  const { pause } = options;
  const deps = {
    ...options,
    tables,
    published: createPublishedLog(options.place),
    log: createLogStore({ documents, table: tables.log, pause }),
    commits: commitReader({ documents, table: tables.events, pause }),
    events: createEventStore({ documents, table: tables.events }),
    views: createViews({ documents, table: views, pause }),
    mending: createLogMending({ documents, table: tables.log }),
  };

  /** Changes nothing. */
  async function diagnose(): Promise<Diagnosis> {
    const found = await examine(deps);
    const isRefused = found.refusals.length > 0;
    const needsMending = !isRefused && isIll(found);
    const plan = planOf(found, isRefused || needsMending ? undefined : await countUnsealed(deps));
    return { state: isRefused ? 'refused' : plan.steps.length > 0 ? 'ill' : 'healthy', needsMending, ...plan };
  }

  /** Does what was planned, if another look under the mark allows it. */
  async function treat({ state, needsMending, findings }: Diagnosis): Promise<Outcome> {
    if (state === 'refused') return remaining(findings);
    try {
      const refusals = needsMending ? (await mend(deps)).refusals : [];
      if (refusals.length > 0) return remaining(refusals);
    } catch (error) {
      if (error instanceof MendingStopped || error instanceof PublishedLogBroken) return remaining([error.message]);
      throw error;
    }
    const { events, faults } = await sealAll(deps);
    return { isMended: faults.length === 0, sealed: events, remains: faults };
  }

  return { diagnose, treat };
}

const remaining = (remains: readonly string[]): Outcome => ({ isMended: false, sealed: 0, remains });
