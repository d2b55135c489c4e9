import type { Entry, Named } from './entries.ts';
import { type LineOutcome, refusedLine, type Tell } from './outcome.ts';
import type { Refused } from './read-file.ts';
import type { Sender } from './send.ts';

export interface Run extends Sender {
  /** What keys begin with, so that they are others than those made of content alone. */
  readonly prefix: string | undefined;
  /** The same where keys are numbers within a file, and so are told apart by the file. */
  readonly filePrefix: string | undefined;
  readonly isDryRun: boolean;
  /** Aborted when no further request is to be sent. */
  readonly stop: AbortSignal;
  readonly tell: Tell;
  /** What became of the commands of this run so far. */
  readonly outcomes: Map<Entry, LineOutcome>;
  /** What was sent and has no answer yet. */
  readonly underWay: Set<Entry>;
}

/** Tells an outcome, once, and gives its id to the name of the record. */
export function settle({ outcomes, tell }: Pick<Run, 'outcomes' | 'tell'>, outcome: LineOutcome): void {
  const { entry } = outcome;
  outcomes.set(entry, outcome);
  const isThere = outcome.is === 'recorded' || outcome.is === 'there';
  if (isThere && entry.names) entry.names.id = outcome.receipt.id;
  tell(outcome);
}

const isLost = ({ by, id }: Named, outcomes: Run['outcomes']): boolean =>
  id === undefined && by !== undefined && ['refused', 'not-sent'].includes(outcomes.get(by)?.is ?? '');

/** Why a command cannot be sent: it uses a name that stands for nothing, or for what was not recorded. */
export function heldBack({ uses, line, meant }: Entry, outcomes: Run['outcomes']): Refused[] {
  const lacking = [...uses].find(([, named]) => (named ? isLost(named, outcomes) : meant));
  if (!lacking) return [];
  const [name, named] = lacking;
  const detail = named?.by
    ? `"#${name}" of line ${named.by.line} was not recorded`
    : `"#${name}" stands for nothing: exactly one command has to give this name with "as"`;
  return [refusedLine({ line }, 'unknown-name', detail)];
}
