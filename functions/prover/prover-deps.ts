import type { Logger } from '@aws-lambda-powertools/logger';
import type { Projection } from '../../domain/projections/projection.ts';
import type { PackedModel } from '../../domain/row-tree/pack-footer.ts';
import type { Backoff } from '../runtime/backoff.ts';
import type { EventStore } from '../stores/event-store.ts';
import type { TableNames } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Packs } from '../stores/packs.ts';
import type { PublishedLog } from '../stores/published-log.ts';
import { noMemory } from './advance.ts';
import { type AuditMemory, auditMemory, type RowsSource } from './audit-rows.ts';
import { type ModelState, modelName, unproven } from './model.ts';
import type { OwnModel, WayDeps, WayMemory } from './way.ts';

export interface ProverDeps extends WayDeps {
  readonly projections: readonly Projection[];
  readonly log: WayDeps['log'] & Pick<LogStore, 'readHead' | 'marker' | 'pageAt'>;
  readonly store: Pick<EventStore, 'end' | 'append'>;
  readonly packs: Packs;
  readonly published: Pick<PublishedLog, 'checkpoint'>;
  readonly views: RowsSource;
  readonly tables: TableNames;
  readonly origin: string;
  /** Between two statements, in milliseconds at least. */
  readonly interval: number;
  readonly backoff: Backoff;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Wakes the prover up after so many milliseconds. */
  readonly wakeIn: (milliseconds: number) => Promise<unknown>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** What an instance of the function remembers from one call to the next. Losing it costs time and nothing else. */
export interface ProverMemory extends WayMemory, AuditMemory {
  /** What was stated with this commit. */
  stated?: { readonly commit: string; readonly models: readonly ModelState[] } | undefined;
  /** A pack that the newest statement rests on is gone. */
  isLost?: boolean;
  /** Models on their way to where they can be stated, by `modelName`. */
  building: ReadonlyMap<string, OwnModel>;
  /** When the wake-up comes that was asked for. */
  wakesAt: number;
  /** When the oldest commit of a record was sealed that no statement covers; for whoever watches. */
  waitingSince?: string | undefined;
  /** How many rows or groups the largest group of the last pack has; likewise. */
  largestGroup?: number;
}

export const proverMemory = (): ProverMemory => ({
  ...auditMemory(),
  records: noMemory(),
  tried: new Set(),
  stopped: new Map(),
  building: new Map(),
  wakesAt: 0,
});

/** Nothing may be stated: HEAD is halted, names other tables, or is behind what was stated. */
export class ProverRefuses extends Error {
  override readonly name = 'ProverRefuses';
}

/** Two trees over the same rows of one position have different roots: one of them is false. */
export class TwoRoots extends Error {
  override readonly name = 'TwoRoots';
  constructor(model: Pick<PackedModel, 'name' | 'revision' | 'position' | 'root'>, other: string) {
    super(`two roots for position ${model.position} of ${modelName(model)}: ${model.root} and ${other}`);
  }
}

/** A model of this release as far as it is known. */
export function ownModel(projection: Projection, known: readonly ModelState[], { building }: ProverMemory): OwnModel {
  const name = modelName(projection);
  const model = known.find((one) => modelName(one) === name) ?? building.get(name) ?? unproven(projection);
  return { ...model, projection };
}

export const withModels = (building: ProverMemory['building'], models: readonly OwnModel[]) =>
  new Map([...building, ...models.map((model) => [modelName(model), model] as const)]);
