/** The command line does not fit, or what it names is not there: exit code 2, and no stack. */
export class UsageError extends Error {}

/** A subcommand: `registry <name> …`. */
export interface Subcommand {
  /** One line for the list of subcommands. */
  readonly summary: string;
  readonly usage: string;
  run(args: string[]): Promise<void>;
}
