import type { AnswerProof, ProvenEvent } from '../../domain/answers/parts.ts';
import { EVENTS_PROVEN } from '../../domain/bounds.ts';
import { toBase64 } from '../../domain/log/bytes.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { type ReadModelName, rowsBy } from '../../domain/reading/question.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import type { PublishedLog } from '../stores/published-log.ts';
import type { SealedEvent } from '../stores/sealed.ts';
import { logProofIn, pathsIn } from './inclusion.ts';
import type { Stated, StatementsDeps } from './statements.ts';
import { type StatedTree, treesOf } from './trees.ts';

/** The rows of the read models of an answer as they are stated, and the proof of those that were read. */
export interface StatedRows {
  readonly trees: readonly StatedTree[];
  readonly rows: Readonly<Record<ReadModelName, RowReader>>;
  readonly positions: { readonly [Name in ReadModelName]?: number };
  /** The answer rests on these events, too. */
  readonly restOn: (events: readonly SealedEvent[]) => void;
  readonly proof: () => Promise<AnswerProof>;
}

const unread: RowReader = {
  newest: () => Promise.reject(new Error('a read model that the question does not name')),
  get: () => Promise.reject(new Error('a read model that the question does not name')),
};

export async function statedRows(
  stated: Stated,
  models: readonly Projection[],
  { packs, published }: Pick<StatementsDeps, 'packs'> & { readonly published: Pick<PublishedLog, 'tile'> },
): Promise<StatedRows> {
  const trees = await treesOf(stated, models, packs);
  const readerOf = (name: ReadModelName) => trees.find((tree) => tree.name === name)?.reader ?? unread;
  const events = new Map<number, SealedEvent>();
  const pathOf = pathsIn(stated.tree, published);
  return {
    trees,
    rows: rowsBy(readerOf),
    positions: Object.fromEntries(trees.map(({ name, position }) => [name, position])),
    restOn(some) {
      for (const event of some) events.set(event.position, event);
    },
    async proof() {
      const all = [...events.values()].sort((one, other) => one.position - other.position);
      const [rows, log, proven] = await Promise.all([
        Promise.all(trees.map((tree) => tree.proof())),
        logProofIn(stated, stated.tree, pathOf),
        Promise.all(all.slice(0, EVENTS_PROVEN).map((event) => provenIn(event, pathOf))),
      ]);
      const eventsLeftOut = all.length - proven.length;
      return {
        rows,
        statement: stated.text,
        log,
        ...(proven.length > 0 && { events: proven }),
        ...(eventsLeftOut > 0 && { eventsLeftOut }),
      };
    },
  };
}

/** The entry of an event, its place in the log, and its path in the tree of the checkpoint. */
async function provenIn(event: SealedEvent, pathOf: ReturnType<typeof pathsIn>): Promise<ProvenEvent> {
  return { entry: event.text, index: event.position, path: (await pathOf(event)).map(toBase64) };
}
