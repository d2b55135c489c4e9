/** The command line does not fit, or what it names is not there: exit code 2, and no stack. */
export class UsageError extends Error {}

/** Something failed that a sentence explains: exit code 1, and no stack. */
export class Failure extends Error {}

/** Where a command writes, and its environment. */
export interface Terminal {
  /** Prints a line of the result. */
  out(line: string): void;
  /** Prints a line that is not part of the result. */
  err(line: string): void;
  /** Draws a line over the one that it drew before; undefined unless stderr is a terminal. */
  readonly redraw?: ((line: string) => void) | undefined;
  /** How many places a line of the result has; undefined unless stdout is a terminal. */
  readonly width?: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * 0: done, or what was checked holds. 1: a fault was found, or something failed. 2: the command line does not fit. Of the
 * others, see `CODES`.
 */
export type ExitCode = 0 | 1 | 2 | 130 | 141 | 143;

/** Prints a result for machines. */
export const printJson = ({ out }: Pick<Terminal, 'out'>, result: object): void => out(JSON.stringify(result, null, 2));

/** A subcommand: `registry <name> …`. */
export interface Subcommand {
  readonly usage: string;
  run(args: string[], terminal: Terminal): Promise<ExitCode>;
}
