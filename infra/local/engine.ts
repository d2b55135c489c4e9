import { type Engine, indexStreamRecords, startDynoxide } from './dynoxide.ts';
import { UsageError } from './options.ts';
import { StartFailure } from './start-errors.ts';

/** The DynamoDB under this registry. */
export interface Database {
  readonly endpoint: string;
  /** Whether its file is in the data directory. */
  readonly isOurs: boolean;
  /** Describes it on the terminal. */
  readonly description: string;
  /** Resolves with an error when the database has ended without being stopped. */
  readonly died: Promise<Error>;
  /** To be called once the tables exist. */
  prepare(): void;
  stop(): Promise<void>;
}

/** In milliseconds. */
const ANSWERS_WITHIN = 10_000;

/** Dynoxide over `file`, or the DynamoDB that DYNAMODB_ENDPOINT names. */
export async function openEngine(file: string): Promise<Database> {
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
  const engine = await startDynoxide({ file });
  let isStopping = false;
  return {
    endpoint: engine.endpoint,
    isOurs: true,
    description: `${file} (dynoxide, ${engine.endpoint})`,
    died: diedOf(engine, () => isStopping),
    prepare: () => indexStreamRecords(file),
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

async function diedOf(engine: Engine, isStopping: () => boolean): Promise<Error> {
  await engine.ended;
  if (isStopping()) return new Promise(() => {});
  return new StartFailure(
    'the database (dynoxide) has ended unexpectedly; the registry cannot go on without it. Start it again.',
  );
}
