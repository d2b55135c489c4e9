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
  /** Installs a DynamoDB without asking, where there is none. */
  readonly installEngine: boolean;
  readonly help: boolean;
}

export const USAGE = `npm start -- [options]

  --port N     listen on this port (3000); 0 = any free one
  --data DIR   keep everything in this directory (.data)
  --memory     keep nothing: a temporary directory, removed at the end
  --empty      do not load the example submissions into an empty registry
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

function check({ port, data, 'install-engine': installEngine, ...flags }: ReturnType<typeof parse>): Options {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new Error(`--port takes a number from 0 to 65535, not "${port}"`);
  }
  if (data === '') throw new Error('--data takes the path of a directory');
  if (data !== undefined && flags.memory) throw new Error('--memory and --data exclude each other');
  return { port: Number(port), installEngine, ...flags, ...(data !== undefined && { data }) };
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    options: {
      port: { type: 'string', default: '3000' },
      data: { type: 'string' },
      memory: { type: 'boolean', default: false },
      empty: { type: 'boolean', default: false },
      'install-engine': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
