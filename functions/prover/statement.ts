import { READ_MODELS, REGISTRY, type ReadModelsStatement, STATED } from '../../domain/bookkeeping.ts';
import { definitionOf, schemaVersionOf } from '../../domain/catalog.ts';
import { stamp } from '../../domain/kernel/event.ts';
import type { PackedModel } from '../../domain/row-tree/pack-footer.ts';
import { compareUtf8 } from '../../domain/values/utf8-order.ts';
import { digestId, requestHashOf } from '../runtime/ids.ts';
import type { Commit } from '../stores/commits.ts';
import { type Append, eventsOf, type StreamHead } from '../stores/event-store.ts';

/** What the newest commit of the stream states. */
export function statementIn(commit: Commit): ReadModelsStatement {
  const event = eventsOf(commit).at(-1);
  return definitionOf(STATED).schema.parse(event?.data) as ReadModelsStatement;
}

export const sortedModels = <Model extends Pick<PackedModel, 'name' | 'revision'>>(models: readonly Model[]): Model[] =>
  models.toSorted((one, other) => compareUtf8(one.name, other.name) || one.revision - other.revision);

/** The statement of what a pack holds. */
export const statementOf = (models: readonly PackedModel[]): ReadModelsStatement => ({
  models: sortedModels(models).map(({ name, revision, position, rows, root, setAside }) => ({
    name,
    revision,
    position,
    rows,
    root,
    ...(setAside && { setAside: [...setAside] }),
  })),
});

/** The statement as a commit after the end of the stream that was read. */
export function appendOf(head: StreamHead, data: ReadModelsStatement, by: { source: string; now: number }): Append {
  const version = head.version + 1;
  const now = new Date(by.now).toISOString();
  const time = head.recordedAt > now ? head.recordedAt : now;
  const commandId = digestId([READ_MODELS, version]);
  const stamped = { source: by.source, stream: READ_MODELS, version, time, actor: { client: REGISTRY }, commandId };
  const events = stamp([{ type: STATED, data }], stamped, schemaVersionOf);
  return { head, events, commandId, requestHash: requestHashOf('prover', READ_MODELS, data), recordedAt: time };
}
