import type { Projection } from '../../domain/projections/projection.ts';
import { rowKey } from '../../domain/projections/sums.ts';
import { treeReader } from '../../domain/row-tree/reading.ts';
import type { ReadGroup } from '../../domain/row-tree/tree.ts';
import { canonical } from '../runtime/canonical.ts';
import { sha256 } from '../runtime/sha256.ts';
import { buildOf } from '../stores/builds.ts';
import type { RowKey, ViewKey, Views } from '../stores/views.ts';
import { type DigestSource, DigestsDiffer, sameVersions } from './audit.ts';
import { type ModelState, modelName } from './model.ts';

/** How far the rows of a model were looked at, as of a position. */
interface Pass {
  readonly position: number;
  readonly after: ViewKey | undefined;
  readonly seen: number;
}

/** What an instance of the function remembers of the rows that it has looked at, by `modelName`. */
export interface AuditMemory {
  readonly passes: Map<string, Pass>;
  /** Rows that were found otherwise than the tree has them. */
  readonly suspects: Map<string, RowKey>;
}

export const auditMemory = (): AuditMemory => ({ passes: new Map(), suspects: new Map() });

export type RowsSource = DigestSource & Pick<Views, 'rows' | 'get'>;

/** Items of the views table that one call looks at. */
const ITEMS = 2_500;

interface Audited {
  readonly projection: Projection;
  readonly model: ModelState;
  readonly readGroup: ReadGroup;
}

/**
 * Compares rows that are served with those that are stated, some at each call, while no record has changed since: so a row that
 * was changed past the projector is found, which no digest tells. @throws DigestsDiffer
 */
export async function auditRows(views: RowsSource, audited: Audited, memory: AuditMemory): Promise<void> {
  const { projection, model, readGroup } = audited;
  const name = modelName(model);
  const { checkpoint, ...served } = await views.served(projection);
  const isBehind = checkpoint.position < model.position || checkpoint.part > 0 || checkpoint.closed !== undefined;
  if (served.revision !== model.revision || isBehind) return;
  const build = { ...projection, ...buildOf(served) };
  const last = memory.passes.get(name);
  const pass = last?.position === model.position ? last : { position: model.position, after: undefined, seen: 0 };
  const [{ rows, next }, asides] = await Promise.all([views.rows(build, pass.after, ITEMS), views.asides(build)]);
  const now = await views.checkpoint(build);
  if (now.digest !== checkpoint.digest || !sameVersions(asides, model.asides)) return;
  const proven = await treeReader(model.tree, { hash: sha256, readGroup }).get<object>(rows);
  for (const row of rows) {
    const value = proven.get(rowKey(row));
    if (value !== undefined && canonical(value) === canonical(row.value)) continue;
    memory.suspects.set(name, { partition: row.partition, sort: row.sort });
    throw new DigestsDiffer(
      `the row ${row.partition} ${row.sort} of ${name} is served otherwise than the log gives it`,
    );
  }
  const seen = pass.seen + rows.length;
  memory.passes.set(name, { ...pass, after: next, seen: next ? seen : 0 });
  if (next || seen === model.tree.rows) return;
  throw new DigestsDiffer(`${name} is served with ${seen} rows, and the log gives ${model.tree.rows}`);
}

/** Whether a row that was found otherwise is still so. @throws DigestsDiffer */
export async function assertSuspect(views: RowsSource, audited: Audited, memory: AuditMemory): Promise<void> {
  const { projection, model, readGroup } = audited;
  const name = modelName(model);
  const row = memory.suspects.get(name);
  if (!row) return;
  const served = (await views.get<object>(projection, [row])).get(rowKey(row));
  const proven = (await treeReader(model.tree, { hash: sha256, readGroup }).get<object>([row])).get(rowKey(row));
  if (served && proven && canonical(served) === canonical(proven)) memory.suspects.delete(name);
  else throw new DigestsDiffer(`the row ${row.partition} ${row.sort} of ${name} is still served otherwise`);
}
