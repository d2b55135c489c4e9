import type { Health } from '../../domain/answers/audit.ts';
import { projections } from '../../domain/projections/projections.ts';
import { ProblemError } from '../http/problem.ts';
import { buildOf } from '../stores/builds.ts';
import type { Commits } from '../stores/commits.ts';
import { backlogOf, lateAfter, readModelState, secondsSince } from '../stores/lateness.ts';
import { type Head, type TableNames, whyNotContinued } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Views } from '../stores/views.ts';

export interface HealthDeps {
  readonly log: Pick<LogStore, 'readHead' | 'pageAt' | 'sealingNote'>;
  readonly commits: Pick<Commits, 'readCommits'>;
  readonly views: Pick<Views, 'served' | 'asides'>;
  readonly tables: TableNames;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** The sequencer's schedule runs each minute: when it has said nothing for so many seconds, it does not run. */
const SILENT_SECONDS = 300;

/** Whether sealing and read models keep up. @throws where a table does not answer */
export async function healthOf(deps: HealthDeps): Promise<Health> {
  const read = projections.map(async (projection) => {
    const { checkpoint, ...served } = await deps.views.served(projection);
    const asides = await deps.views.asides({ ...projection, ...buildOf(served) });
    return { name: projection.name, revision: served.revision, checkpoint, asides };
  });
  const [models, note] = await Promise.all([
    Promise.all(read),
    deps.log.sealingNote(),
    deps.commits.readCommits([{ stream: 'health', version: 1 }]),
  ]);
  const head = await deps.log.readHead();
  const sealing = sealingHealth(note, head, deps);
  const readModels = await Promise.all(
    models.map(async ({ name, revision, checkpoint, asides }): Promise<Health['readModels'][number]> => {
      const { position } = checkpoint;
      const backlog = await backlogOf(checkpoint, head, deps);
      const state = readModelState(checkpoint, backlog);
      return { name, revision, state, ...(position >= 0 && { position }), ...backlog, setAside: asides.size };
    }),
  );
  const isWell = [sealing, ...readModels].every(({ state }) => state === 'ok');
  return { status: isWell ? 'ok' : 'impaired', sealing, readModels };
}

type Note = Awaited<ReturnType<LogStore['sealingNote']>>;

/** A registry whose schedule has not run yet is well. */
function sealingHealth(note: Note, head: Head | undefined, { tables, clock }: HealthDeps): Health['sealing'] {
  const age = note?.oldest ? secondsSince(note.oldest.recordedAt, clock()) : 0;
  const isSilent = note !== undefined && secondsSince(note.checkedAt, clock()) > SILENT_SECONDS;
  const state = isSilent || whyNotContinued(head, tables) !== undefined ? 'stopped' : lateAfter(age);
  return { state, age, ...(note && { checkedAt: note.checkedAt }) };
}

/** The same as a problem, for monitors that look at the status alone. */
export function unhealthy({ sealing, readModels }: Health): ProblemError {
  const parts = [
    { is: 'sealing', ...sealing },
    ...readModels.map((model) => ({ is: `the read model ${model.name}`, ...model })),
  ];
  const faults = parts.flatMap(({ is, state }) => {
    if (state === 'ok') return [];
    return state === 'late' ? [`${is} is late`] : [`${is} has stopped`];
  });
  return new ProblemError('unhealthy', faults.join('; '), { extensions: { sealing, readModels } });
}
