import { readModelState } from '../stores/lateness.ts';
import type { Examination, ExaminedReadModel } from './examine.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function duration(seconds: number): string {
  if (seconds < 2 * HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  return seconds < 2 * DAY ? `${Math.floor(seconds / HOUR)} h` : `${Math.floor(seconds / DAY)} days`;
}

/** Why a read model does not keep up, where no step of the doctor mends it. */
export function delayOf(model: ExaminedReadModel, head: Examination['head']): string | undefined {
  const { projection, checkpoint, isStale } = model;
  const { stopped, closed, position, complete } = checkpoint;
  const is = `the read model ${projection.name}`;
  if (isStale || closed) return undefined;
  if (stopped) return stoppedText(model);
  if (readModelState(checkpoint, model) === 'ok') return undefined;
  if (complete) return `${is} is late: the oldest event not applied was sealed ${duration(model.age)} ago`;
  return `${is} is being built: ${counted(position + 1)} of ${counted(head?.size ?? 0)} events`;
}

/** That a projection cannot go on at an event; `undefined` while it can. */
export const stoppedText = ({
  projection,
  checkpoint: { stopped },
}: Pick<ExaminedReadModel, 'projection' | 'checkpoint'>): string | undefined =>
  stopped && `the read model ${projection.name} has stopped at position ${stopped.position}: ${stopped.reason}`;

/** The records that a read model has set aside, a sentence each. */
export const setAsideTexts = ({ projection, asides }: ExaminedReadModel): string[] =>
  [...asides].map(
    ([id, { version, position, reason }]) =>
      `the read model ${projection.name} has set ${id} aside at position ${position}, with the rows of version ${version}: ${reason}`,
  );

const counted = (count: number): string => count.toLocaleString('en');
