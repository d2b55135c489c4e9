import { parseArgs } from 'node:util';

export interface Options {
  /** 0: any free port. */
  readonly port: number;
  /** The data directory as given; undefined: the default one. */
  readonly data?: string;
  /** Uses a temporary data directory, which is removed at the end. */
  readonly memory: boolean;
  /** Loads no examples. */
  readonly empty: boolean;
  /** Seconds between two statements of what the read models hold, at least; `never`: nothing is stated. */
  readonly statementInterval: number | 'never';
  /** Installs a DynamoDB without asking, where there is none. */
  readonly installEngine: boolean;
  readonly help: boolean;
}

export const USAGE = `npm start -- [options]

  --port N     listen on this port (3000); 0 = any free one
  --data DIR   keep everything in this directory (.data)
  --memory     keep nothing: a temporary directory, removed at the end
  --empty      do not load the example submissions into an empty registry
  --statement-interval SECONDS
               state what the read models hold at most so often (60); never = not at all
  --install-engine
               where there is no DynamoDB, install one with npm without asking
  --help       this text

Exit codes: 0 stopped in order; 1 something failed; 2 the options do not fit, or what they name, a port or a DynamoDB is
not to be had.
`;

/** A wrong option. The message says what would be right. */
export class UsageError extends Error {}

/** @throws UsageError that ends with the list of options */
export function readStartOptions(args: string[]): Options {
  try {
    return check(parse(args));
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function check(parsed: ReturnType<typeof parse>): Options {
  const { port, data, 'install-engine': installEngine, 'statement-interval': interval, ...flags } = parsed;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new Error(`--port takes a number from 0 to 65535, not "${port}"`);
  }
  if (interval !== 'never' && !/^\d{1,6}(\.\d{1,3})?$/.test(interval)) {
    throw new Error(`--statement-interval takes a number of seconds or never, not "${interval}"`);
  }
  if (data === '') throw new Error('--data takes the path of a directory');
  if (data !== undefined && flags.memory) throw new Error('--memory and --data exclude each other');
  const statementInterval = interval === 'never' ? interval : Number(interval);
  return { port: Number(port), installEngine, statementInterval, ...flags, ...(data !== undefined && { data }) };
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    options: {
      port: { type: 'string', default: '3000' },
      data: { type: 'string' },
      memory: { type: 'boolean', default: false },
      empty: { type: 'boolean', default: false },
      'statement-interval': { type: 'string', default: '60' },
      'install-engine': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
