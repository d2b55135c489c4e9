import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import type { ReadEvent } from '../../domain/kernel/event.ts';
import type { Work } from '../../domain/kernel/work.ts';
import { foldStream } from '../stores/unit-of-work.ts';
import { type OtherCommit, TooMuch } from './around.ts';

/** What is left to the judging of all events of an answer: bytes of events that are folded, and comparisons. */
export interface Effort {
  bytes: number;
  readonly work: Work;
}

/** @throws TooMuch, from then on always, when no more is left */
export function charge(effort: Effort, bytes: number): void {
  effort.bytes -= bytes;
  if (effort.bytes < 0) throw new TooMuch();
}

/** A stream as it stood at some moment. */
export interface Stream {
  readonly record: FoldedRecord | undefined;
  readonly lastEvent: ReadEvent | undefined;
}

export type ReadStanding = (stream: string, isBefore: (commit: OtherCommit) => boolean) => Promise<Stream>;

/** Whether whoever folds the event makes the state of its record anew from all its events. */
export const remakes = ({ type }: ReadEvent): boolean => /\.(corrected|retracted|retraction-withdrawn)$/.test(type);

/** How often folding some events makes a state of them all: once, and once more for each period that is retracted. */
export const roundsOf = (events: readonly ReadEvent[]): number =>
  1 + events.filter(({ type, data }) => type.endsWith('.retracted') && Object.hasOwn(data, 'period')).length;

/** Folds streams up to the first commit that does not count, each once for each end. */
export function standingBefore(
  read: (stream: string) => Promise<readonly OtherCommit[]>,
  effort: Effort,
): ReadStanding {
  const known = new Map<string, Stream>();
  return async (stream, isBefore) => {
    const all = await read(stream);
    const end = all.findIndex((commit) => !isBefore(commit));
    const some = end < 0 ? all : all.slice(0, end);
    charge(effort, 0);
    const key = `${stream} ${some.length}`;
    const found = known.get(key);
    if (found) return found;
    const events = some.flatMap((commit) => commit.events);
    charge(effort, roundsOf(events) * some.reduce((sum, { bytes }) => sum + bytes, 0));
    const made = { record: foldStream(stream, events), lastEvent: events.at(-1) };
    known.set(key, made);
    return made;
  };
}
