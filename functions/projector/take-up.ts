import type { Logger } from '@aws-lambda-powertools/logger';
import { lastPositionOf } from '../stores/log-items.ts';
import type { Aside, Asides } from '../stores/view-items.ts';
import { errorOf, knownAfter, taken, withPositions } from './known.ts';
import { reasonOf } from './limits.ts';
import { ProjectionBroken, type StepsDeps } from './steps.ts';
import type { Writer } from './writer.ts';

export interface TakeUpDeps extends StepsDeps {
  readonly logger: Pick<Logger, 'warn'>;
}

/** The records that an instance of the function has tried to take: it is one build, which fails the same way again. */
export type Tried = Set<string>;

const textOf = (record: string, { position }: Aside) => `${record}/${position}`;

/** What this instance has set aside itself, it has tried. */
export function noteTried(tried: Tried, before: Asides, now: Asides): void {
  for (const [record, aside] of now) if (!before.has(record)) tried.add(textOf(record, aside));
}

/**
 * Tries to take the records that are set aside, at the checkpoint: first the one that is being taken up, then each that
 * this instance has not tried. Ends early when it is late.
 * @throws ProjectionBroken when a record cannot be taken whose taking up a newer build has begun
 */
export async function tryAnew(deps: TakeUpDeps, writer: Writer, tried: Tried, late: () => boolean): Promise<void> {
  const { takingUp } = writer.at();
  if (takingUp !== undefined) {
    const aside = writer.asides.get(takingUp);
    if (!aside) throw new Error(`${takingUp} is being taken up, and is not set aside`);
    await takeUp(takingUp, aside, true);
  }
  if (writer.at().part > 0) return;
  for (const [record, aside] of [...writer.asides]) {
    if (tried.has(textOf(record, aside))) continue;
    if (late()) return;
    await takeUp(record, aside, false);
  }

  async function takeUp(record: string, aside: Aside, isBegun: boolean): Promise<void> {
    const changes = await changesOf(deps, record, aside, writer.at().position, isBegun);
    if (changes) await writer.takeUp(record, changes);
    else tried.add(textOf(record, aside));
  }
}

/** What brings the rows of a record that was set aside up to a position; undefined when the projection cannot take it. */
export async function changesOf(
  { projection, log, commits, logger }: TakeUpDeps,
  record: string,
  aside: Aside,
  to: number,
  isBegun = false,
) {
  const broken = (thrown: unknown) => new ProjectionBroken(aside.position, record, errorOf(thrown));
  const markers = (await log.streamMarkers(record, Number.MAX_SAFE_INTEGER)).filter(
    (marker) => lastPositionOf(marker) <= to,
  );
  const stored = await Array.fromAsync(commits.readForwards(record, 0, markers.at(-1)?.version));
  let history: ReturnType<typeof withPositions>;
  try {
    history = withPositions(stored, markers);
  } catch (thrown) {
    throw broken(thrown);
  }
  try {
    return taken(projection, knownAfter(projection, history, aside.version));
  } catch (thrown) {
    if (isBegun) throw broken(thrown);
    const why = { ...aside, reason: reasonOf(errorOf(thrown)) };
    logger.warn('a record is still set aside', { projection: projection.name, record, ...why });
    return undefined;
  }
}
