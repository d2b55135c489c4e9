import type { DataDirectory } from '../data-directory.ts';
import { UsageError } from '../options.ts';
import { StartFailure } from '../start-errors.ts';
import { chooseEngine, type Installing } from './choose.ts';
import { type Engine, startEngineProgram } from './server.ts';

/** The DynamoDB under this registry. */
export interface Database {
  readonly endpoint: string;
  /** Whether its file is in the data directory. */
  readonly isOurs: boolean;
  /** Describes it on the terminal. */
  readonly description: string;
  /** Which program it is; undefined of one that somebody else runs. */
  readonly origin?: string;
  /** Resolves with an error when the database has ended without being stopped. */
  readonly died: Promise<Error>;
  /** To be called once the tables exist. */
  prepare(): void;
  stop(): Promise<void>;
}

/** In milliseconds. */
const ANSWERS_WITHIN = 10_000;

/** An engine over the data directory, or the DynamoDB that DYNAMODB_ENDPOINT names. */
export async function openEngine({ file }: Pick<DataDirectory, 'file'>, installing: Installing): Promise<Database> {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  if (endpoint) {
    await assertAnswers(endpoint);
    return {
      endpoint,
      isOurs: false,
      description: `${endpoint} (DYNAMODB_ENDPOINT)`,
      died: new Promise(() => {}),
      prepare() {},
      async stop() {},
    };
  }
  const { program, origin, prepare } = await chooseEngine(file, installing);
  const engine = await startEngineProgram(program);
  let isStopping = false;
  return {
    endpoint: engine.endpoint,
    isOurs: true,
    description: `${program.place} (${program.name}, ${engine.endpoint})`,
    origin,
    died: diedOf(program.name, engine, () => isStopping),
    prepare,
    stop() {
      isStopping = true;
      return engine.stop();
    },
  };
}

/** Any answer will do: what it says to a plain GET is the engine's own affair. */
async function assertAnswers(endpoint: string): Promise<void> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(ANSWERS_WITHIN) });
  } catch (cause) {
    const line = `nothing answers at ${endpoint} (DYNAMODB_ENDPOINT): start it, or unset the variable`;
    throw new UsageError(line, { cause });
  }
}

async function diedOf(name: string, engine: Engine, isStopping: () => boolean): Promise<Error> {
  await engine.ended;
  if (isStopping()) return new Promise(() => {});
  return new StartFailure(
    `the database (${name}) has ended unexpectedly; the registry cannot go on without it. Start it again.`,
  );
}
